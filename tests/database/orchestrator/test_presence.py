"""Presence on real Postgres: who has left, is back, flaps, is silent, is on leave, has moved."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.orchestrator.rescuer import (
    call_as,
    fire,
    pending_timers,
    presence,
    run_rescue,
    time_passes,
    work_alone,
)
from tests.database.orchestrator.router import BACKLOG, claim
from tests.factories import a_desk, a_manager, a_staff_member, an_admin, an_agent
from tests.support.acting import acting_as, refused

NOW = datetime.now(UTC)


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    work_alone(db)
    return a_desk(db)


@pytest.fixture
def agent(db: psycopg.Connection, desk: UUID) -> UUID:
    return an_agent(db, desk_id=desk)


def known(db: psycopg.Connection, agent: UUID) -> dict[str, Any]:
    """What is known about somebody's presence: seconds before this moment."""
    row = db.execute(
        "select to_jsonb(seconds) from public.staff_members staff cross join lateral ("
        " select extract(epoch from now() - staff.left_at) as left_at,"
        "  extract(epoch from now() - staff.returned_at) as returned_at,"
        "  extract(epoch from now() - staff.steady_at) as steady_at,"
        "  extract(epoch from now() - staff.seen_at) as seen_at) seconds where staff.id = %s",
        [agent],
    ).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def events(db: psycopg.Connection, subject: UUID) -> list[str]:
    rows = db.execute("select kind from public.events where subject_id = %s order by id", [subject])
    return [kind for (kind,) in rows]


# Coming and going ---------------------------------------------------------------------------


def test_whoever_is_there_has_not_left(db: psycopg.Connection, agent: UUID) -> None:
    assert known(db, agent) == {
        "left_at": None,
        "returned_at": None,
        "steady_at": 0,
        "seen_at": None,
    }
    assert pending_timers(db, agent) == set()


def test_away_and_offline_are_one_absence(db: psycopg.Connection, agent: UUID) -> None:
    presence(db, agent, "away")
    time_passes(db, 1000)
    presence(db, agent, "offline")
    time_passes(db, 1000)
    assert known(db, agent)["left_at"] == 2000
    presence(db, agent, "online")
    assert known(db, agent)["left_at"] is None
    assert known(db, agent)["returned_at"] == 0
    assert pending_timers(db, agent) == {"agent.ramp_ended"}


def test_a_break_is_no_return(db: psycopg.Connection, agent: UUID) -> None:
    presence(db, agent, "away")
    time_passes(db, 1799)
    presence(db, agent, "online")
    assert known(db, agent)["returned_at"] is None
    assert pending_timers(db, agent) == set()


def test_the_first_day_begins_like_a_return(db: psycopg.Connection, desk: UUID) -> None:
    new = an_agent(db, desk_id=desk, state="offline")
    time_passes(db, 86_400)
    presence(db, new, "online")
    assert known(db, new)["returned_at"] == 0


def test_absence_is_certain_after_the_grace_and_void_before(
    db: psycopg.Connection, agent: UUID
) -> None:
    presence(db, agent, "offline")
    assert pending_timers(db, agent) == {"agent.absence_confirmed"}
    time_passes(db, 9)
    assert fire(db) == 0
    presence(db, agent, "online")
    assert pending_timers(db, agent) == set()
    time_passes(db, 60)
    presence(db, agent, "offline")
    time_passes(db, 10)
    assert fire(db) == 1
    assert events(db, agent)[-1] == "agent.absence_confirmed"


def test_away_is_no_absence(db: psycopg.Connection, agent: UUID) -> None:
    presence(db, agent, "away")
    assert pending_timers(db, agent) == set()


def test_the_grace_is_a_setting(db: psycopg.Connection, agent: UUID) -> None:
    db.execute(
        "update public.presence_settings set value = 0 where setting = 'absence_grace_seconds'"
    )
    presence(db, agent, "offline")
    assert fire(db) == 1


# Flapping -----------------------------------------------------------------------------------


def test_three_changes_in_a_minute_are_unsteady_for_a_while(
    db: psycopg.Connection, agent: UUID
) -> None:
    for state in ("offline", "online"):
        presence(db, agent, state)
        time_passes(db, 5)
    assert known(db, agent)["steady_at"] > 0
    presence(db, agent, "offline")
    assert known(db, agent)["steady_at"] == -15
    presence(db, agent, "online")
    assert pending_timers(db, agent) == {"agent.steadied"}
    time_passes(db, 15)
    assert fire(db) == 1
    assert events(db, agent)[-1] == "agent.steadied"


def test_the_same_changes_over_an_hour_are_a_day_at_work(
    db: psycopg.Connection, agent: UUID
) -> None:
    for state in ("away", "online", "away", "online", "offline", "online"):
        presence(db, agent, state)
        time_passes(db, 31)
    assert known(db, agent)["steady_at"] > 0
    assert pending_timers(db, agent) == set()


def test_saying_the_same_again_is_no_change(db: psycopg.Connection, agent: UUID) -> None:
    for _ in range(5):
        presence(db, agent, "online")
    assert known(db, agent)["steady_at"] == 0


