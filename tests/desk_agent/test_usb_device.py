"""Which USB devices are headsets, and whose serial number can be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline_desk_agent.headset import MOST_SERIAL, Headset, Unusable
from roamline_desk_agent.hid_report import usage_pages
from roamline_desk_agent.usb_audio import Audio, read_audio
from roamline_desk_agent.usb_device import UsbDevice, firmware_of, is_headset, judge
from tests.desk_agent import usb_headset as usb


def device(**facts: object) -> UsbDevice:
    usual = {
        "name": "1-2",
        "serial": "TL40A0007",
        "vendor": usb.VENDOR,
        "product": usb.PRODUCT,
        "ids": "f055:0040",
        "bcd_device": "0150",
        "descriptors": usb.descriptors(),
        "report_descriptors": (usb.report_descriptor(),),
    }
    return UsbDevice(**{**usual, **facts})  # type: ignore[arg-type]


def test_a_headset_tells_its_serial_model_vendor_and_firmware() -> None:
    assert judge(device()) == Headset("TL40A0007", "Tala 40", "Nordlyd", "1.50", "unknown")


def test_telephony_keys_make_a_headset_of_a_device_without_sound() -> None:
    assert is_headset(device(descriptors=b""))


def test_sound_in_both_directions_makes_a_headset_of_a_device_without_keys() -> None:
    described = usb.descriptors(usb.MICROPHONE, usb.HEADPHONES, has_keys=False)
    assert is_headset(device(descriptors=described, report_descriptors=()))


@pytest.mark.parametrize(
    ("hears", "speaks", "audio"),
    [
        (usb.MICROPHONE, usb.HEADPHONES, Audio(True, True)),
        (usb.HEADSET, usb.HEADSET, Audio(True, True)),
        (usb.MICROPHONE, None, Audio(True, False)),
        (None, usb.LOUDSPEAKER, Audio(False, True)),
        (usb.LINE, usb.LINE, Audio(False, False)),
    ],
)
def test_sound_is_told_from_the_terminals(hears: int | None, speaks: int | None, audio: Audio) -> None:
    assert read_audio(usb.descriptors(hears, speaks)) == audio


@pytest.mark.parametrize(
    "facts",
    [
        {"descriptors": usb.descriptors(usb.MICROPHONE, None), "report_descriptors": ()},  # a camera
        {"descriptors": usb.descriptors(None, usb.LOUDSPEAKER), "report_descriptors": ()},  # a loudspeaker
        {"descriptors": usb.device_descriptor(), "report_descriptors": (usb.report_descriptor(usb.CONSUMER),)},
        {"descriptors": b"", "report_descriptors": ()},
    ],
)
def test_other_devices_are_ignored(facts: dict[str, object]) -> None:
    assert judge(device(**facts)) is None


@pytest.mark.parametrize("serial", ["", "  ", "000000000000"])
def test_a_headset_without_a_serial_number_is_nobodys(serial: str) -> None:
    assert judge(device(serial=serial)) == Unusable("Tala 40", "has no serial number")


@pytest.mark.parametrize("serial", ["x" * (MOST_SERIAL + 1), "A\x07B"])
def test_a_serial_number_out_of_bounds_is_nobodys(serial: str) -> None:
    found = judge(device(serial=serial))
    assert isinstance(found, Unusable)
    assert "1 to 50 printable" in found.why


def test_a_device_without_a_name_is_called_by_its_numbers() -> None:
    found = judge(device(product="\x00\x1b[31m"))
    assert found == Headset("TL40A0007", "[31m", "Nordlyd", "1.50")
    assert judge(device(product=" ", serial="")) == Unusable("USB device f055:0040", "has no serial number")


@pytest.mark.parametrize(("bcd", "firmware"), [("0150", "1.50"), ("1203", "12.03"), ("", ""), ("zz", "zz")])
def test_firmware_is_the_release_number(bcd: str, firmware: str) -> None:
    assert firmware_of(bcd) == firmware


def test_a_usage_of_four_bytes_names_its_page_too() -> None:
    assert usage_pages(b"\x0b\x05\x00\x0b\x00") == {usb.TELEPHONY}
    assert usage_pages(b"\xfe\x02\x00\x05\x0b\x05\x0c") == {usb.CONSUMER}  # inside a long item is no usage page


@given(st.binary(max_size=300))
def test_no_bytes_whatever_upset_the_readers(noise: bytes) -> None:
    assert all(0 <= page <= 0xFFFF for page in usage_pages(noise))
    assert isinstance(read_audio(noise), Audio)
    assert isinstance(judge(device(descriptors=noise, report_descriptors=(noise,))), Headset | None)


@given(st.data())
def test_headsets_with_damaged_descriptors_never_crash(data: st.DataObject) -> None:
    whole = bytearray(usb.descriptors() + usb.report_descriptor())
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    judge(device(descriptors=cut, report_descriptors=(cut[::-1],)))


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.text(max_size=8))
def test_whatever_a_device_says_is_one_short_printable_line(serial: str, product: str, vendor: str, bcd: str) -> None:
    found = judge(device(serial=serial, product=product, vendor=vendor, bcd_device=bcd))
    assert found is not None
    texts = [found.model]
    if isinstance(found, Headset):
        texts += [found.serial, found.vendor, found.firmware]
        assert 1 <= len(found.serial) <= MOST_SERIAL
    assert all(text.isprintable() and len(text) <= 64 for text in texts)
