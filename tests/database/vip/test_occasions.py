"""Occasions from what happened to what the client hears, through the real workers and the gate."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.router import call, claim
from tests.database.vip.outreach_desk import Desk, a_desk_for_outreach
from tests.factories import a_client, a_staff_member
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.acting import acting_as, refused

NOW = datetime.now(UTC)
BY_CLIENT: LiteralString = (
    "select to_jsonb(known) from public.occasions known where known.client_id = %s"
    " order by known.due_at, known.rule"
)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_for_outreach(db)


@pytest.fixture
def plain(db: psycopg.Connection) -> Desk:
    """A client without a team of their own."""
    return a_desk_for_outreach(db, "standard")


def occasions(desk: Desk, rule: str | None = None) -> list[Any]:
    rows = [row for (row,) in desk.db.execute(BY_CLIENT, [desk.client]).fetchall()]
    return [row for row in rows if rule in (None, row["rule"])]


def comes(desk: Desk, rule: str) -> Any:
    """The planned moment is now; what became of it."""
    desk.db.execute(
        "update private.timers set due_at = now() where subject_id in"
        " (select id from public.occasions where client_id = %s and rule = %s)",
        [desk.client, rule],
    )
    desk.run()
    return occasions(desk, rule)[0]


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def a_birthday(desk: Desk) -> None:
    """A lady's birthday was yesterday at ten, which is not too late yet."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    desk.db.execute(
        "update public.profiles set birth_on = %s, gender = 'female' where id = %s",
        [date(1984, yesterday.month, yesterday.day), desk.client],
    )


def test_after_a_treatment_the_clients_own_people_are_to_ask(desk: Desk) -> None:
    a_visit(desk.db, desk.client, "massage_deep", starts_at=hours_ago(25.2))
    desk.run()
    occasion = comes(desk, "post_treatment_check")
    assert occasion["state"] == "fired"
    task = desk.task(occasion["task_id"])
    assert (task["owner_id"], task["purpose"]) == (str(desk.agent), "service_reminder")
    assert "Masaż głęboki" in task["details"]["body"]


def test_after_a_treatment_others_get_a_message_without_any_consent_to_marketing(
    plain: Desk,
) -> None:
    a_visit(plain.db, plain.client, "massage_deep", starts_at=hours_ago(25.2))
    plain.run()
    occasion = occasions(plain, "post_treatment_check")[0]
    assert plain.state(occasion["outreach_id"]) == ("delivered", None)


def test_what_is_to_come_is_planned_for_its_moment_and_waits(plain: Desk) -> None:
    a_visit(plain.db, plain.client, "chemical_peel", starts_at=hours_ago(2))
    plain.run()
    due = {one["rule"]: one for one in occasions(plain)}
    assert set(due) == {"post_treatment_check", "course_step", "first_visit_anniversary"}
    assert all(one["state"] == "planned" for one in due.values())
    timers = plain.one("select count(*) from private.timers where kind = 'occasion.moment_reached'")
    assert timers == 3


def test_planning_again_changes_nothing(plain: Desk) -> None:
    a_visit(plain.db, plain.client, "chemical_peel", starts_at=hours_ago(2))
    a_purchase(plain.db, plain.client)
    a_membership(plain.db, plain.client)
    plain.run()
    before = occasions(plain)
    assert len(before) == 7
    for _ in range(2):
        plain.db.execute("select private.request_occasion_plans(%s)", [[plain.client]])
        plain.run()
    assert occasions(plain) == before


@pytest.mark.parametrize("status", ["cancelled", "booked"])
def test_a_visit_that_was_not_takes_its_occasions_with_it(plain: Desk, status: str) -> None:
    visit = a_visit(plain.db, plain.client, "chemical_peel", starts_at=hours_ago(2))
    plain.run()
    plain.db.execute(
        "update public.visits set status = %s, ended_at = null where id = %s", [status, visit]
    )
    plain.run()
    assert {(one["state"], one["reason"]) for one in occasions(plain)} == {
        ("cancelled", "occasion_gone")
    }


def test_a_visit_that_moved_moves_its_occasion(plain: Desk) -> None:
    visit = a_visit(plain.db, plain.client, "massage_deep", starts_at=hours_ago(5))
    plain.run()
    before = occasions(plain, "post_treatment_check")[0]
    plain.db.execute(
        "update public.visits set starts_at = starts_at + interval '2 hours',"
        " ended_at = ended_at + interval '2 hours' where id = %s",
        [visit],
    )
    plain.run()
    (after,) = occasions(plain, "post_treatment_check")
    assert after["id"] == before["id"]
    moved = datetime.fromisoformat(after["due_at"]) - datetime.fromisoformat(before["due_at"])
    assert moved == timedelta(hours=2)


