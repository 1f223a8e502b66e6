from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from roamline.kernel.secret import Secret
from roamline.wires.cnf_xml import (
    CHINESE,
    KOREAN,
    LOCALES,
    AddOnModule,
    AddressMode,
    BusyLampKey,
    CallManager,
    Clock,
    Credential,
    DeviceFile,
    DndAlert,
    Feature,
    FeatureKey,
    Line,
    PhoneSettings,
    ServiceEntry,
    ServiceKey,
    ServiceMenu,
    SpeedDial,
    Transport,
    Urls,
    device_file_name,
    differing_elements,
    left_out,
    locale_file,
    render_device_file,
    version_stamp_of,
)
from roamline.wires.cnf_xml.stamp import stamp_matches
from roamline.wires.safe_xml import parse_xml

EM_URL = "http://em.example:8080/emapp/EMAppServlet?device=#DEVICENAME#&EMCC=#EMCC#"
ALICE = DeviceFile(
    model="8851",
    call_managers=(CallManager("sip1.example"), CallManager("2001:db8::2", 5070, 5071)),
    credential=Credential("SEP0011AA220001", Secret("abcdefghijklmnopqrstuvwx")),
    keys=(
        Line(1, "1001", "Alice", "Alice Adams"),
        SpeedDial(3, "Bob", "1002,,5"),
        BusyLampKey(4, "Bob", "1002", picks_up=True),
        Line(2, "8001", "Intercom", is_intercom=True),
        ServiceKey(5, "Login", EM_URL),
        FeatureKey(6, "DND", Feature.DO_NOT_DISTURB),
        Line(7, "1011", logs_missed_calls=False),
    ),
    urls=Urls("http://em.example:8080/authentication", services="http://em.example:8080/services"),
    services=(ServiceEntry("Login / Logout", EM_URL), ServiceEntry("Book", "http://x/", ServiceMenu.DIRECTORIES)),
)


def parsed(device: DeviceFile = ALICE) -> etree._Element:
    return parse_xml(render_device_file(device))


def texts(root: etree._Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path)]


def test_lines_count_on_their_own_and_keys_keep_their_buttons() -> None:
    keys = parsed().findall("sipProfile/sipLines/line")
    assert [key.get("button") for key in keys] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [key.get("lineIndex") for key in keys] == ["1", "2", None, None, None, None, "3"]
    assert [key.findtext("featureID") for key in keys] == ["9", "23", "2", "21", "20", "130", "9"]
    assert [key.findtext("featureLabel") for key in keys] == [
        "Alice", "Intercom", "Bob", "Bob", "Login", "DND", "1011"
    ]  # fmt: skip


def test_each_kind_of_key_says_what_it_does() -> None:
    root = parsed()
    assert texts(root, "sipProfile/sipLines/line/speedDialNumber") == ["1002,,5", "1002"]
    assert texts(root, "sipProfile/sipLines/line/featureOptionMask") == ["1"]
    assert texts(root, "sipProfile/sipLines/line/serviceURI") == [EM_URL]
    secure = parsed(replace(ALICE, keys=(Line(1, "1001"), ServiceKey(2, "x", "https://em.example/"))))
    assert texts(secure, "sipProfile/sipLines/line/secureServiceURI") == ["https://em.example/"]


def test_all_lines_share_the_one_credential_of_the_device() -> None:
    root = parsed()
    assert texts(root, "sipProfile/sipLines/line/authName") == ["SEP0011AA220001"] * 3
    assert texts(root, "sipProfile/sipLines/line/authPassword") == ["abcdefghijklmnopqrstuvwx"] * 3
    assert texts(root, "sipProfile/sipLines/line/proxy") == ["USECALLMANAGER"] * 3
    assert texts(root, "sipProfile/sipLines/line/name") == ["1001", "8001", "1011"]
    assert texts(root, "sipProfile/sipLines/line/contact") == ["1001", "8001", "1011"]


