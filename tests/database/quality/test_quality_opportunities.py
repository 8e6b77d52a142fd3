"""Improvement opportunities: what keeping a standard would gain, by hand and by the function."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.quality.assessor import Assessed
from tests.database.quality.improver import STANDARD, an_audit_of, judged, open_action
from tests.factories import a_staff_member, a_ticket
from tests.support.calling import call, refusal

WHOLE, CORRECT = "service.whole_need", "knowledge.correct"


@pytest.fixture
def house(db: psycopg.Connection) -> Assessed:
    return Assessed(db)


def ended(house: Assessed, count: int) -> None:
    """So many conversations of the desk's frame, of which rules had nothing to say."""
    ticket_id = a_ticket(house.db, house.client, desk_id=house.desk_id)
    house.db.execute(
        "insert into public.quality_checks (ticket_id, cycle, agent_id, desk_id, channel, tier,"
        " policy_version, ended_at) select %s, place, %s, %s, 'chat', 'vip_gold', 'p',"
        " now() - interval '5 min' from generate_series(1, %s) place",
        [ticket_id, house.agent, house.desk_id, count],
    )


def found(db: psycopg.Connection, person_id: UUID, terms: str = "90d") -> dict[str, Any]:
    """By standard, what people judged."""
    answer = call(db, person_id, "get_improvement_opportunities(%s)", terms)
    return {made["standard"]: made for made in answer["opportunities"]}


def test_the_gain_is_what_the_fault_cost_its_conversation_times_how_many_there_are(
    db: psycopg.Connection, house: Assessed
) -> None:
    ended(house, 40)
    audit_id = an_audit_of(house)
    fault = {STANDARD: "no", WHOLE: "yes"}
    kept = {STANDARD: "yes", WHOLE: "yes"}
    # 2 of 5 points are missing: 40 of 100. Three from those drawn evenly, one from the denser part.
    judged(house, audit_id, fault, 1, probability=0.25, minutes=-5)
    judged(house, audit_id, kept, 2, probability=0.25, minutes=-5)
    [dense] = judged(house, audit_id, fault, 1, probability=1, minutes=-5)
    judged(house, audit_id, {WHOLE: "yes", STANDARD: "not_applicable"}, 1, probability=1,
           minutes=-5)  # fmt: skip
    made = found(db, house.manager)
    assert set(made) == {STANDARD}
    chance = made[STANDARD]
    mean = 40 * (4 + 1) / (4 * 3 + 1)
    volume = 40 * (4 * 3 + 1) / (4 * 3 + 2)
    assert chance["gain_per_answer"]["value"] == pytest.approx(mean, abs=0.001)
    assert chance["volume"] == pytest.approx(volume, abs=0.05)
    assert chance["effect"]["value"] == pytest.approx(mean * volume, abs=0.001)
    assert chance["score_gain"]["value"] == pytest.approx(mean * volume / 40, abs=0.001)
    low, value, high = (chance["effect"][part] for part in ("low", "value", "high"))
    assert 0 <= low < value < high
    assert (chance["source"], chance["count"], chance["no_count"]) == ("human", 4, 2)
    assert str(dense) in {shown["review_id"] for shown in chance["evidence"]}
    assert {shown["gain"] for shown in chance["evidence"]} == {40}


def test_a_critical_fault_gains_all_it_took_and_nothing_beside_another(
    db: psycopg.Connection, house: Assessed
) -> None:
    ended(house, 10)
    audit_id = an_audit_of(house)
    judged(house, audit_id, {CORRECT: "no", WHOLE: "yes", STANDARD: "no"}, 4, minutes=-5)
    made = found(db, house.manager)
    assert made[CORRECT]["gain_per_answer"]["value"] == 75, "6 of 8 points"
    assert STANDARD not in made, "the score stays 0 all the same"
    judged(
        house, audit_id, {CORRECT: "no", "discretion.identity": "no", WHOLE: "yes"}, 4, minutes=-5
    )
    assert found(db, house.manager)[CORRECT]["gain_per_answer"]["value"] == 37.5


def test_standards_are_ranked_by_effect_and_say_what_is_under_action(
    db: psycopg.Connection, house: Assessed
) -> None:
    ended(house, 10)
    audit_id = an_audit_of(house)
    judged(house, audit_id, {STANDARD: "no", WHOLE: "yes"}, 3, minutes=-5)
    judged(house, audit_id, {STANDARD: "yes", WHOLE: "no"}, 3, minutes=-5)
    action = open_action(house)
    house.checked(1)
    answer = call(db, house.manager, "get_improvement_opportunities()")
    effects = [made["effect"]["value"] for made in answer["opportunities"]]
    assert effects == sorted(effects, reverse=True)
    human = [made for made in answer["opportunities"] if made["source"] == "human"]
    assert [made["standard"] for made in human] == [WHOLE, STANDARD]
    assert [under["action_id"] for under in human[1]["under_action"]] == [action["id"]]
    assert human[0]["under_action"] == []
    assert {made["source"] for made in answer["opportunities"]} == {"automatic", "human"}
    assert answer["conversation_count"] == 11


def test_everybody_is_told_of_what_is_theirs(db: psycopg.Connection, house: Assessed) -> None:
    ended(house, 10)
    audit_id = an_audit_of(house)
    judged(house, audit_id, {STANDARD: "no", WHOLE: "yes"}, 3, minutes=-5)
    judged(house, audit_id, {STANDARD: "yes", WHOLE: "no"}, 3, minutes=-5, agent=house.colleague)
    assert set(found(db, house.agent)) == {STANDARD}
    assert set(found(db, house.colleague)) == {WHOLE}
    for person in (house.manager, house.auditor):
        assert set(found(db, person)) == {STANDARD, WHOLE}
    assert found(db, Assessed(db).manager) == {}
    of_house = found(db, house.executive)
    assert {STANDARD, WHOLE} <= set(of_house)
    assert of_house[STANDARD]["evidence"] is None, "executives see numbers alone"
    assert refusal(db, house.client, "get_improvement_opportunities()")[0] == "PT403"
    assert refusal(db, house.agent, "get_improvement_opportunities('x')")[1] == "range_malformed"


def test_what_somebody_is_still_to_judge_is_not_shown_to_them(
    db: psycopg.Connection, house: Assessed
) -> None:
    ended(house, 10)
    ticket_id = a_ticket(db, house.client, desk_id=house.desk_id, assignee_id=house.agent)
    other = a_staff_member(db, "quality_auditor", desk_id=house.desk_id)
    judged(house, an_audit_of(house), {STANDARD: "no", WHOLE: "yes"}, minutes=-5, ticket=ticket_id)
    [second] = judged(house, an_audit_of(house), {WHOLE: "yes"}, ticket=ticket_id, reviewer=other)
    db.execute(
        "update public.quality_samples set state = 'open' where id ="
        " (select sample_id from public.quality_reviews where id = %s)",
        [second],
    )
    assert found(db, other) == {}
    assert set(found(db, house.manager)) == {STANDARD}
