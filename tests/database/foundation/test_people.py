"""People: made at sign-up, staff by appointment, and rights that end with the row."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import (
    DEFAULT_DESK,
    a_client,
    a_desk,
    a_person,
    a_staff_member,
    a_ticket,
    an_admin,
    an_agent,
)
from tests.support.acting import acting_as, refused
from tests.support.parallel import all_at_once, lasting_desk


def profile(db: psycopg.Connection, person_id: UUID) -> Any:
    """Name, locale and time zone of a profile."""
    return db.execute(
        "select display_name, locale, time_zone from public.profiles where id = %s", [person_id]
    ).fetchone()


def events_of(db: psycopg.Connection, subject_id: UUID) -> list[tuple[str, Any]]:
    """Kind and payload of the events about somebody, in order."""
    return db.execute(
        "select kind, payload from public.events where subject_id = %s order by id", [subject_id]
    ).fetchall()


# -- Sign-up ---------------------------------------------------------------------------------------


def test_signing_up_makes_a_profile_and_tells_of_it(db: psycopg.Connection) -> None:
    person = a_person(db, "Maria Skłodowska")
    assert profile(db, person) == ("Maria Skłodowska", "pl", "Europe/Warsaw")
    assert events_of(db, person) == [("client.registered", {})]


def test_a_new_person_is_a_standard_client_without_any_right(db: psycopg.Connection) -> None:
    person = a_person(db, metadata={"role": "admin", "tier": "vip_platinum", "staff_roles": ["x"]})
    row = db.execute("select tier, desk_id from public.profiles where id = %s", [person]).fetchone()
    assert row == ("standard", DEFAULT_DESK)
    with acting_as(db, "authenticated", person), refused(db, "PT403", "admin_required"):
        db.execute("select public.set_feature_flag('vip_services', false)")


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"full_name": "  Anna \n Nowak "}, ("Anna Nowak", "pl", "Europe/Warsaw")),
        ({"name": "Li", "locale": "en-GB"}, ("Li", "en-GB", "Europe/Warsaw")),
        ('{"display_name": "Ola", "locale": "uk"}', ("Ola", "uk", "Europe/Warsaw")),
        ({"display_name": "x" * 300}, ("x" * 80, "pl", "Europe/Warsaw")),
        ({"display_name": "\x07"}, ("someone", "pl", "Europe/Warsaw")),
        ({"display_name": None, "locale": 7}, ("someone", "pl", "Europe/Warsaw")),
        ({"time_zone": "Asia/Tokyo"}, ("someone", "pl", "Asia/Tokyo")),
        ({"time_zone": "Mars/Olympus", "locale": "klingon"}, ("someone", "pl", "Europe/Warsaw")),
        ([1, 2], ("someone", "pl", "Europe/Warsaw")),
        ("not json", ("someone", "pl", "Europe/Warsaw")),
        (17, ("someone", "pl", "Europe/Warsaw")),
    ],
)
def test_odd_metadata_stops_no_sign_up(
    db: psycopg.Connection, metadata: object, found: tuple[str, str, str]
) -> None:
    person = a_person(db, metadata=metadata, email="someone@example.test")
    assert profile(db, person) == found


def test_somebody_without_name_or_mail_is_a_guest(db: psycopg.Connection) -> None:
    person = uuid4()
    db.execute("insert into auth.users (id) values (%s)", [person])
    assert profile(db, person) == ("Guest", "pl", "Europe/Warsaw")


# -- One's own profile -----------------------------------------------------------------------------


def test_people_change_their_own_name_locale_zone_and_languages(db: psycopg.Connection) -> None:
    person, other = a_person(db), a_person(db, "Inna Osoba")
    change: LiteralString = (
        "update public.profiles set display_name = 'Z. W.', locale = 'en',"
        " time_zone = 'Europe/London', preferred_languages = '{en,pl}' where id = %s"
    )
    with acting_as(db, "authenticated", person):
        assert db.execute(change, [person]).rowcount == 1
        assert db.execute(change, [other]).rowcount == 0
    assert profile(db, person) == ("Z. W.", "en", "Europe/London")
    assert profile(db, other)[0] == "Inna Osoba"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("display_name = ''", "23514"),
        ("display_name = repeat('a', 81)", "23514"),
        ("locale = 'Polish'", "23514"),
        ("preferred_languages = '{pl,EN}'", "23514"),
        ("preferred_languages = array[null]", "23514"),
        ("preferred_languages = array_fill('pl'::text, array[9])", "23514"),
        ("time_zone = 'Warsaw'", "PT422"),
        ("time_zone = '+02:00'", "PT422"),
        ("time_zone = repeat('a', 65)", "PT422"),
        ("tier = 'vip_platinum'", "42501"),
        ("desk_id = gen_random_uuid()", "42501"),
        ("id = gen_random_uuid()", "42501"),
        ("created_at = now()", "42501"),
    ],
)
def test_what_a_profile_does_not_take(
    db: psycopg.Connection, change: LiteralString, code: str
) -> None:
    person = a_person(db)
    with acting_as(db, "authenticated", person), refused(db, code):
        db.execute("update public.profiles set " + change + " where id = %s", [person])


# -- Presence --------------------------------------------------------------------------------------


def test_presence_is_told_once_per_change(db: psycopg.Connection) -> None:
    agent = an_agent(db, state="offline")
    with acting_as(db, "authenticated", agent):
        for state in ("online", "online", "away"):
            answer = db.execute("select public.set_presence(%s)", [state]).fetchone()
            assert answer is not None
            assert answer[0]["state"] == state
    told = [payload for kind, payload in events_of(db, agent) if kind == "agent.presence_changed"]
    assert told == [
        {"state": "online", "previous": "offline"},
        {"state": "away", "previous": "online"},
    ]


def test_an_assignment_is_no_change_of_presence(db: psycopg.Connection) -> None:
    agent = an_agent(db, state="offline")
    db.execute("update public.staff_members set last_assigned_at = now() where id = %s", [agent])
    assert [kind for kind, _ in events_of(db, agent)] == ["client.registered"]


@pytest.mark.parametrize("state", ["asleep", "", None])
def test_an_unknown_presence_is_refused(db: psycopg.Connection, state: str | None) -> None:
    agent = an_agent(db)
    with acting_as(db, "authenticated", agent), refused(db, "PT422", "unknown_state"):
        db.execute("select public.set_presence(%s)", [state])


# -- Roles -----------------------------------------------------------------------------------------


def test_the_server_appoints_the_first_admin_who_appoints_the_others(
    db: psycopg.Connection,
) -> None:
    first, second = a_person(db), a_person(db)
    desk = a_desk(db)
    with acting_as(db, "service_role"):
        db.execute("select public.set_staff_role(%s, 'admin')", [first])
    with acting_as(db, "authenticated", first):
        row = db.execute(
            "select public.set_staff_role(%s, 'agent', %s, 12, 'Nowa w zespole')", [second, desk]
        ).fetchone()
    assert row is not None
    staff = row[0]
    assert (staff["role"], staff["desk_id"], staff["capacity_units"]) == ("agent", str(desk), 12)
    assert staff["state"] == "offline"


def test_changing_a_role_keeps_what_is_not_named(db: psycopg.Connection) -> None:
    agent = an_agent(db, desk_id=a_desk(db), capacity_units=7)
    with acting_as(db, "service_role"):
        row = db.execute("select public.set_staff_role(%s, 'concierge')", [agent]).fetchone()
    assert row is not None
    assert (row[0]["role"], row[0]["capacity_units"], row[0]["state"]) == ("concierge", 7, "online")
    assert row[0]["desk_id"] != str(DEFAULT_DESK)


@pytest.mark.parametrize(
    ("code", "message", "arguments"),
    [
        ("PT404", "person_not_found", "gen_random_uuid(), 'agent'"),
        ("PT404", "person_not_found", "null, 'agent'"),
        ("PT422", "unknown_role", "%(person)s, 'wizard'"),
        ("PT422", "unknown_role", "%(person)s, null"),
        ("PT404", "desk_not_found", "%(person)s, 'agent', gen_random_uuid()"),
        ("PT422", "capacity_out_of_range", "%(person)s, 'agent', null, 101"),
        ("PT422", "capacity_out_of_range", "%(person)s, 'agent', null, -1"),
        ("PT413", "reason_too_long", "%(person)s, 'agent', null, 5, repeat('a', 501)"),
    ],
)
def test_a_bad_appointment_is_refused(
    db: psycopg.Connection, code: str, message: str, arguments: LiteralString
) -> None:
    admin, person = an_admin(db), a_person(db)
    with acting_as(db, "authenticated", admin), refused(db, code, message):
        db.execute("select public.set_staff_role(" + arguments + ")", {"person": person})
    assert not db.execute("select 1 from public.staff_members where id = %s", [person]).fetchall()


def test_skills_are_replaced_as_a_whole(db: psycopg.Connection) -> None:
    agent = an_agent(db, languages=("pl", "de"))
    with acting_as(db, "service_role"):
        db.execute(
            """select public.set_staff_skills(%s, '{"language.pl": 5, "category.billing": 2}')""",
            [agent],
        )
    rows = db.execute(
        "select skill, level from public.staff_skills where staff_id = %s order by 1", [agent]
    ).fetchall()
    assert rows == [("category.billing", 2), ("language.pl", 5)]


@pytest.mark.parametrize(
    "skills",
    ['{"language.xx": 3}', '{"language.pl": 6}', '{"language.pl": "5"}', '["language.pl"]', "null"],
)
def test_unknown_skills_are_refused_and_none_is_lost(db: psycopg.Connection, skills: str) -> None:
    agent = an_agent(db)
    with acting_as(db, "service_role"), refused(db, "PT422", "unknown_skills"):
        db.execute("select public.set_staff_skills(%s, %s::jsonb)", [agent, skills])
    rows = db.execute("select skill from public.staff_skills where staff_id = %s", [agent])
    assert rows.fetchall() == [("language.pl",)]


def test_skills_are_for_staff(db: psycopg.Connection) -> None:
    client = a_person(db)
    with acting_as(db, "service_role"), refused(db, "PT404", "staff_not_found"):
        db.execute("select public.set_staff_skills(%s, '{}')", [client])


def test_a_role_stops_working_with_the_next_statement(db: psycopg.Connection) -> None:
    manager = a_staff_member(db, "manager")
    a_ticket(db, a_client(db))
    mine = "select count(*) > 0 from public.support_tickets"
    with acting_as(db, "authenticated", manager):
        assert db.execute(mine).fetchone() == (True,)
    db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [manager],
    )
    with acting_as(db, "authenticated", manager):
        assert db.execute(mine).fetchone() == (False,)
        with refused(db, "PT403", "staff_required"):
            db.execute("select public.get_desk_queue()")


def test_the_last_admin_stays(db: psycopg.Connection) -> None:
    db.execute(
        "update public.staff_members set role = 'manager' where role = 'admin' and id not in"
        " (select id from public.staff_members where role = 'admin' and is_active limit 1)"
    )
    only = db.execute(
        "select id from public.staff_members where role = 'admin' and is_active"
    ).fetchone()
    admin = only[0] if only else an_admin(db)
    for change in (
        "update public.staff_members set role = 'agent' where id = %s",
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        "delete from public.staff_members where id = %s",
    ):
        with refused(db, "PT409", "last_admin"):
            db.execute(change, [admin])
    an_admin(db)
    db.execute("update public.staff_members set role = 'agent' where id = %s", [admin])


ACTIVE_ADMINS: LiteralString = (
    "select id from public.staff_members where role = 'admin' and is_active"
)


def test_admins_who_remove_each_other_at_once_leave_one(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        others = [admin for (admin,) in db.execute(ACTIVE_ADMINS)]
        admins = [a_staff_member(db, "admin", desk_id=desk_id) for _ in range(2)]
        db.execute("update public.staff_members set role = 'manager' where id = any(%s)", [others])
        try:
            all_at_once(
                database_url,
                admins,
                "select public.revoke_staff_role(colleague) from unnest(%(admins)s) colleague"
                " where colleague <> (select auth.uid())",
                {"admins": admins},
            )
            assert len(db.execute(ACTIVE_ADMINS).fetchall()) == 1
        finally:
            db.execute(
                "update public.staff_members set role = 'admin' where id = any(%s)", [others]
            )
