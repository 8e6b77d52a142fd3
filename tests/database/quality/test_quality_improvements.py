"""Corrective actions: opened by people or the house, closed and opened again by samples alone."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.quality.assessor import Assessed, one, run_improvements
from tests.database.quality.improver import (
    STANDARD,
    an_audit_of,
    judged,
    open_action,
    state_of,
)
from tests.support.calling import call, refusal, rows


@pytest.fixture
def house(db: psycopg.Connection) -> Assessed:
    return Assessed(db)


def told(db: psycopg.Connection, person_id: UUID) -> list[str]:
    """The kinds of notices of actions that this person got, in order."""
    kinds = rows(db, person_id, "select kind from public.notifications order by id")
    return [kind for (kind,) in kinds if kind.startswith("corrective_action_")]


def changes(house: Assessed, action: dict[str, Any]) -> list[tuple[str, str]]:
    """What happened to it, and the kind of cause."""
    return house.db.execute(
        "select change, cause ->> 'kind' from public.corrective_action_changes"
        " where action_id = %s order by id",
        [action["id"]],
    ).fetchall()


def emitted(house: Assessed, action: dict[str, Any]) -> list[str]:
    found = house.db.execute(
        "select kind from public.events where subject_id = %s order by id", [action["id"]]
    )
    return [kind for (kind,) in found]


def test_enough_passing_samples_close_an_action_and_nothing_less(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    audit_id = an_audit_of(house)
    judged(house, audit_id, "yes", 19)
    run_improvements(db)
    assert state_of(house, action) == "open"
    [shown] = call(db, house.agent, "get_corrective_actions('open')")
    assert shown["progress"] == {
        "passed": 19, "count": 19, "needed_count": 20, "target_percent": 80, "low_percent": 83.2,
    }  # fmt: skip
    last = judged(house, audit_id, "yes", 1)
    [(_, result)] = run_improvements(db)
    assert (result, state_of(house, action)) == ("recorded", "closed")
    [shown] = call(db, house.manager, "get_corrective_actions('closed')")
    proof = shown["history"][-1]["cause"]
    assert (proof["kind"], proof["passed"], proof["count"]) == ("samples", 20, 20)
    assert str(last[0]) in proof["sample_ids"]
    assert changes(house, action) == [("opened", "manager"), ("closed", "samples")]
    assert emitted(house, action) == ["corrective_action.opened", "corrective_action.closed"]
    assert told(db, house.agent) == ["corrective_action_opened", "corrective_action_closed"]


def test_a_regression_opens_it_again_and_counted_since_at_then_on(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    audit_id = an_audit_of(house)
    judged(house, audit_id, "yes", 20)
    run_improvements(db)
    db.execute("update public.corrective_actions set counted_since_at = now() + interval '1 h'")
    judged(house, audit_id, "no", 5, minutes=90)
    run_improvements(db)
    assert state_of(house, action) == "closed", "five may be chance"
    judged(house, audit_id, "no", 3, minutes=90)
    run_improvements(db)
    assert state_of(house, action) == "open"
    assert changes(house, action)[-1] == ("reopened", "samples")
    assert told(db, house.agent)[-1] == "corrective_action_reopened"
    [shown] = call(db, house.manager, "get_corrective_actions()")
    assert (shown["reopened_count"], shown["closed_at"]) == (1, None)


def test_only_random_later_samples_of_the_scope_count(
    db: psycopg.Connection, house: Assessed
) -> None:
    own = open_action(house, scope="agent", agent_id=house.agent)
    of_chat = open_action(house, scope="channel", channel="chat")
    of_desk = open_action(house)
    judged(house, an_audit_of(house), "yes", 20, minutes=-1)
    judged(house, an_audit_of(house, audit_type="vip"), "yes", 20)
    run_improvements(db)
    assert {state_of(house, action) for action in (own, of_chat, of_desk)} == {"open"}
    judged(house, an_audit_of(house, agent_id=house.agent), "yes", 20)
    run_improvements(db)
    assert [state_of(house, a) for a in (own, of_chat, of_desk)] == ["closed", "open", "open"]
    judged(house, an_audit_of(house, channels=["chat"]), "yes", 20)
    run_improvements(db)
    assert [state_of(house, a) for a in (own, of_chat, of_desk)] == ["closed", "closed", "open"]
    judged(house, an_audit_of(house), "yes", 20, channel="email", agent_id=house.colleague)
    run_improvements(db)
    assert state_of(house, of_desk) == "closed"


def test_a_conversation_counts_once_and_of_a_denser_stratum_an_even_part(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    audit_id = an_audit_of(house)
    [first] = judged(house, audit_id, "yes", probability=0.25)
    ticket_id, cycle = db.execute(
        "select ticket_id, cycle from public.quality_reviews where id = %s", [first]
    ).fetchone() or (None, None)
    judged(house, an_audit_of(house), "yes", ticket=ticket_id, cycle=cycle)
    # Drawn four times as densely: those whose own id falls into the first quarter stay.
    for digit in "0137bf":
        sample_id = f"00000000-0000-4000-8000-{digit}{str(house.agent)[-11:]}"
        judged(house, audit_id, "no", probability=1, sample=sample_id)
    [shown] = call(db, house.manager, "get_corrective_actions()")
    assert shown["id"] == action["id"]
    assert (shown["progress"]["passed"], shown["progress"]["count"]) == (1, 4)


def test_the_house_opens_one_where_a_completed_audit_leaves_no_doubt(
    db: psycopg.Connection, house: Assessed
) -> None:
    audit_id = an_audit_of(house)
    failed = judged(house, audit_id, "no", 6, minutes=-5)
    judged(house, audit_id, "yes", 4, minutes=-5)
    run_improvements(db)
    assert call(db, house.manager, "get_corrective_actions()") == [], "it is still judged"
    db.execute(
        "update public.quality_audits set status = 'completed', completed_at = now() where id = %s",
        [audit_id],
    )
    run_improvements(db)
    [action] = call(db, house.manager, "get_corrective_actions()")
    assert (action["origin"], action["standard"], action["scope"], action["audit_id"]) == (
        "house", STANDARD, "desk", str(audit_id),
    )  # fmt: skip
    assert (action["owner_id"], action["plan"]) == (str(house.manager), None)
    assert set(action["history"][0]["cause"]["sample_ids"]) == {str(one) for one in failed}
    assert told(db, house.manager) == ["corrective_action_opened"]
    db.execute("update public.quality_audits set updated_at = now() where id = %s", [audit_id])
    judged(house, audit_id, "no", 1, minutes=-5)
    run_improvements(db)
    assert len(call(db, house.manager, "get_corrective_actions()")) == 1
    # Called off: what was judged before is settled, new faults are not.
    call(db, house.manager, "cancel_corrective_action(%s, 'Remont lobby')", action["id"])
    judged(house, audit_id, "no", 1, minutes=-5)
    run_improvements(db)
    assert call(db, house.manager, "get_corrective_actions('open')") == []
    judged(house, audit_id, "no", 8, minutes=5)
    run_improvements(db)
    assert len(call(db, house.manager, "get_corrective_actions('open')")) == 1


def test_what_rules_judge_closes_by_the_checks_of_all_conversations(
    db: psycopg.Connection, house: Assessed
) -> None:
    db.execute(
        "update public.improvement_rules set closing_count = 5, target_percent = 50"
        " where rule = 'automatic'"
    )
    action = open_action(house, standard="service.resolution_note")
    db.execute("update public.corrective_actions set counted_since_at = now() - interval '1 h'")
    house.checked(5)
    results = run_improvements(db)
    assert [job.kind for job, _ in results] == ["quality_desk.checked"]
    assert state_of(house, action) == "closed"


def test_checks_at_a_desk_without_such_an_action_wake_nobody(
    db: psycopg.Connection, house: Assessed
) -> None:
    open_action(house)
    house.checked(1)
    assert run_improvements(db) == []


def test_nobody_closes_by_hand_and_a_manager_may_call_it_off(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    change = "set_corrective_action(%s, %s)"
    for person in (house.agent, house.auditor, house.manager):
        for wish in ({"state": "closed"}, {"plan": "Nowy", "proof": {}}, {"closed_at": "now"}):
            answer = refusal(db, person, change, action["id"], Jsonb(wish))
            assert answer[:2] == ("PT409", "samples_decide")
    cancel = "cancel_corrective_action(%s, %s)"
    assert refusal(db, house.manager, cancel, action["id"], " ")[1] == "reason_required"
    assert refusal(db, house.agent, cancel, action["id"], "Nie")[1] == "manager_required"
    gone = call(db, house.manager, cancel, action["id"], "Standard się zmienił")
    assert gone["state"] == "cancelled"
    assert changes(house, action)[-1] == ("cancelled", "manager")
    assert told(db, house.agent)[-1] == "corrective_action_cancelled"
    assert refusal(db, house.manager, cancel, action["id"], "Znów")[1] == "action_not_open"
    judged(house, an_audit_of(house), "yes", 20)
    run_improvements(db)
    assert state_of(house, action) == "cancelled", "what is called off stays so"


def test_managers_hand_it_over_and_its_owner_plans(db: psycopg.Connection, house: Assessed) -> None:
    action = open_action(house)
    change = "set_corrective_action(%s, %s)"
    plan = call(db, house.agent, change, action["id"], Jsonb({"plan": "Codziennie jedna próba"}))
    assert plan["plan"] == "Codziennie jedna próba"
    hand = Jsonb({"owner_id": str(house.colleague)})
    assert refusal(db, house.agent, change, action["id"], hand)[1] == "manager_required"
    call(db, house.manager, change, action["id"], hand)
    assert told(db, house.colleague) == ["corrective_action_changed"]
    assert refusal(db, house.agent, change, action["id"], hand)[1] == "action_not_found"
    wrong: list[tuple[Any, str]] = [
        ({"due_on": "2020-01-01"}, "due_out_of_range"),
        ({"due_on": "jutro"}, "changes_malformed"),
        ({"owner_id": str(house.client)}, "owner_not_found"),
        ({"scope": "agent"}, "changes_malformed"),
        ({"plan": 5}, "changes_malformed"),
        ({}, "changes_malformed"),
    ]
    for wish, message in wrong:
        assert refusal(db, house.manager, change, action["id"], Jsonb(wish))[1] == message


def test_an_action_is_about_something_there_is_and_nothing_is_under_two(
    db: psycopg.Connection, house: Assessed
) -> None:
    open_ = "open_corrective_action(%s, 'Plan', current_date + 7, null, %s, %s, %s)"
    wrong: list[tuple[list[Any], str]] = [
        (["service.nothing", "desk", None, None], "standard_not_found"),
        ([STANDARD, "agent", None, None], "unknown_scope"),
        ([STANDARD, "desk", house.agent, None], "unknown_scope"),
        ([STANDARD, "channel", None, "telex"], "unknown_channel"),
        ([STANDARD, "agent", Assessed(db).agent, None], "agent_not_found"),
    ]
    for terms, message in wrong:
        assert refusal(db, house.manager, open_, *terms)[1] == message
    open_action(house)
    again = refusal(db, house.manager, open_, STANDARD, "desk", None, None)
    assert again[:2] == ("PT409", "already_under_action")
    open_action(house, scope="channel", channel="email")


def test_admins_set_by_how_many_samples_and_it_is_remembered(
    db: psycopg.Connection, house: Assessed
) -> None:
    admin = one(db, "update public.staff_members set role = 'admin' where id = %s returning id",
                house.executive)  # fmt: skip
    set_ = "set_improvement_rule(%s, %s, 'Mały dom')"
    made = call(db, admin, set_, STANDARD, Jsonb({"closing_count": 5, "target_percent": 50}))
    assert (made["closing_count"], made["target_percent"], made["version"]) == (5, 50, 2)
    action = open_action(house)
    judged(house, an_audit_of(house), "yes", 5)
    run_improvements(db)
    assert state_of(house, action) == "closed"
    for rule, wish, message in (
        ("service.nothing", {"closing_count": 9}, "standard_not_found"),
        ("human", {"closing_count": 3}, "rule_malformed"),
        ("human", {"closing_count": 400}, "rule_malformed"),
        ("human", {"confidence": 1}, "rule_malformed"),
    ):
        assert refusal(db, admin, set_, rule, Jsonb(wish))[1] == message
    kept = one(
        db,
        "select count(*) from private.configuration_history"
        " where table_name = 'public.improvement_rules' and row_key = %s",
        STANDARD,
    )
    assert kept == 2


def test_what_was_judged_meanwhile_is_read_afresh(db: psycopg.Connection, house: Assessed) -> None:
    action = open_action(house)
    audit_id = an_audit_of(house)
    judged(house, audit_id, "yes", 20)
    [context] = one(db, "select worker.improvement_contexts(%s)", [audit_id])
    judged(house, audit_id, "no", 1)
    plan = {
        "subject_id": str(audit_id),
        "fingerprint": context["fingerprint"],
        "decisions": [
            {"kind": "close", "action_id": action["id"], "passed": 20, "count": 20,
             "target_percent": 80, "sample_ids": []}
        ],
    }  # fmt: skip
    assert one(db, "select private.store_improvements(%s)", Jsonb(plan)) == "stale"
    assert state_of(house, action) == "open"
