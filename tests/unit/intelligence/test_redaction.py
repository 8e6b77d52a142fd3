"""What points to a person is out of a text, and back again exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.intelligence.redaction import PLACEHOLDER, redactor

NAMES = ("Zofia Wiśniewska", "Zofio", "Jan Kowalski", None, "")
PERSONAL = (
    "zofia.wisniewska@example.pl",
    "+48 600 700 800",
    "600-700-800",
    "0048600700800",
    "44051401458",
    "PL61 1090 1014 0000 0712 1981 2874",
    "61109010140000071219812874",
    "Zofia",
    "ZOFIĘ",
    "Wiśniewskiej",
    "Kowalskiego",
    "[[EMAIL_0]]",
    "[[NAME_3]]",
)


@given(st.lists(st.one_of(st.sampled_from(PERSONAL), st.text(max_size=12)), max_size=12))
def test_restoring_what_was_redacted_gives_the_text_back(pieces: list[str]) -> None:
    for joint in (" ", "", "[["):
        text = joint.join(pieces)
        names = redactor(NAMES)
        assert names.restore(names.redact(text)) == text


@pytest.mark.parametrize("personal", PERSONAL[:-2])
def test_names_addresses_and_numbers_of_people_do_not_leave(personal: str) -> None:
    sent = redactor(NAMES).redact(f"Proszę o kontakt: {personal}, dziękuję")
    assert personal not in sent
    assert len(PLACEHOLDER.findall(sent)) == 1


@pytest.mark.parametrize(
    "text", ["zgłoszenie ma numer 1001", "sobota, 28 listopada 2026, godz. 10:00", "Dzień dobry"]
)
def test_dates_hours_and_ticket_numbers_stay(text: str) -> None:
    assert redactor(NAMES).redact(text) == text


def test_the_same_value_has_the_same_placeholder_in_every_text() -> None:
    names = redactor(NAMES)
    assert names.redact("a@b.pl i a@b.pl") == "[[EMAIL_0]] i [[EMAIL_0]]"
    assert names.redact("c@d.pl, a@b.pl") == "[[EMAIL_1]], [[EMAIL_0]]"


def test_a_placeholder_nobody_made_stays_as_it_is() -> None:
    assert redactor(()).restore("[[NAME_0]]") == "[[NAME_0]]"