def test_set_presence_tells_what_follows(db: psycopg.Connection, agent: UUID) -> None:
    answer = presence(db, agent, "away")
    assert answer["state"] == "away"
    assert answer["is_on_leave"] is False
    assert datetime.fromisoformat(answer["steady_at"])


# Heartbeats ---------------------------------------------------------------------------------


def test_a_heartbeat_moves_a_timer_and_announces_nothing(
    db: psycopg.Connection, agent: UUID
) -> None:
    before = events(db, agent)
    answer = call_as(db, agent, "select public.keep_presence()")
    assert answer == {"state": "online", "silence_seconds": 90}
    for _ in range(3):
        time_passes(db, 80)
        call_as(db, agent, "select public.keep_presence()")
    assert fire(db) == 0
    assert pending_timers(db, agent) == {"agent.presence_lapsed"}
    assert events(db, agent) == before


def test_colleagues_see_the_row_move_once_a_minute(db: psycopg.Connection, agent: UUID) -> None:
    call_as(db, agent, "select public.keep_presence()")
    db.execute(
        "update public.staff_members set seen_at = now() - interval '59 seconds' where id = %s",
        [agent],
    )
    call_as(db, agent, "select public.keep_presence()")
    assert known(db, agent)["seen_at"] == 59
    db.execute(
        "update public.staff_members set seen_at = now() - interval '60 seconds' where id = %s",
        [agent],
    )
    call_as(db, agent, "select public.keep_presence()")
    assert known(db, agent)["seen_at"] == 0


