"""What a rule answers about one conversation, and what it rests on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.quality import words
from lib.quality.checks import CHECKS
from lib.quality.models.standards import KeptPromise, Message, QualityCase, Standard, Verdict
from lib.quality.standards import QualityPolicy, check

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AGENT, COLLEAGUE, CLIENT = UUID(int=1), UUID(int=2), UUID(int=3)
ASKED, ANSWERED = UUID(int=10), UUID(int=11)


def a_message(body: str, kind: Any = "agent", minutes: float = 5, **details: Any) -> Message:
    """What somebody said so many minutes after noon."""
    made: dict[str, Any] = {
        "id": UUID(int=1000 + int(minutes * 10)),
        "author_kind": kind,
        "author_id": {"agent": AGENT, "client": CLIENT}.get(kind),
        "body": body,
        "created_at": NOON + timedelta(minutes=minutes),
        "sentiment": None,
        "brand_score": None,
        "brand_rules": (),
        "is_override": False,
    }
    return Message(**made | details)


def a_case(*said: Message, **details: Any) -> QualityCase:
    """A conversation that ended at one o'clock."""
    asked = a_message("Dzień dobry, czy jest wolny termin w sobotę po południu?", "client", 0)
    messages = said or (a_message("Dzień dobry, Pani Anno, tak, o 15. Miłego dnia"),)
    made: dict[str, Any] = {
        "ticket_id": UUID(int=5),
        "cycle": 1,
        "language": "pl",
        "category": "booking",
        "ended_at": NOON + timedelta(hours=1),
        "has_resolution": True,
        "agent_id": AGENT,
        "previous_agent_id": None,
        "given_name": "Anna",
        "family_name": "Zawadzka",
        "messages": (asked, *messages),
        "promises": (),
        "standards": (),
    }
    return QualityCase(**made | details)


def a_promise(number: int, kind: str, state: Any) -> KeptPromise:
    return KeptPromise(id=UUID(int=number), kind=kind, state=state)


def ask(rule: str, case: QualityCase, **parameters: Any) -> Verdict:
    return CHECKS[rule](case, parameters)


@pytest.mark.parametrize(
    ("states", "answer", "evidence"),
    [
        (["met", "met"], "yes", [0, 1]),
        (["met", "breached"], "no", [1]),
        (["cancelled"], "not_applicable", []),
        (["running"], "not_applicable", []),
        ([], "not_applicable", []),
    ],
)
def test_promises_are_kept_all_or_not(states: list[str], answer: str, evidence: list[int]) -> None:
    promises = tuple(a_promise(n, "given", state) for n, state in enumerate(states))
    case = a_case(promises=(*promises, a_promise(9, "resolution", "breached")))
    verdict = ask("promise", case, kinds=["given"])
    assert (verdict.answer, [p.int for p in verdict.evidence]) == (answer, evidence)


@pytest.mark.parametrize(
    ("rule", "body", "answer"),
    [
        ("greeting", "Dzień dobry, tak.", "yes"),
        ("greeting", "dzien dobry, tak.", "yes"),
        ("greeting", "Tak, jest.", "no"),
        ("closing", "Tak. Z wyrazami szacunku, Jan", "yes"),
        ("closing", "Tak.", "no"),
        ("further_help", "Czy mogę w czymś jeszcze pomóc?", "yes"),
        ("further_help", "To wszystko.", "no"),
        ("thanks", "Dziękujemy za cierpliwość.", "yes"),
        ("thanks", "Proszę czekać.", "no"),
    ],
)
def test_courtesy_is_heard_with_and_without_diacritics(rule: str, body: str, answer: str) -> None:
    assert ask(rule, a_case(a_message(body))).answer == answer


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("greeting", "Good morning, Ms Zawadzka"),
        ("closing", "Kind regards, Jan"),
        ("further_help", "Is there anything else I may do?"),
        ("thanks", "Thank you for your patience"),
    ],
)
def test_courtesy_is_heard_in_english(rule: str, body: str) -> None:
    assert ask(rule, a_case(a_message(body), language="en")).answer == "yes"


@pytest.mark.parametrize("rule", ["greeting", "closing", "address", "further_help", "thanks"])
def test_a_language_without_words_counts_against_nobody(rule: str) -> None:
    case = a_case(a_message("Guten Tag"), language="de")
    assert ask(rule, case, times=1).answer == "not_applicable"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("Pani Anno, zapraszam", 1),
        ("Pani Anno, czekamy na Panią", 2),
        ("Szanowna Pani Zawadzka", 1),
        ("Dear Ms Zawadzka", 1),
        ("Tak, jest termin", 0),
    ],
)
def test_a_title_with_its_name_is_one_address(body: str, count: int) -> None:
    names = {"given": "Anna", "family": "Zawadzka"}
    assert words.count_addresses(body, names) == count


def test_style_is_judged_by_the_rules_named() -> None:
    styled = a_message("...", brand_score=80, brand_rules=("emoji", "slang"), is_override=True)
    case = a_case(styled, a_message("...", minutes=9, brand_score=100))
    assert ask("brand_rules", case, rules=["slang"]) == Verdict("no", (styled.id,))
    assert ask("brand_rules", case, rules=["all_caps"]).answer == "yes"
    assert ask("brand_score", case, at_least=85).answer == "yes"
    assert ask("brand_score", case, at_least=91).answer == "no"
    assert ask("no_override", case) == Verdict("no", (styled.id,))
    unchecked = a_case()
    for rule in ("brand_rules", "brand_score", "no_override"):
        assert ask(rule, unchecked, rules=[], at_least=1).answer == "not_applicable"


