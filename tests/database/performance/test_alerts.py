"""Alerts from rule to notice: raised once, kept, escalated, silenced, and over by themselves."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.performance.alerter import (
    an_alert_rule,
    count_alerts,
    events_of,
    judge_now,
    let_pass,
    notices,
    run_alerts,
    the_alert,
    value,
)
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_staff_member,
    a_ticket,
    a_vip_profile,
    an_admin,
    an_agent,
)
from tests.support.calling import call, refusal

CHAIN = [{"after_seconds": 120, "to": "managers"}, {"after_seconds": 300, "to": "admins"}]


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    return a_desk(db)


def waiting(db: psycopg.Connection, desk: UUID, seconds: float, tier: str = "standard") -> UUID:
    client = a_client(db, tier, desk_id=desk)
    return a_ticket(db, client, desk_id=desk, waiting_seconds=seconds)


def wait_now(db: psycopg.Connection, ticket: UUID, seconds: float) -> None:
    """The ticket has been waiting for so long."""
    db.execute(
        "update public.support_tickets set opened_at = clock_timestamp()"
        " - make_interval(secs => %s), last_message_at = now() where id = %s",
        [seconds, ticket],
    )


# Raise, hold, clear -------------------------------------------------------------------------------


def test_an_alert_is_raised_once_and_its_managers_are_told_once(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager, other = a_manager(db, desk_id=desk), a_manager(db)
    rule = an_alert_rule(db, desk_id=desk)
    ticket = waiting(db, desk, 100)
    for _ in range(3):
        judge_now(db)
    alert = the_alert(db, rule)
    assert (alert["state"], alert["severity"], alert["desk_id"]) == ("open", "high", str(desk))
    assert alert["ticket_id"] == str(ticket)
    assert 100 <= alert["opened_value"] <= alert["worst_value"]
    assert count_alerts(db, rule) == 1
    assert notices(db, manager) == ["alert_raised"]
    assert notices(db, other) == []
    assert "alert.raised" in events_of(db, alert["id"])


def test_between_the_two_thresholds_nothing_changes(db: psycopg.Connection, desk: UUID) -> None:
    rule = an_alert_rule(db, desk_id=desk)
    ticket = waiting(db, desk, 50)
    judge_now(db)
    assert count_alerts(db, rule) == 0
    wait_now(db, ticket, 70)
    judge_now(db)
    for seconds in (50, 59, 46, 70, 50):
        wait_now(db, ticket, seconds)
        judge_now(db)
        assert the_alert(db, rule)["state"] == "open"
    wait_now(db, ticket, 40)
    judge_now(db)
    cleared = the_alert(db, rule)
    assert (cleared["state"], cleared["clear_reason"]) == ("cleared", "recovered")
    assert count_alerts(db, rule) == 1


def test_an_alert_ends_when_nobody_waits_and_those_told_hear_of_it(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager, rule = a_manager(db, desk_id=desk), an_alert_rule(db, desk_id=desk)
    ticket = waiting(db, desk, 100)
    judge_now(db)
    call(db, an_agent(db, desk_id=desk), "take_ticket(%s)", ticket)
    judge_now(db)
    assert the_alert(db, rule)["state"] == "cleared"
    assert notices(db, manager) == ["alert_raised", "alert_cleared"]


def test_a_rule_that_cools_down_raises_nothing_and_then_a_new_alert(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule = an_alert_rule(db, desk_id=desk, cooldown_seconds=300)
    ticket = waiting(db, desk, 100)
    judge_now(db)
    wait_now(db, ticket, 1)
    judge_now(db)
    wait_now(db, ticket, 100)
    judge_now(db)
    assert count_alerts(db, rule) == 1
    let_pass(db, 301)
    judge_now(db)
    assert count_alerts(db, rule) == 2
    assert the_alert(db, rule)["state"] == "open"


def test_a_value_must_be_bad_for_as_long_as_the_rule_says(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule = an_alert_rule(db, desk_id=desk, min_seconds=120)
    waiting(db, desk, 100)
    judge_now(db)
    assert count_alerts(db, rule) == 0
    due = value(
        db,
        "select due_at - now() <= interval '121 s' from private.timers"
        " where kind = 'alert_rule.sustained' and subject_id = %s",
        rule,
    )
    assert due
    let_pass(db, 121)
    judge_now(db)
    assert count_alerts(db, rule) == 1


def test_a_value_that_recovers_meanwhile_is_forgotten(db: psycopg.Connection, desk: UUID) -> None:
    rule = an_alert_rule(db, desk_id=desk, min_seconds=120)
    ticket = waiting(db, desk, 100)
    judge_now(db)
    wait_now(db, ticket, 1)
    judge_now(db)
    assert value(db, "select count(*) from private.alert_watches") == 0
    wait_now(db, ticket, 100)
    judge_now(db)
    assert count_alerts(db, rule) == 0


def test_a_rule_of_the_house_opens_an_alert_for_each_desk(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule, other = an_alert_rule(db), a_desk(db)
    waiting(db, desk, 100)
    waiting(db, other, 100)
    waiting(db, other, 10)
    judge_now(db)
    found = db.execute("select desk_id from public.alerts where rule_id = %s", [rule]).fetchall()
    assert {desk, other} <= {desk_id for (desk_id,) in found}


def test_a_rule_watches_only_its_tier_and_kind_of_channel(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule = an_alert_rule(db, desk_id=desk, tier="vip_gold", channel_kind="asynchronous")
    client = a_client(db, "vip_gold", desk_id=desk)
    waiting(db, desk, 100)
    waiting(db, desk, 100, "vip_gold")
    judge_now(db)
    assert count_alerts(db, rule) == 0
    a_ticket(db, client, channel="email", desk_id=desk, waiting_seconds=100)
    judge_now(db)
    assert count_alerts(db, rule) == 1


def test_a_rule_switched_off_ends_its_alert(db: psycopg.Connection, desk: UUID) -> None:
    manager, rule = a_manager(db, desk_id=desk), an_alert_rule(db, desk_id=desk)
    waiting(db, desk, 100)
    judge_now(db)
    call(db, manager, "update_performance_alert(%s, %s::jsonb)", rule, '{"is_active": false}')
    assert "alert_rule.changed" in {job.kind for job in run_alerts(db)}
    assert the_alert(db, rule)["clear_reason"] == "rule_off"


# Escalation, acknowledgement, silence -------------------------------------------------------------


def test_the_chain_goes_up_step_by_step_each_once(db: psycopg.Connection, desk: UUID) -> None:
    manager, admin = a_manager(db, desk_id=desk), an_admin(db)
    keeper = a_staff_member(db, "relationship_manager", desk_id=desk)
    rule = an_alert_rule(db, desk_id=desk, action="escalate_to_vip_manager", escalation=CHAIN)
    waiting(db, desk, 100)
    judge_now(db)
    assert (notices(db, keeper), notices(db, admin)) == (["alert_raised"], [])
    alert_id = the_alert(db, rule)["id"]
    due = "select extract(epoch from due_at - now()) from private.timers where subject_id = %s"
    assert 119 < value(db, due, alert_id) < 121
    let_pass(db, 121)
    judge_now(db)
    assert notices(db, manager) == ["alert_raised", "alert_escalated"]
    assert 299 < value(db, due, alert_id) < 301
    judge_now(db)
    let_pass(db, 301)
    judge_now(db)
    judge_now(db)
    assert notices(db, admin) == ["alert_escalated"]
    assert notices(db, manager) == ["alert_raised", "alert_escalated"]
    assert value(db, "select count(*) from private.timers where subject_id = %s", alert_id) == 0


def test_an_acknowledged_alert_escalates_no_further_and_ends_by_itself(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager, admin = a_manager(db, desk_id=desk), an_admin(db)
    rule = an_alert_rule(db, desk_id=desk, escalation=CHAIN)
    ticket = waiting(db, desk, 100)
    judge_now(db)
    alert_id = the_alert(db, rule)["id"]
    answer = call(db, manager, "acknowledge_alert(%s)", alert_id)
    assert (answer["state"], answer["acknowledged_by"]) == ("acknowledged", str(manager))
    call(db, manager, "acknowledge_alert(%s)", alert_id)
    let_pass(db, 10_000)
    judge_now(db)
    assert notices(db, admin) == []
    wait_now(db, ticket, 1)
    judge_now(db)
    assert the_alert(db, rule)["state"] == "cleared"
    assert refusal(db, manager, "acknowledge_alert(%s)", alert_id)[1] == "alert_cleared"
    steps = db.execute(
        "select kind from public.alert_steps where alert_id = %s order by id", [alert_id]
    ).fetchall()
    assert [kind for (kind,) in steps] == ["raised", "acknowledged", "cleared"]


def test_a_silenced_alert_tells_nobody_and_goes_on_from_there(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager = a_manager(db, desk_id=desk)
    rule = an_alert_rule(db, desk_id=desk, escalation=CHAIN)
    waiting(db, desk, 100)
    judge_now(db)
    alert_id = the_alert(db, rule)["id"]
    until = "now() + interval '1 hour'"
    call(db, manager, f"silence_alert(%s, {until}, 'Wymiana sprzętu')", alert_id)
    let_pass(db, 1800)
    judge_now(db)
    assert notices(db, manager) == ["alert_raised"]
    assert the_alert(db, rule)["state"] == "silenced"
    let_pass(db, 1801)
    judge_now(db)
    resumed = the_alert(db, rule)
    assert (resumed["state"], resumed["steps_taken"]) == ("open", 0)
    let_pass(db, 121)
    judge_now(db)
    assert notices(db, manager) == ["alert_raised", "alert_escalated"]


def test_what_ends_in_silence_ends_silently(db: psycopg.Connection, desk: UUID) -> None:
    manager, rule = a_manager(db, desk_id=desk), an_alert_rule(db, desk_id=desk)
    ticket = waiting(db, desk, 100)
    judge_now(db)
    alert_id = the_alert(db, rule)["id"]
    call(db, manager, "silence_alert(%s, now() + interval '1 h', 'Szkolenie')", alert_id)
    wait_now(db, ticket, 1)
    judge_now(db)
    assert the_alert(db, rule)["state"] == "cleared"
    assert notices(db, manager) == ["alert_raised"]


def test_an_alert_nobody_is_there_for_goes_to_the_admins(
    db: psycopg.Connection, desk: UUID
) -> None:
    admin = an_admin(db)
    an_alert_rule(db, desk_id=desk)
    waiting(db, desk, 100)
    judge_now(db)
    assert notices(db, admin) == ["alert_raised"]


# VIP clients --------------------------------------------------------------------------------------


def vip_rule(db: psycopg.Connection, desk: UUID, **changes: Any) -> UUID:
    return an_alert_rule(db, "vip_response_time", desk, action="escalate_to_vip_manager", **changes)


def response_timer(db: psycopg.Connection, ticket: UUID) -> float | None:
    row = db.execute(
        "select extract(epoch from timer.due_at - ticket.opened_at)::float8"
        " from private.timers timer"
        " join public.support_tickets ticket on ticket.id = timer.subject_id"
        " where timer.kind = 'ticket.response_missed' and ticket.id = %s",
        [ticket],
    ).fetchone()
    return row[0] if row else None


def test_a_live_vip_ticket_is_watched_to_the_second_from_its_opening(
    db: psycopg.Connection, desk: UUID
) -> None:
    vip_rule(db, desk)
    assert response_timer(db, waiting(db, desk, 0, "vip_platinum")) == pytest.approx(60.02)
    assert response_timer(db, waiting(db, desk, 0, "premium")) is None
    mail = a_ticket(db, a_client(db, "vip_gold", desk_id=desk), channel="email", desk_id=desk)
    assert response_timer(db, mail) is None


def test_the_moment_it_comes_the_alert_opens_and_names_the_ticket(
    db: psycopg.Connection, desk: UUID
) -> None:
    keeper = a_staff_member(db, "relationship_manager")
    rule = vip_rule(db, desk)
    client = a_client(db, "vip_platinum", desk_id=desk)
    a_vip_profile(db, client, relationship_manager_id=keeper)
    ticket = a_ticket(db, client, desk_id=desk, waiting_seconds=61)
    db.execute("select private.fire_due_timers(100)")
    assert "ticket.response_missed" in {job.kind for job in run_alerts(db)}
    alert = the_alert(db, rule)
    assert alert["ticket_id"] == str(ticket)
    assert notices(db, keeper) == ["alert_raised"]


def test_an_answer_of_a_person_ends_the_wait_and_the_next_message_begins_one(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule, agent = vip_rule(db, desk), an_agent(db, desk_id=desk)
    client = a_client(db, "vip_gold", desk_id=desk)
    ticket = a_ticket(db, client, desk_id=desk, assignee_id=agent, waiting_seconds=61)
    judge_now(db)
    call(db, agent, "reply_to_ticket(%s, 'Dzień dobry')", ticket)
    judge_now(db)
    assert the_alert(db, rule)["state"] == "cleared"
    call(db, client, "reply_to_ticket(%s, 'I jeszcze jedno')", ticket)
    judge_now(db)
    waits = value(db, "select count(*) from private.list_waiting_vips(array[%s::uuid])", ticket)
    assert waits == 1
    assert response_timer(db, ticket) is not None


def test_while_the_house_waits_for_the_client_nobody_counts(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule, agent = vip_rule(db, desk), an_agent(db, desk_id=desk)
    client = a_client(db, "vip_gold", desk_id=desk)
    a_ticket(db, client, desk_id=desk, assignee_id=agent, status="pending", waiting_seconds=99)
    a_ticket(db, client, desk_id=desk, assignee_id=agent, status="resolved", waiting_seconds=99)
    judge_now(db)
    assert count_alerts(db, rule) == 0


def test_a_lower_threshold_moves_the_clock_of_those_who_wait(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule, manager = vip_rule(db, desk), a_manager(db, desk_id=desk)
    ticket = waiting(db, desk, 0, "vip_gold")
    judge_now(db)
    call(db, manager, "update_performance_alert(%s, %s::jsonb)", rule, '{"threshold": 30}')
    run_alerts(db)
    assert response_timer(db, ticket) == pytest.approx(30.02)


def test_a_slow_quarter_of_an_hour_is_an_alert_though_nobody_waits(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule, agent = vip_rule(db, desk), an_agent(db, desk_id=desk)
    for count in range(5):
        ticket = a_ticket(
            db,
            a_client(db, "vip_gold", desk_id=desk),
            desk_id=desk,
            assignee_id=agent,
            waiting_seconds=90,
        )
        db.execute(
            "update public.support_tickets set first_responded_at = now() where id = %s", [ticket]
        )
        judge_now(db)
        assert count_alerts(db, rule) == (1 if count == 4 else 0)


# The house ----------------------------------------------------------------------------------------


def test_the_two_alerts_of_the_first_day_are_there(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select metric, raise_threshold, direction, severity, action from public.alert_rules"
        " where is_active and desk_id is null order by id"
    ).fetchall()
    assert rows == [
        ("vip_response_time", 60, "above", "high", "escalate_to_vip_manager"),
        ("system_health", 95, "below", "critical", "immediate_notification"),
    ]


def test_a_system_with_dead_jobs_is_not_healthy_and_says_which_part(
    db: psycopg.Connection,
) -> None:
    admin, manager = an_admin(db), a_manager(db)
    rule = an_alert_rule(
        db,
        "system_health",
        direction="below",
        raise_threshold=95,
        clear_threshold=97,
        severity="critical",
        action="immediate_notification",
    )
    db.execute(
        "insert into private.dead_jobs (id, event_id, worker, kind, payload, depth, occurred_at,"
        " collapses, fence, attempts, max_attempts, reason)"
        " select -n, -n, 'orchestrator.routing', 'ticket.opened', '{}', 0, now(), false, 1, 10,"
        " 10, 'test' from generate_series(1, 20) n"
    )
    parts = dict(
        db.execute("select component, score from private.measure_system_health()").fetchall()
    )
    assert parts["dead_jobs_last_hour"] <= 50
    assert set(parts) >= {
        "worker_silence_seconds",
        "oldest_job_seconds",
        "queued_jobs",
        "dead_jobs_last_hour",
        "late_timer_seconds",
    }
    judge_now(db)
    alert = the_alert(db, rule)
    assert alert["desk_id"] is None
    assert alert["opened_value"] <= 50
    assert notices(db, admin) == notices(db, manager) == ["alert_raised"]


def test_a_worker_that_no_process_runs_any_more_is_missed(db: psycopg.Connection) -> None:
    db.execute("delete from private.worker_heartbeats")
    assert value(db, "select private.measure_worker_silence()") == 0
    db.execute(
        "insert into private.worker_heartbeats (replica, started_at, beat_at, report) values"
        " ('old', now() - interval '1 h', now() - interval '10 min',"
        """ '{"workers": ["orchestrator.routing", "orchestrator.backlog"]}'),"""
        """ ('new', now(), now(), '{"workers": ["orchestrator.routing"]}')"""
    )
    assert 599 < value(db, "select private.measure_worker_silence()") < 700
    db.execute(
        "update private.worker_heartbeats set report ="
        """ '{"workers": ["orchestrator.routing", "orchestrator.backlog"]}'"""
        " where replica = 'new'"
    )
    assert value(db, "select private.measure_worker_silence()") < 60


def test_broken_promises_are_a_share_of_those_that_were_settled(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule = an_alert_rule(
        db, "promises_broken", desk, raise_threshold=20, clear_threshold=10, min_samples=4
    )
    ticket = waiting(db, desk, 1)
    settled = "insert into public.events (kind, subject_id) values (%s, %s)"
    for kind in ("promise.kept", "promise.kept", "promise.breached"):
        db.execute(settled, [kind, ticket])
    judge_now(db)
    assert count_alerts(db, rule) == 0
    db.execute(settled, ["promise.breached", ticket])
    judge_now(db)
    assert the_alert(db, rule)["opened_value"] == 50
