"""Texts that can be put in another language, also after they were kept in English."""

from __future__ import annotations

from roamline.kernel.wording import Wording, recognised

TEMPLATES = ("%(user)s is logged in on the phone", "profile '%(name)s' is not (yet) the user's")


def test_a_kept_text_is_known_again_by_its_template() -> None:
    for made in (Wording(TEMPLATES[0], user="alice"), Wording(TEMPLATES[1], name="EM 1 (old)")):
        found = recognised(str(made), TEMPLATES)
        assert isinstance(found, Wording)
        assert (found, found.template, found.values) == (made, made.template, made.values)


def test_a_text_of_no_template_stays_itself() -> None:
    assert recognised("nobody is logged in on a phone", TEMPLATES) == "nobody is logged in on a phone"
    assert not isinstance(recognised("", TEMPLATES), Wording)