def test_silence_makes_offline_whoever_has_sent_heartbeats(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    quiet = an_agent(db, desk_id=desk)
    call_as(db, agent, "select public.keep_presence()")
    time_passes(db, 91)
    assert run_rescue(db) == {agent: "recorded"}
    states = dict(
        db.execute(
            "select id, state from public.staff_members where id = any(%s)", [[agent, quiet]]
        ).fetchall()
    )
    assert states == {agent: "offline", quiet: "online"}
    assert known(db, agent)["seen_at"] is None
    assert pending_timers(db, agent) == {"agent.absence_confirmed"}


def test_heartbeats_of_an_open_tab_bring_nobody_back(db: psycopg.Connection, agent: UUID) -> None:
    call_as(db, agent, "select public.keep_presence()")
    presence(db, agent, "offline")
    answer = call_as(db, agent, "select public.keep_presence()")
    assert answer["state"] == "offline"
    assert "agent.presence_lapsed" not in pending_timers(db, agent)
    presence(db, agent, "online")
    assert known(db, agent)["seen_at"] is None


def test_a_stray_timer_silences_nobody_who_sends_no_heartbeats(
    db: psycopg.Connection, agent: UUID
) -> None:
    db.execute(
        "select private.set_timers('agent.presence_lapsed', array[%s]::uuid[], array[now()])",
        [agent],
    )
    assert run_rescue(db) == {agent: "gone"}


# Leave --------------------------------------------------------------------------------------

SET = "select public.set_absence(%s, %s, 'leave', null, %s)"


def plan_leave(
    db: psycopg.Connection, planner: UUID, agent: UUID | None, begins: float, ends: float
) -> Any:
    """Leave between two moments, in hours from now."""
    moments = [NOW + timedelta(hours=hours) for hours in (begins, ends)]
    return call_as(db, planner, SET, *moments, agent)


def is_on_leave(db: psycopg.Connection, agent: UUID, hours: float) -> bool:
    row = db.execute(
        "select private.is_on_leave(%s, %s)", [agent, NOW + timedelta(hours=hours)]
    ).fetchone()
    assert row is not None
    return bool(row[0])


def test_leave_is_known_in_advance(db: psycopg.Connection, agent: UUID) -> None:
    absence = plan_leave(db, agent, None, 24, 48)
    assert absence["staff_id"] == str(agent)
    found = [is_on_leave(db, agent, hours) for hours in (0, 23.9, 24, 47.9, 48)]
    assert found == [False, False, True, True, False]
    assert pending_timers(db, UUID(absence["id"])) == {"absence.started", "absence.ended"}


def test_leave_cancelled_before_is_forgotten_and_after_ends_now(
    db: psycopg.Connection, agent: UUID
) -> None:
    later = plan_leave(db, agent, None, 24, 48)
    call_as(db, agent, "select public.cancel_absence(%s)", later["id"])
    assert not is_on_leave(db, agent, 30)
    assert pending_timers(db, UUID(later["id"])) == set()
    running = plan_leave(db, agent, None, -1, 48)
    fire(db)
    call_as(db, agent, "select public.cancel_absence(%s)", running["id"])
    assert not is_on_leave(db, agent, 1)
    assert pending_timers(db, UUID(running["id"])) == {"absence.ended"}
    with acting_as(db, "authenticated", agent), refused(db, "PT409", "absence_is_over"):
        db.execute("select public.cancel_absence(%s)", [running["id"]])


def test_nobody_is_away_twice(db: psycopg.Connection, agent: UUID) -> None:
    plan_leave(db, agent, None, 24, 48)
    with acting_as(db, "authenticated", agent), refused(db, "PT409", "absence_overlaps"):
        db.execute(SET, [NOW + timedelta(hours=47), NOW + timedelta(hours=50), None])
    plan_leave(db, agent, None, 48, 50)
    with refused(db, "23P01"):
        db.execute(
            "insert into public.staff_absences (staff_id, starts_at, ends_at) values (%s, %s, %s)",
            [agent, NOW + timedelta(hours=1), NOW + timedelta(hours=30)],
        )


@pytest.mark.parametrize(
    ("begins", "ends", "kind", "refusal"),
    [
        (2, 1, "leave", ("PT422", "times_out_of_order")),
        (1, 1, "leave", ("PT422", "times_out_of_order")),
        (1, 24 * 800, "leave", ("PT422", "times_out_of_order")),
        (-2, -1, "leave", ("PT422", "absence_is_over")),
        (1, 2, "party", ("PT422", "unknown_kind")),
        (None, 2, "leave", ("PT400", "times_required")),
    ],
)
def test_absences_that_make_no_sense_are_refused(
    db: psycopg.Connection, agent: UUID, begins: float | None, ends: float, kind: str, refusal: Any
) -> None:
    moments = [None if h is None else NOW + timedelta(hours=h) for h in (begins, ends)]
    with acting_as(db, "authenticated", agent), refused(db, *refusal):
        db.execute("select public.set_absence(%s, %s, %s)", [*moments, kind])


def test_infinite_leave_is_refused(db: psycopg.Connection, agent: UUID) -> None:
    with acting_as(db, "authenticated", agent), refused(db, "PT422", "times_out_of_order"):
        db.execute("select public.set_absence(now(), 'infinity')")


def test_managers_plan_for_their_desk_and_for_no_other(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    manager = a_manager(db, desk_id=desk)
    absence = plan_leave(db, manager, agent, 1, 2)
    foreign = an_agent(db, desk_id=a_desk(db))
    for person, whom in (
        (manager, foreign),
        (manager, uuid4()),
        (a_manager(db, desk_id=a_desk(db)), agent),
        (an_agent(db, desk_id=desk), agent),
        (a_staff_member(db, "quality_auditor", desk_id=desk), agent),
    ):
        with acting_as(db, "authenticated", person), refused(db, "PT404", "staff_not_found"):
            db.execute(SET, [NOW, NOW + timedelta(hours=1), whom])
        if whom == agent:
            with acting_as(db, "authenticated", person), refused(db, "PT404", "absence_not_found"):
                db.execute("select public.cancel_absence(%s)", [absence["id"]])


def test_changes_of_leave_are_history(db: psycopg.Connection, agent: UUID) -> None:
    absence = plan_leave(db, agent, None, 1, 2)
    call_as(db, agent, "select public.cancel_absence(%s)", absence["id"])
    rows = db.execute(
        "select new_row is null, changed_by from private.configuration_history"
        " where row_key = %s order by id",
        [absence["id"]],
    ).fetchall()
    assert rows == [(False, agent), (True, agent)]


# Settings -----------------------------------------------------------------------------------


def test_admins_set_the_times_within_their_range(db: psycopg.Connection) -> None:
    admin = an_admin(db)
    call_as(db, admin, "select public.set_presence_setting('ramp_seconds', 300, 'Krócej')")
    row = db.execute("select private.read_presence_setting('ramp_seconds')").fetchone()
    assert row == (300,)
    with acting_as(db, "authenticated", admin):
        for value in (-1, 86_401, None):
            with refused(db, "PT422", "setting_out_of_range"):
                db.execute("select public.set_presence_setting('ramp_seconds', %s)", [value])
        with refused(db, "PT404", "setting_not_found"):
            db.execute("select public.set_presence_setting('nothing', 1)")


# Moving and leaving -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ("desk_id = private.default_desk_id()", 1),
        ("role = 'manager'", 1),
        ("is_active = false, state = 'offline'", 1),
        ("role = 'concierge'", 0),
        ("capacity_units = 3", 0),
        ("state = 'away'", 0),
    ],
)
def test_whoever_cannot_work_on_here_has_departed(
    db: psycopg.Connection, desk: UUID, agent: UUID, change: str, times: int
) -> None:
    db.execute(f"update public.staff_members set {change} where id = %s".encode(), [agent])
    found = db.execute(
        "select payload ->> 'previous_desk_id' from public.events"
        " where kind = 'agent.departed' and subject_id = %s",
        [agent],
    ).fetchall()
    assert found == [(str(desk),)] * times


def test_a_manager_who_leaves_holds_no_tickets_to_rescue(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager = a_manager(db, desk_id=desk)
    db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [manager],
    )
    assert "agent.departed" not in events(db, manager)


@pytest.mark.parametrize(
    "kind", ["agent.steadied", "agent.ramp_ended", "agent.departed", "absence.ended"]
)
def test_whatever_may_free_hands_wakes_the_backlog(
    db: psycopg.Connection, agent: UUID, kind: str
) -> None:
    db.execute("insert into public.events (kind, subject_id) values (%s, %s)", [kind, agent])
    assert agent in {job.subject_id for job in claim(db, BACKLOG)}
