"""What answers come to: held against the definitions, and against scipy for the intervals."""

import math
import statistics
from collections.abc import Sequence
from typing import Any, LiteralString, cast

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t

from tests.database.success.surveyor import Surveyed
from tests.factories import a_staff_member
from tests.support.calling import call, refusal

Z = float(norm.ppf(0.975))
ANSWERS = st.lists(
    st.tuples(
        st.none() | st.integers(1, 5), st.none() | st.integers(0, 10), st.none() | st.integers(1, 7)
    ),
    max_size=40,
)
INSERT: LiteralString = """
insert into public.surveys (
    kind, client_id, case_id, desk_id, agent_id, tier, language, channel, rule_version, state,
    manner, questionnaire_version, questions, asked_at, sent_at, expires_at, late_until,
    answered_at, answered_through, csat, nps, effort
)
select 'recovery', %(client)s, gen_random_uuid(), %(desk)s, %(agent)s, %(tier)s, 'pl', %(channel)s,
    1, case when %(is_answered)s then 'answered' else 'sent' end, 'link', 1, '{csat}',
    now() - interval '1 day', now() - interval '1 day', now() + interval '13 days',
    now() + interval '80 days', case when %(is_answered)s then now() end,
    case when %(is_answered)s then 'link' end, %(csat)s, %(nps)s, %(effort)s
"""


@pytest.fixture
def house(db: psycopg.Connection) -> Surveyed:
    return Surveyed(db)


def an_answer(house: Surveyed, *numbers: int | None, **changes: Any) -> None:
    csat, nps, effort = numbers or (None, None, None)
    plain: dict[str, Any] = {
        "client": house.client,
        "desk": house.desk_id,
        "agent": house.agent,
        "tier": "vip_gold",
        "channel": "chat",
        "is_answered": any(number is not None for number in numbers),
        "csat": csat,
        "nps": nps,
        "effort": effort,
    }
    house.db.execute(INSERT, plain | changes)