def test_the_traps_of_the_phones_are_kept_out() -> None:
    root = parsed()
    assert root.findtext("sipProfile/kpml") == "0"
    assert root.findtext("transportLayerProtocol") == "1"
    assert root.findtext("deviceSecurityMode") == "1"
    assert root.find("loadInformation") is None
    assert root.findtext("authenticationURL")
    assert root.findtext("vendorConfig/webAccess") == "0"
    assert root.findtext("vendorConfig/sshAccess") == "1"
    assert root.findtext("vendorConfig/pcPort") == "0"
    assert root.findtext("sipProfile/sipCallFeatures/anonymousCallBlock") == "0"
    assert root.findtext("sipProfile/sipCallFeatures/callerIdBlocking") == "0"
    assert root.findtext("commonProfile/callLogBlfEnabled") == "1"
    assert set(texts(root, "sipProfile/sipLines/line/callWaiting")) == {"1"}
    assert root.findtext("MissedCallLoggingOption") == "110"


def test_settings_are_put_positively_and_written_inverted() -> None:
    settings = PhoneSettings(web_access=False, ssh_access=True, pc_port=False, settings_access=False)
    root = parsed(replace(ALICE, settings=settings))
    assert root.findtext("vendorConfig/webAccess") == "1"
    assert root.findtext("vendorConfig/sshAccess") == "0"
    assert root.findtext("vendorConfig/pcPort") == "1"
    assert root.findtext("vendorConfig/settingsAccess") == "0"


def test_labels_are_cut_to_what_the_phone_takes() -> None:
    long = "김" * 60
    root = parsed(
        replace(
            ALICE,
            phone_label=long,
            keys=(Line(1, "1001", long, long), SpeedDial(2, long, "1")),
            services=(ServiceEntry(long, "http://x/"),),
        )
    )
    assert root.findtext("sipProfile/phoneLabel") == "김" * 12
    assert texts(root, "sipProfile/sipLines/line/featureLabel") == ["김" * 30] * 2
    assert root.findtext("sipProfile/sipLines/line/displayName") == "김" * 30


def test_a_url_that_is_too_long_costs_its_own_entry_only() -> None:
    long = "http://em.example/" + "x" * 250
    device = replace(
        ALICE,
        keys=(Line(1, "1001"), ServiceKey(2, "long key", long)),
        services=(ServiceEntry("long service", long), ServiceEntry("short", "http://x/")),
        urls=Urls("http://a/", services=long),
    )
    root = parsed(device)
    assert len(root.findall("sipProfile/sipLines/line")) == 1
    assert texts(root, "phoneServices/phoneService/name") == ["short"]
    assert root.findtext("servicesURL") == ""
    assert left_out(device) == ("long key", "long service")
    assert left_out(ALICE) == ()


@pytest.mark.parametrize(("model", "most"), [("7811", "12"), ("7841", "24"), ("8851", "200"), ("9999", "12")])
def test_calls_per_line_stay_below_the_models_ceiling(model: str, most: str) -> None:
    root = parsed(replace(ALICE, model=model, keys=(Line(1, "1001", most_calls=500, busy_trigger=900),)))
    assert root.findtext("sipProfile/sipLines/line/maxNumCalls") == most
    assert root.findtext("sipProfile/sipLines/line/busyTrigger") == most


def test_an_intercom_line_answers_by_itself_and_takes_one_call() -> None:
    intercom = parsed().findall("sipProfile/sipLines/line")[1]
    assert intercom.findtext("autoAnswer/autoAnswerEnabled") == "3"
    assert intercom.findtext("autoAnswer/autoAnswerMode") == "Auto Answer with Speakerphone"
    assert intercom.findtext("maxNumCalls") == intercom.findtext("busyTrigger") == "1"


def test_servers_come_in_their_order() -> None:
    members = parsed().findall("devicePool/callManagerGroup/members/member")
    assert [member.get("priority") for member in members] == ["0", "1"]
    assert [member.findtext("callManager/processNodeName") for member in members] == ["sip1.example", "2001:db8::2"]
    assert [member.findtext("callManager/ports/sipPort") for member in members] == ["5060", "5070"]
    assert [member.findtext("callManager/ports/securedSipPort") for member in members] == ["5061", "5071"]