@pytest.mark.parametrize(("later", "answer"), [(60, "yes"), (25 * 60, "no"), (None, "no")])
def test_an_announced_follow_up_comes_in_time(later: float | None, answer: str) -> None:
    said = [a_message("Oddzwonię do Pani", minutes=1)]
    if later:
        said.append(a_message("Już wiem", minutes=1 + later))
    assert ask("follow_up", a_case(*said), hours=24).answer == answer


def test_nothing_announced_is_nothing_owed() -> None:
    assert ask("follow_up", a_case(), hours=24).answer == "not_applicable"


@pytest.mark.parametrize(
    ("last", "answer"),
    [("A o której?", "no"), ("Dziękuję!", "yes"), ("Mam numer 7", "not_applicable")],
)
def test_a_question_needs_an_answer_and_thanks_do_not(last: str, answer: str) -> None:
    case = a_case(a_message("Tak"), a_message(last, "client", 9))
    assert ask("last_word", case).answer == answer


def test_displeasure_calls_for_an_apology() -> None:
    unhappy = a_message("Okropnie długo czekam", "client", 1, sentiment=-0.7)
    assert ask("apology", a_case()).answer == "not_applicable"
    assert ask("apology", a_case(unhappy, a_message("Zaraz"))).answer == "no"
    assert ask("apology", a_case(unhappy, a_message("Bardzo przepraszam"))).answer == "yes"
    early = a_message("Przepraszam", minutes=0.5)
    assert ask("apology", a_case(early, unhappy, a_message("Zaraz"))).answer == "no"


@pytest.mark.parametrize(
    ("moods", "answer"),
    [([0.1, -0.6], "no"), ([-0.6, 0.2], "yes"), ([0.5], "not_applicable")],
)
def test_the_mood_at_the_end_is_compared_with_the_beginning(
    moods: list[float], answer: str
) -> None:
    said = [a_message("x", "client", n + 1, sentiment=mood) for n, mood in enumerate(moods)]
    assert ask("mood", a_case(*said)).answer == answer


@pytest.mark.parametrize(
    ("cycle", "previous", "answer"),
    [(1, None, "yes"), (2, AGENT, "no"), (2, COLLEAGUE, "not_applicable")],
)
def test_a_client_who_comes_back_counts_against_who_solved_it(
    cycle: int, previous: UUID | None, answer: str
) -> None:
    case = a_case(cycle=cycle, previous_agent_id=previous)
    assert ask("solved_once", case).answer == answer


def test_a_third_face_is_one_too_many() -> None:
    faces = [a_message("Tak", minutes=n, author_id=UUID(int=n)) for n in (1, 2, 3)]
    assert ask("one_face", a_case(*faces[:2]), at_most=2).answer == "yes"
    assert ask("one_face", a_case(*faces), at_most=2).answer == "no"


@pytest.mark.parametrize(("minutes", "answer"), [(0.4, "yes"), (2, "no")])
def test_the_fastest_answer_is_counted_from_the_first_word(minutes: float, answer: str) -> None:
    assert ask("fastest_answer", a_case(a_message("Tak", minutes=minutes)), seconds=30).answer == (
        answer
    )


@pytest.mark.parametrize(
    ("body", "is_secret"),
    [
        ("Karta 4111 1111 1111 1111", True),
        ("Karta 4111-1111-1111-1112", False),
        ("PESEL 44051401359", True),
        ("Numer rezerwacji 12345678901", False),
        ("Hasło: Wanilia7", True),
        ("Telefon +48 601 202 303", False),
    ],
)
def test_secrets_are_numbers_that_check_out(body: str, is_secret: bool) -> None:  # noqa: FBT001
    assert words.has_secret(body) is is_secret


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"category": "spam"}, "spam"),
        ({"messages": (a_message("Witamy " * 20, "assistant"),)}, "one_sided"),
        ({"messages": (a_message("Tak"), a_message("Nie?", "client"))}, "few_words"),
        ({"agent_id": None}, "nobody_credited"),
        ({}, None),
    ],
)
def test_what_is_not_judged_has_a_reason(changes: dict[str, Any], reason: str | None) -> None:
    made = check(a_case(**changes), QualityPolicy())
    assert made.skip_reason == reason
    assert made.answers == ()


def test_what_assistants_say_counts_for_neither_side() -> None:
    bot = a_message("Dzień dobry, jestem asystentem domu i chętnie pomogę", "assistant", 1)
    case = a_case(bot, a_message("Tak, jest termin", minutes=2))
    assert ask("greeting", case).answer == "no"


def test_a_rule_of_another_release_applies_to_nothing() -> None:
    unknown = Standard(standard="service.new", version=3, check_name="unknown", parameters={})
    [said] = check(a_case(standards=(unknown,)), QualityPolicy()).answers
    assert (said.standard, said.standard_version, said.answer) == (
        "service.new",
        3,
        "not_applicable",
    )


@given(st.lists(st.tuples(st.sampled_from(["client", "agent"]), st.text(max_size=60)), max_size=6))
def test_every_rule_answers_whatever_was_said(talk: list[tuple[str, str]]) -> None:
    said = [a_message(body, kind, n + 1) for n, (kind, body) in enumerate(talk)]
    case = a_case(a_message("Tak"), *said)
    known = {message.id for message in case.messages}
    parameters = {
        "kinds": ["given"],
        "seconds": 30,
        "rules": [],
        "at_least": 85,
        "times": 1,
        "at_most": 2,
        "hours": 24,
    }
    for rule in CHECKS.values():
        verdict = rule(case, parameters)
        assert verdict.answer in {"yes", "no", "not_applicable"}
        assert set(verdict.evidence) <= known


def test_a_policy_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="words"):
        QualityPolicy(fewest_words=0)
