"""Calendars as admins save them and as everybody reads them."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.performance.calendars import SALON, VIP_DESK
from tests.factories import a_client, an_admin
from tests.support.acting import acting_as, refused

Fields = dict[str, Any]


@pytest.fixture
def admin(db: psycopg.Connection) -> UUID:
    return an_admin(db)


def call(db: psycopg.Connection, person: UUID, function: str, *values: object) -> Any:
    """The answer of `public.<function>` to somebody signed in."""
    places = ", ".join(["%s"] * len(values))
    with acting_as(db, "authenticated", person):
        row = db.execute(f"select public.{function}({places})".encode(), values).fetchone()
    assert row is not None
    return row[0]


def save(db: psycopg.Connection, admin: UUID, **fields: Any) -> Fields:
    found: Fields = call(db, admin, "save_calendar", Jsonb(fields))
    return found


def hours(*entries: tuple[int, str, str]) -> list[Fields]:
    return [{"weekday": day, "opens": opens, "closes": closes} for day, opens, closes in entries]


def days(db: psycopg.Connection, calendar: UUID | str, first: str, last: str) -> list[Fields]:
    """What a client is told about these days."""
    answer = call(db, a_client(db), "get_opening_hours", calendar, first, last)
    found: list[Fields] = answer["days"]
    return found


def intervals(day: Fields) -> list[tuple[str, str]]:
    return [(each["opens_at"], each["closes_at"]) for each in day["intervals"]]


def test_the_house_starts_with_a_salon_and_a_desk_that_never_closes(
    db: psycopg.Connection,
) -> None:
    rows = db.execute(
        "select id, name, time_zone, is_always_open, holiday_set from public.calendars"
    ).fetchall()
    assert set(rows) == {
        (SALON, "Salon", "Europe/Warsaw", False, "pl"),
        (VIP_DESK, "VIP desk", "Europe/Warsaw", True, None),
    }


def test_a_calendar_is_saved_with_lunch_and_a_night(db: psycopg.Connection, admin: UUID) -> None:
    saved = save(
        db,
        admin,
        name=" Recepcja ",
        time_zone="Europe/London",
        hours=hours((1, "09:00", "12:30"), (1, "13:00", "17:00"), (7, "22:00", "02:00")),
    )
    assert (saved["name"], saved["time_zone"], saved["holiday_set"]) == (
        "Recepcja",
        "Europe/London",
        None,
    )
    assert saved["hours"] == hours(
        (1, "00:00", "02:00"), (1, "09:00", "12:30"), (1, "13:00", "17:00"), (7, "22:00", "24:00")
    )


def test_a_night_until_midnight_needs_no_second_day(db: psycopg.Connection, admin: UUID) -> None:
    entries = hours((5, "20:00", "00:00"), (6, "20:00", "24:00"))
    saved = save(db, admin, name="Wieczór", hours=entries)
    assert saved["hours"] == hours((5, "20:00", "24:00"), (6, "20:00", "24:00"))


def test_a_change_names_the_version_it_saw_and_only_what_changes(
    db: psycopg.Connection, admin: UUID
) -> None:
    first = save(db, admin, name="Recepcja", holiday_set="pl", hours=hours((1, "09:00", "17:00")))
    second = save(db, admin, id=first["id"], version=first["version"], name="Recepcja II")
    assert second | {"name": first["name"], "version": 0, "updated_at": 0} == first | {
        "version": 0,
        "updated_at": 0,
    }
    with acting_as(db, "authenticated", admin):
        with refused(db, "PT409", "stale_version"):
            change(db, id=first["id"], version=first["version"], name="Recepcja III")
        with refused(db, "PT400", "version_required"):
            change(db, id=first["id"], name="Recepcja III")


def change(db: psycopg.Connection, **fields: Any) -> None:
    db.execute("select public.save_calendar(%s)", [Jsonb(fields)])


def test_hours_replace_all_hours(db: psycopg.Connection, admin: UUID) -> None:
    first = save(
        db, admin, name="Recepcja", hours=hours((1, "09:00", "17:00"), (2, "09:00", "17:00"))
    )
    entries = hours((1, "09:00", "18:00"), (1, "18:00", "19:00"))
    second = save(db, admin, id=first["id"], version=first["version"], hours=entries)
    assert second["hours"] == entries
    monday, tuesday = days(db, first["id"], "2026-11-23", "2026-11-24")
    assert intervals(monday) == [("2026-11-23T08:00:00+00:00", "2026-11-23T18:00:00+00:00")]
    assert intervals(tuesday) == []


def test_a_calendar_that_becomes_always_open_forgets_its_hours(
    db: psycopg.Connection, admin: UUID
) -> None:
    first = save(db, admin, name="Recepcja", hours=hours((1, "09:00", "17:00")))
    second = save(db, admin, id=first["id"], version=first["version"], is_always_open=True)
    assert second["hours"] == []
    [sunday] = days(db, first["id"], "2026-03-29", "2026-03-29")
    assert intervals(sunday) == [("2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00")]


def test_opening_hours_name_holidays_and_exceptions(db: psycopg.Connection, admin: UUID) -> None:
    call(
        db,
        admin,
        "set_calendar_exception",
        SALON,
        "2026-12-24",
        "Wigilia u nas",
        Jsonb([{"opens": "10:00", "closes": "14:00"}]),
    )
    before, eve, christmas = days(db, SALON, "2026-12-23", "2026-12-25")
    assert (before["holiday"], before["exception"]) == (None, None)
    assert before["weekday"] == 3
    assert eve["exception"] == "Wigilia u nas"
    assert eve["holiday"] == {"pl": "Wigilia Bożego Narodzenia", "en": "Christmas Eve"}
    assert intervals(eve) == [("2026-12-24T09:00:00+00:00", "2026-12-24T13:00:00+00:00")]
    assert (christmas["holiday"]["en"], christmas["intervals"]) == ("Christmas Day", [])


def test_an_exception_is_replaced_and_taken_back(db: psycopg.Connection, admin: UUID) -> None:
    day = [SALON, "2026-12-31", "Sylwester"]
    call(db, admin, "set_calendar_exception", *day)
    assert days(db, SALON, "2026-12-31", "2026-12-31")[0]["intervals"] == []
    call(db, admin, "set_calendar_exception", *day, Jsonb([{"opens": "09:00", "closes": "24:00"}]))
    [shown] = days(db, SALON, "2026-12-31", "2026-12-31")
    assert intervals(shown) == [("2026-12-31T08:00:00+00:00", "2026-12-31T23:00:00+00:00")]
    call(db, admin, "delete_calendar_exception", SALON, "2026-12-31")
    [shown] = days(db, SALON, "2026-12-31", "2026-12-31")
    assert intervals(shown) == [("2026-12-31T08:00:00+00:00", "2026-12-31T19:00:00+00:00")]


def test_a_calendar_leaves_nothing_behind(db: psycopg.Connection, admin: UUID) -> None:
    saved = save(db, admin, name="Recepcja", hours=hours((1, "09:00", "17:00")))
    call(db, admin, "set_calendar_exception", saved["id"], "2026-12-31", "Sylwester")
    call(db, admin, "delete_calendar", saved["id"])
    row = db.execute(
        "select (select count(*) from private.calendar_spans where calendar_id = %(id)s)"
        " + (select count(*) from private.calendar_layouts where calendar_id = %(id)s)"
        " + (select count(*) from public.calendar_hours where calendar_id = %(id)s)",
        {"id": saved["id"]},
    ).fetchone()
    assert row == (0,)


def test_every_change_is_history_with_its_reason(db: psycopg.Connection, admin: UUID) -> None:
    entries = hours((1, "09:00", "17:00"))
    saved = call(
        db, admin, "save_calendar", Jsonb({"name": "Recepcja", "hours": entries}), "Nowe godziny"
    )
    call(
        db,
        admin,
        "set_calendar_exception",
        saved["id"],
        "2026-12-31",
        "Sylwester",
        Jsonb([]),
        "Bal",
    )
    for table, reason in (
        ("calendars", "Nowe godziny"),
        ("calendar_hours", "Nowe godziny"),
        ("calendar_exceptions", "Bal"),
    ):
        latest = call(db, admin, "get_configuration_history", table, saved["id"])[0]
        assert (latest["reason"], latest["changed_by"]) == (reason, str(admin)), table


REFUSED_CALENDARS: tuple[tuple[str, str, object], ...] = (
    ("PT400", "calendar_required", None),
    ("PT400", "calendar_required", []),
    ("PT413", "calendar_too_long", {"name": "a" * 20_000}),
    ("PT400", "name_required", {}),
    ("PT400", "name_required", {"name": "  "}),
    ("PT413", "name_too_long", {"name": "a" * 81}),
    ("PT422", "name_malformed", {"name": "a\u0007"}),
    ("PT409", "calendar_name_taken", {"name": "Salon"}),
    ("PT422", "unknown_time_zone", {"name": "R", "time_zone": "Europe/Pcim"}),
    ("PT422", "unknown_time_zone", {"name": "R", "time_zone": "CEST"}),
    ("PT422", "unknown_holiday_set", {"name": "R", "holiday_set": "mars"}),
    (
        "PT422",
        "always_open_has_no_holidays",
        {"name": "R", "is_always_open": True, "holiday_set": "pl"},
    ),
    (
        "PT422",
        "always_open_has_no_hours",
        {"name": "R", "is_always_open": True, "hours": hours((1, "09:00", "10:00"))},
    ),
    ("PT404", "calendar_not_found", {"id": str(uuid4()), "version": 1}),
    ("PT404", "calendar_not_found", {"id": "x' or true", "version": 1}),
    ("PT409", "stale_version", {"id": str(SALON), "version": 1.5}),
    ("PT422", "calendar_malformed", {"name": "R", "zone": "Europe/Warsaw"}),
    ("PT422", "calendar_malformed", {"name": 7}),
    ("PT422", "calendar_malformed", {"name": "R", "is_always_open": "yes"}),
    ("PT422", "calendar_malformed", {"name": "R", "hours": {}}),
    ("PT422", "hours_overlap", {"name": "R", "hours": hours((1, "09:00", "12:00")) * 2}),
    (
        "PT422",
        "hours_overlap",
        {"name": "R", "hours": hours((1, "09:00", "12:00"), (1, "11:59", "13:00"))},
    ),
    (
        "PT422",
        "hours_overlap",
        {"name": "R", "hours": hours((7, "22:00", "02:00"), (1, "01:00", "03:00"))},
    ),
)


@pytest.mark.parametrize(("code", "message", "calendar"), REFUSED_CALENDARS)
def test_a_bad_calendar_is_refused(
    db: psycopg.Connection, admin: UUID, code: str, message: str, calendar: object
) -> None:
    given = None if calendar is None else Jsonb(calendar)
    with acting_as(db, "authenticated", admin), refused(db, code, message):
        db.execute("select public.save_calendar(%s)", [given])


BAD_HOURS: tuple[object, ...] = (
    [7],
    [{}],
    [{"weekday": 0, "opens": "09:00", "closes": "10:00"}],
    [{"weekday": 8, "opens": "09:00", "closes": "10:00"}],
    [{"weekday": "1", "opens": "09:00", "closes": "10:00"}],
    [{"weekday": 1.5, "opens": "09:00", "closes": "10:00"}],
    [{"weekday": 1, "opens": "9:00", "closes": "10:00"}],
    [{"weekday": 1, "opens": "09:60", "closes": "10:00"}],
    [{"weekday": 1, "opens": "09:00", "closes": "24:01"}],
    [{"weekday": 1, "opens": "24:00", "closes": "10:00"}],
    [{"weekday": 1, "opens": "09:00", "closes": "09:00"}],
    [{"weekday": 1, "opens": "09:00", "closes": None}],
    [{"weekday": 1, "opens": 540, "closes": "10:00"}],
    [{"weekday": 1, "opens": "09:00", "closes": "10:00", "label": "x"}],
    [{"weekday": 1, "opens": "09:00", "closes": "10:00"}] * 101,
)


@pytest.mark.parametrize("entries", BAD_HOURS)
def test_hours_that_no_clock_shows_are_refused(
    db: psycopg.Connection, admin: UUID, entries: object
) -> None:
    given = Jsonb({"name": "R", "hours": entries})
    with acting_as(db, "authenticated", admin), refused(db, "PT422", "hours_malformed"):
        db.execute("select public.save_calendar(%s)", [given])


REFUSED_CALLS = (
    ("PT404", "calendar_not_found", "set_calendar_exception", [uuid4(), "2026-12-31", "x"]),
    ("PT400", "label_required", "set_calendar_exception", [SALON, "2026-12-31", None]),
    ("PT413", "label_too_long", "set_calendar_exception", [SALON, "2026-12-31", "x" * 121]),
    ("PT422", "day_out_of_range", "set_calendar_exception", [SALON, None, "x"]),
    ("PT422", "day_out_of_range", "set_calendar_exception", [SALON, "2200-01-01", "x"]),
    ("PT422", "day_out_of_range", "set_calendar_exception", [SALON, "infinity", "x"]),
    (
        "PT422",
        "hours_malformed",
        "set_calendar_exception",
        [SALON, "2026-12-31", "x", Jsonb(hours((1, "09:00", "10:00")))],
    ),
    ("PT422", "hours_malformed", "set_calendar_exception", [SALON, "2026-12-31", "x", None]),
    (
        "PT422",
        "hours_cross_midnight",
        "set_calendar_exception",
        [SALON, "2026-12-31", "x", Jsonb([{"opens": "20:00", "closes": "02:00"}])],
    ),
    (
        "PT422",
        "hours_overlap",
        "set_calendar_exception",
        [SALON, "2026-12-31", "x", Jsonb([{"opens": "20:00", "closes": "21:00"}] * 2)],
    ),
    ("PT404", "calendar_not_found", "delete_calendar_exception", [uuid4(), "2026-12-31"]),
    ("PT404", "exception_not_found", "delete_calendar_exception", [SALON, "2026-12-31"]),
    ("PT404", "calendar_not_found", "delete_calendar", [uuid4()]),
    ("PT404", "calendar_not_found", "delete_calendar", [None]),
    ("PT404", "calendar_not_found", "get_opening_hours", [uuid4(), "2026-01-01", "2026-01-02"]),
    ("PT422", "range_out_of_bounds", "get_opening_hours", [SALON, None, "2026-01-02"]),
    ("PT422", "range_out_of_bounds", "get_opening_hours", [SALON, "2026-01-02", "2026-01-01"]),
    ("PT422", "range_out_of_bounds", "get_opening_hours", [SALON, "2026-01-01", "2027-02-06"]),
    ("PT422", "range_out_of_bounds", "get_opening_hours", [SALON, "2026-01-01", "infinity"]),
    ("PT422", "range_out_of_bounds", "get_opening_hours", [SALON, "-infinity", "-infinity"]),
)


@pytest.mark.parametrize(("code", "message", "function", "values"), REFUSED_CALLS)
def test_a_bad_call_is_refused(
    db: psycopg.Connection,
    admin: UUID,
    code: str,
    message: str,
    function: str,
    values: list[object],
) -> None:
    with refused(db, code, message):
        call(db, admin, function, *values)


def test_a_calendar_that_something_goes_by_stays(db: psycopg.Connection, admin: UUID) -> None:
    db.execute(
        "create table public.shift_plans (calendar_id uuid references public.calendars (id))"
    )
    db.execute("insert into public.shift_plans values (%s)", [SALON])
    with refused(db, "PT409", "calendar_in_use"):
        call(db, admin, "delete_calendar", SALON)