def test_tls_comes_with_an_encrypted_security_mode() -> None:
    root = parsed(replace(ALICE, transport=Transport.TLS))
    assert root.findtext("transportLayerProtocol") == "3"
    assert root.findtext("deviceSecurityMode") == "3"


@pytest.mark.parametrize("locale", LOCALES.values())
def test_a_phone_speaks_the_language_of_its_user(locale: object) -> None:
    assert locale in (LOCALES["en"], CHINESE, KOREAN)
    root = parsed(replace(ALICE, locale=locale))
    assert root.findtext("userLocale/name") in ("English_United_States", "Chinese_China", "Korean_Korea_Republic")
    assert root.findtext("userLocale/langCode") in ("en_US", "zh_CN", "ko_KR")
    assert root.findtext("userLocale/winCharSet") == "utf-8"


def test_the_rest_is_where_phones_look_for_it() -> None:
    root = parsed(
        replace(
            ALICE,
            clock=Clock("M/D/YA", "China Standard/Daylight Time", ("ntp.example",)),
            dnd_alert=DndAlert.FLASH,
            always_use_prime_line=True,
            address_mode=AddressMode.IPV6,
            add_on_modules=(AddOnModule(), AddOnModule("CP-8800-Audio", 28)),
            firmware="sip88xx.14-1-1-0001-125",
            dial_template="DialTemplate.xml",
            soft_key_file="SoftKeys.xml",
            phone_label="1001",
        )
    )
    assert root.findtext("devicePool/dateTimeSetting/dateTemplate") == "M/D/YA"
    assert root.findtext("devicePool/dateTimeSetting/timeZone") == "China Standard/Daylight Time"
    assert root.findtext("devicePool/dateTimeSetting/ntps/ntp/name") == "ntp.example"
    assert root.findtext("dndCallAlert") == "5"
    assert root.findtext("sipProfile/alwaysUsePrimeLine") == "true"
    assert root.findtext("ipAddressMode") == "1"
    assert [module.get("idx") for module in root.findall("addOnModules/addOnModule")] == ["1", "2"]
    assert texts(root, "addOnModules/addOnModule/deviceLine") == ["36", "28"]
    assert root.findtext("loadInformation") == "sip88xx.14-1-1-0001-125"
    assert root.findtext("sipProfile/dialTemplate") == "DialTemplate.xml"
    assert root.findtext("sipProfile/softKeyFile") == "SoftKeys.xml"
    assert root.findtext("vendorConfig/softKeyControl") == "1"
    assert root.findtext("servicesURL") == "http://em.example:8080/services"
    services = root.findall("phoneServices/phoneService")
    assert [service.get("type") for service in services] == ["0", "1"]
    assert services[0].findtext("url") == EM_URL
    assert root.findtext("phoneServices/provisioning") == "2"


@pytest.mark.parametrize(
    "build",
    [
        lambda: CallManager("x" * 51),
        lambda: CallManager("a b"),
        lambda: CallManager(""),
        lambda: CallManager("a", 0),
        lambda: Credential("n" * 31, Secret("x")),
        lambda: Credential("n", Secret("p" * 31)),
        lambda: Credential("n", Secret("")),
        lambda: Line(1, "1" * 31),
        lambda: Line(1, ""),
        lambda: SpeedDial(1, "x", "a b"),
        lambda: Urls(""),
        lambda: Urls("http://" + "x" * 255),
        lambda: Clock(ntp_servers=("x" * 51,)),
        lambda: replace(ALICE, call_managers=()),
        lambda: replace(ALICE, call_managers=(CallManager("a"),) * 6),
        lambda: replace(ALICE, keys=(Line(1, "1"), Line(1, "2"))),
        lambda: replace(ALICE, keys=(Line(0, "1"),)),
        lambda: replace(ALICE, firmware="../../x"),
        lambda: replace(ALICE, services=(ServiceEntry("a", "b"),) * 101),
    ],
)
def test_what_must_not_be_cut_is_refused(build: object) -> None:
    assert callable(build)
    with pytest.raises(ValueError, match=r".+"):
        build()