def test_a_task_whose_reason_is_gone_is_closed(desk: Desk) -> None:
    missed = a_visit(desk.db, desk.client, starts_at=hours_ago(30), status="missed")
    desk.run()
    occasion = occasions(desk, "missed_visit")[0]
    assert (occasion["state"], occasion["subject_id"]) == ("fired", str(missed))
    a_visit(desk.db, desk.client, status="booked")
    desk.run()
    task = desk.task(occasion["task_id"])
    assert (task["state"], task["outcome"]) == ("cancelled", "occasion_gone")


def test_a_membership_that_was_renewed_is_not_talked_of(plain: Desk) -> None:
    held = a_membership(plain.db, plain.client, ends_on=NOW.date() + timedelta(days=40))
    plain.run()
    assert [one["rule"] for one in occasions(plain)] == ["renewal_30", "renewal_14", "renewal_3"]
    plain.db.execute("update public.memberships set status = 'renewed' where id = %s", [held])
    plain.run()
    assert {one["state"] for one in occasions(plain)} == {"cancelled"}


def test_a_refunded_product_is_not_offered_again(plain: Desk) -> None:
    bought = a_purchase(plain.db, plain.client)
    plain.run()
    plain.db.execute(
        "update public.purchases set refunded_minor = amount_minor where id = %s", [bought]
    )
    plain.run()
    assert [one["state"] for one in occasions(plain, "refill")] == ["cancelled"]


@pytest.mark.parametrize(
    ("agreed", "state"),
    [(None, ("suppressed", "no_consent")), ("marketing", ("delivered", None))],
)
def test_birthday_wishes_need_consent(
    plain: Desk, agreed: str | None, state: tuple[str, str | None]
) -> None:
    if agreed:
        plain.agree(agreed)
    a_birthday(plain)
    plain.run()
    outreach = occasions(plain, "birthday")[0]["outreach_id"]
    assert plain.state(outreach) == state
    assert plain.read(outreach)["details"]["body"].startswith("Szanowna Pani, z okazji urodzin")


def test_a_vip_client_without_consent_gets_no_birthday_call_either(desk: Desk) -> None:
    a_birthday(desk)
    desk.run()
    occasion = occasions(desk, "birthday")[0]
    assert (occasion["state"], occasion["reason"]) == ("skipped", "no_consent")
    assert desk.told(desk.agent, "outreach_task_opened") == 0


def test_the_name_day_follows_the_birthday_and_the_clients_own_choice(plain: Desk) -> None:
    plain.db.execute(
        "update public.profiles set given_name = 'Barbara', birth_on = '1984-11-01' where id = %s",
        [plain.client],
    )
    plain.run()
    assert {one["due_at"][5:10] for one in occasions(plain, "name_day")} == {"12-04"}
    plain.as_(plain.client, """set_outreach_preferences('{"name_day": "09-20"}')""")
    plain.run()
    alive = [one for one in occasions(plain, "name_day") if one["state"] == "planned"]
    assert {one["due_at"][5:10] for one in alive} == {"09-20"}


def test_a_name_written_without_polish_letters_has_its_day(plain: Desk) -> None:
    plain.db.execute(
        "update public.profiles set given_name = 'Elzbieta', birth_on = '1984-11-18' where id = %s",
        [plain.client],
    )
    plain.run()
    assert {one["due_at"][5:10] for one in occasions(plain, "name_day")} == {"11-19"}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Zofia", (5, 15)),
        ("Łukasz", (10, 18)),
        ("Katarzyna", (11, 25)),
        ("Jan", (6, 24)),
        ("Ewa", (12, 24)),
        ("Sylwester", (12, 31)),
        ("Kinga", (7, 24)),
        ("Krzysztof", (7, 25)),
        ("Roman", (2, 29)),
        ("Walenty", (2, 14)),
        ("Barbara", (12, 4)),
        ("Wojciech", (4, 23)),
    ],
)
def test_the_calendar_knows_the_days_that_everybody_knows(
    db: psycopg.Connection, name: str, day: tuple[int, int]
) -> None:
    found = db.execute(
        "select 1 from public.name_days where folded_name = private.fold_text(%s)"
        " and (month, day) = (%s, %s)",
        [name, *day],
    ).fetchall()
    assert found == [(1,)]


def test_every_day_of_a_leap_year_has_a_name(db: psycopg.Connection) -> None:
    row = db.execute("select count(distinct (month, day)) from public.name_days").fetchone()
    assert row == (366,)


def test_the_sweep_finds_whom_no_event_told_of_and_nobody_twice(plain: Desk) -> None:
    a_visit(plain.db, plain.client, starts_at=hours_ago(2))
    plain.db.execute("delete from private.jobs")
    sweep: LiteralString = "select private.sweep_occasions(10000)"
    assert plain.one(sweep) >= 1
    plain.run()
    assert occasions(plain)
    assert plain.one(sweep) == 0
    plain.db.execute(
        "update private.occasion_plans set planned_at = now() - interval '21 hours',"
        " requested_at = now() - interval '21 hours'"
    )
    assert plain.one(sweep) >= 1