def wilson(count: float, total: int) -> tuple[float, float]:
    share = count / total
    middle = (share + Z**2 / (2 * total)) / (1 + Z**2 / total)
    half = Z / (1 + Z**2 / total) * math.sqrt(share * (1 - share) / total + Z**2 / (4 * total**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_of(numbers: Sequence[int], lowest: int, highest: int) -> dict[str, Any]:
    if not numbers:
        return {"count": 0, "value": None, "low": None, "high": None}
    mean, span = statistics.fmean(numbers), highest - lowest
    if len(set(numbers)) == 1:
        low, high = wilson((mean - lowest) / span * len(numbers), len(numbers))
        low, high = lowest + low * span, lowest + high * span
    else:
        half = t.ppf(0.975, len(numbers) - 1) * statistics.stdev(numbers) / len(numbers) ** 0.5
        low, high = max(lowest, mean - half), min(highest, mean + half)
    return {"count": len(numbers), "value": mean, "low": float(low), "high": float(high)}


def nps_of(numbers: Sequence[int]) -> dict[str, Any]:
    if not numbers:
        return {"count": 0, "value": None, "low": None, "high": None}
    up, down = sum(n >= 9 for n in numbers), sum(n <= 6 for n in numbers)
    total = len(numbers) + 3
    share_up, share_down = (up + 0.75) / total, (down + 0.75) / total
    half = Z * math.sqrt((share_up + share_down - (share_up - share_down) ** 2) / total)
    middle = share_up - share_down
    return {
        "count": len(numbers),
        "value": 100 * (up - down) / len(numbers),
        "low": 100 * max(-1.0, middle - half),
        "high": 100 * min(1.0, middle + half),
        "promoters": up,
        "detractors": down,
        "passives": len(numbers) - up - down,
    }


def same(found: dict[str, Any], expected: dict[str, Any], error: float) -> bool:
    return all(
        found[name] is None if value is None else abs(found[name] - value) <= error
        for name, value in expected.items()
    )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(answers=ANSWERS, silent=st.integers(0, 5))
def test_satisfaction_recommendation_and_effort_are_what_their_definitions_say(
    db: psycopg.Connection, answers: list[tuple[int | None, ...]], silent: int
) -> None:
    with db.transaction(force_rollback=True):
        house = Surveyed(db)
        for numbers in answers:
            an_answer(house, *numbers)
        for _ in range(silent):
            an_answer(house)
        found = call(db, house.manager, "get_survey_results('7d')")["total"]
    given_ = [numbers for numbers in answers if any(n is not None for n in numbers)]
    asked = len(answers) + silent
    assert (found["asked_count"], found["answered_count"]) == (asked, len(given_))
    columns = [[n for n in column if n is not None] for column in zip(*answers, strict=True)]
    csat, nps, effort = columns or ([], [], [])
    assert same(found["csat"], mean_of(csat, 1, 5), 0.0051), found["csat"]
    assert same(found["effort"], mean_of(effort, 1, 7), 0.0051), found["effort"]
    assert same(found["nps"], nps_of(nps), 0.051), found["nps"]
    if asked:
        low, high = wilson(len(given_), asked)
        rate = {"value": len(given_) / asked, "low": low, "high": high}
        assert same(found["response_rate"], rate, 0.00006)


@pytest.mark.parametrize("degrees", [1, 2, 5, 30, 31, 60, 500])
def test_the_quantiles_are_students(db: psycopg.Connection, degrees: int) -> None:
    row = db.execute("select private.find_student_quantile(%s)", [degrees]).fetchone()
    assert row is not None
    assert abs(row[0] - float(t.ppf(0.975, degrees))) < 1e-5


def test_groups_add_up_to_the_total_and_reasons_are_in_words(
    db: psycopg.Connection, house: Surveyed
) -> None:
    for channel, tier, csat in (
        ("chat", "vip_gold", 5),
        ("email", "premium", 2),
        ("chat", "premium", 1),
    ):
        an_answer(house, csat, None, None, channel=channel, tier=tier)
    db.execute(
        "insert into public.survey_answers (survey_id, question, choices)"
        " select id, 'reasons', '{tone}' from public.surveys where desk_id = %s and csat <= 2",
        [house.desk_id],
    )
    for by, keys in (("channel", ["chat", "email"]), ("tier", ["premium", "vip_gold"])):
        found = call(db, house.manager, "get_survey_results('7d', %s)", by)
        assert [part["key"] for part in found["groups"]] == keys
        assert sum(part["asked_count"] for part in found["groups"]) == found["total"]["asked_count"]
    [reason] = found["reasons"]
    assert (reason["option"], reason["label"], reason["count"]) == ("tone", "sposób rozmowy", 2)
    assert found["labels"]["csat"] == "Zadowolenie (1–5)"
    english = call(db, house.manager, "get_survey_results('7d', 'agent', null, 'en')")
    assert english["reasons"][0]["label"] == "the manner of the conversation"
    assert english["groups"][0]["label"] == "Jan Kowalski"


def test_everybody_sees_the_results_that_are_theirs(
    db: psycopg.Connection, house: Surveyed
) -> None:
    other = Surveyed(db)
    an_answer(house, 5, None, None)
    an_answer(house, agent=house.colleague)
    an_answer(other, 1, None, None)
    boss = a_staff_member(db, "executive", desk_id=house.desk_id)
    auditor = a_staff_member(db, "quality_auditor", desk_id=house.desk_id)
    seen = {
        name: (found["scope"], {part["key"] for part in found["groups"]})
        for name, person in {
            "agent": house.agent,
            "manager": house.manager,
            "auditor": auditor,
            "executive": boss,
        }.items()
        if (found := cast("Any", call(db, person, "get_survey_results('7d', 'desk')")))
    }
    near, far = str(house.desk_id), str(other.desk_id)
    assert seen["agent"] == ("own", {near})
    assert seen["manager"] == seen["auditor"] == ("desk", {near})
    assert seen["executive"][0] == "house"
    assert {near, far} <= seen["executive"][1]
    mine = call(db, house.agent, "get_survey_results('7d')")["total"]
    assert (mine["asked_count"], mine["csat"]["value"]) == (1, 5)


def test_ranges_and_groups_that_are_none_are_refused(
    db: psycopg.Connection, house: Surveyed
) -> None:
    for arguments, message in (
        ("'yesterday'", "range_malformed"),
        ("'2026-02-01/2026-01-01'", "range_malformed"),
        ("'7d', 'colour'", "group_unknown"),
        ("'7d', 'tier', 'party'", "unknown_kind"),
    ):
        found = refusal(db, house.manager, f"get_survey_results({arguments})")
        assert found[:2] == ("PT422", message)
    assert refusal(db, house.client, "get_survey_results()")[:2] == ("PT403", "staff_required")