def test_a_refused_password_is_not_quoted() -> None:
    with pytest.raises(ValueError, match="credential") as caught:
        Credential("n", Secret("verysecretpassword" * 3))
    assert "verysecret" not in str(caught.value)
    assert "abcdefgh" not in repr(ALICE)


def test_the_same_content_is_the_same_bytes_and_carries_its_own_stamp() -> None:
    document = render_device_file(ALICE)
    assert document == render_device_file(replace(ALICE, keys=tuple(reversed(ALICE.keys))))
    stamp = version_stamp_of(document)
    assert stamp is not None
    assert parse_xml(document).findtext("versionStamp") == stamp
    assert stamp_matches(document)
    assert not stamp_matches(document.replace(b"Alice", b"Alien"))
    assert version_stamp_of(b"<device/>") is None


def test_whatever_changes_changes_the_stamp_and_nothing_else() -> None:
    before = render_device_file(ALICE)
    renamed = replace(ALICE, keys=(Line(1, "1001", "Alicia", "Alice Adams"), *ALICE.keys[1:]))
    assert differing_elements(before, render_device_file(renamed)) == {
        "device/versionStamp",
        "device/sipProfile/sipLines/line/featureLabel",
    }
    assert differing_elements(before, render_device_file(replace(ALICE, locale=KOREAN))) == {
        "device/versionStamp",
        "device/userLocale/name",
        "device/userLocale/uid",
        "device/userLocale/langCode",
    }
    moved = replace(ALICE, keys=(*ALICE.keys[:1], SpeedDial(9, "Bob", "1002,,5"), *ALICE.keys[2:]))
    assert "device/sipProfile/sipLines/line[3]@button" in differing_elements(before, render_device_file(moved))
    assert differing_elements(before, before) == set()


def test_only_cisco_phones_have_such_a_file() -> None:
    assert device_file_name("SEP0011AA220001") == "SEP0011AA220001.cnf.xml"
    for name in ("SEP0011aa220001", "desk-1", "SEP0011AA2200011", "../SEP0011AA220001"):
        assert device_file_name(name) is None
    assert [locale_file(model) for model in ("7841", "8851", "8865", "9999")] == [
        "sp-sip.jar", "sl-be-sip.jar", "sl-bev-sip.jar", None
    ]  # fmt: skip


labels = st.text(max_size=60)
keys = st.lists(
    st.one_of(
        st.builds(Line, st.integers(1, 40), st.sampled_from(["1001", "*97", "+4930"]), labels, labels, st.booleans()),
        st.builds(SpeedDial, st.integers(1, 40), labels, st.just("1002")),
        st.builds(ServiceKey, st.integers(1, 40), labels, st.text(max_size=300)),
        st.builds(FeatureKey, st.integers(1, 40), labels, st.sampled_from(Feature)),
    ),
    unique_by=lambda key: key.button,
    max_size=12,
).map(tuple)
entries = st.lists(st.builds(ServiceEntry, labels, st.text(max_size=300)), max_size=5).map(tuple)


@given(keys, entries, labels)
def test_no_name_can_break_the_file(
    some_keys: tuple[Line, ...], services: tuple[ServiceEntry, ...], label: str
) -> None:
    device = replace(ALICE, keys=some_keys, services=services, phone_label=label)
    document = render_device_file(device)
    root = parse_xml(document)
    assert stamp_matches(document)
    assert all(len(text) <= 30 for text in texts(root, "sipProfile/sipLines/line/featureLabel"))
    assert all(len(url.text or "") <= 255 for url in root.iter("url", "serviceURI", "secureServiceURI"))