def test_the_clock_makes_the_sweep(plain: Desk) -> None:
    a_visit(plain.db, plain.client, starts_at=hours_ago(2))
    plain.db.execute("delete from private.jobs")
    with acting_as(plain.db, "service_role"):
        call(plain.db, "emit_tick", {"p_kind": "clock.hourly", "p_due_at": "2026-01-01T00:00:00Z"})
    plain.run()
    assert occasions(plain)


def test_facts_that_changed_meanwhile_are_read_afresh(plain: Desk) -> None:
    visit = a_visit(plain.db, plain.client, starts_at=hours_ago(2))
    (job,) = claim(plain.db, "vip.occasions")
    with acting_as(plain.db, "service_role"):
        contexts = call(plain.db, "occasion_contexts", {"p_subject_ids": [visit]})
    plain.db.execute("update public.visits set treatment_id = 'hair_cut' where id = %s", [visit])
    case = contexts["cases"][0]
    plan = {"client_id": case["client_id"], "fingerprint": case["fingerprint"], "operations": []}
    item = {**job.lease(), "subject_id": str(visit), "plans": [plan]}
    with acting_as(plain.db, "service_role"):
        answer = call(plain.db, "record_occasions", {"p_items": [item]})
    assert answer == [{"job_id": job.id, "status": "stale"}]


def test_what_was_done_for_one_account_is_not_done_again_for_the_kept_one(plain: Desk) -> None:
    kept = a_client(plain.db)
    a_visit(plain.db, plain.client, "massage_deep", starts_at=hours_ago(25.2))
    plain.run()
    plain.as_(plain.manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, plain.client)
    plain.run()
    assert plain.told(kept, "outreach") == 0
    assert plain.told(plain.client, "outreach") == 1


# Rules --------------------------------------------------------------------------------------


def save(desk: Desk, person: UUID, rule: str, changes: dict[str, Any]) -> Any:
    return desk.as_(person, "save_occasion_rule(%s, %s)", rule, Jsonb(changes))


def test_admins_change_rules_and_make_new_ones(plain: Desk) -> None:
    admin = a_staff_member(plain.db, "admin")
    changed = save(plain, admin, "birthday", {"window_hours": 24, "channel": "email"})
    assert (changed["window_hours"], changed["channel"], changed["version"]) == (24, "email", 2)
    fields = {name: changed[name] for name in changed if name.endswith(("_pl", "_en"))}
    made = save(
        plain,
        admin,
        "renewal_60",
        {
            **fields,
            "occasion": "membership_renewal",
            "offset_hours": -1440,
            "window_hours": 240,
            "purpose": "service_reminder",
            "action": "message",
        },
    )
    assert (made["vip_action"], made["minimum_tier"], made["is_active"]) == (
        "message",
        "standard",
        True,
    )
    assert plain.as_(admin, "get_configuration_history('occasion_rules', 'birthday')")


@pytest.mark.parametrize(
    ("rule", "changes", "message"),
    [
        ("Birthday", {"window_hours": 1}, "rule_malformed"),
        ("birthday", {"window": 1}, "field_malformed"),
        ("birthday", {"window_hours": "1"}, "field_malformed"),
        ("birthday", {"window_hours": 0}, "rule_invalid"),
        ("birthday", {"offset_hours": 5}, "rule_invalid"),
        ("birthday", {"body_pl": "{password}"}, "rule_invalid"),
        ("birthday", {"purpose": "spam"}, "rule_invalid"),
        ("birthday", {"action": "fax"}, "rule_invalid"),
        ("birthday", {"minimum_tier": "gold"}, "rule_invalid"),
        ("another", {"window_hours": 1}, "rule_invalid"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    plain: Desk, rule: str, changes: dict[str, Any], message: str
) -> None:
    admin = a_staff_member(plain.db, "admin")
    with refused(plain.db, "PT422", message):
        save(plain, admin, rule, changes)
    with refused(plain.db, "PT403", "admin_required"):
        save(plain, plain.manager, rule, changes)


def test_staff_who_look_after_a_client_see_their_occasions_the_client_is_surprised(
    desk: Desk,
) -> None:
    a_visit(desk.db, desk.client, "massage_deep", starts_at=hours_ago(2))
    desk.run()
    read = "get_client_occasions(%s)"
    assert len(desk.as_(desk.agent, read, desk.client)) == 1
    assert len(desk.as_(desk.manager, read, desk.client)) == 1
    assert desk.as_(desk.client, read, desk.client) == []
    assert desk.as_(a_staff_member(desk.db), read, desk.client) == []
