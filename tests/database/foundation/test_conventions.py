"""What the other migrations lean on: refusals, codes, clean text, row upkeep, history."""

from uuid import uuid4

import psycopg
import pytest

from tests.support.acting import acting_as, refused


def test_a_refusal_carries_status_code_and_sentence(db: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error) as caught, acting_as(db, "authenticated", uuid4()):
        db.execute("select private.refuse('PT422', 'too_late', 'The desk has closed.')")
    diag = caught.value.diag
    assert (caught.value.sqlstate, diag.message_primary, diag.message_hint) == (
        "PT422",
        "too_late",
        "The desk has closed.",
    )


def test_a_refusal_in_a_branch_not_taken_is_not_raised(db: psycopg.Connection) -> None:
    row = db.execute(
        "select case when now() < '2000-01-01' then private.refuse('PT400', 'x', 'y') end is null"
    ).fetchone()
    assert row == (True,)


def test_our_own_sqlstates_have_their_messages(db: psycopg.Connection) -> None:
    row = db.execute("select private.error_codes()").fetchone()
    assert row == ({"LS001": "lease_lost", "LS002": "subject_gone", "LS003": "chain_too_long"},)


@pytest.mark.parametrize(
    ("text", "is_clean"),
    [
        ("Dzień dobry, zażółć gęślą jaźń 💄", True),
        ("two\r\nlines\tand a tab", True),
        ("x" * 80, True),
        ("x" * 81, False),
        ("", False),
        (" \n\t ", False),
        ("bell \a", False),
        ("escape \x1b[31m", False),
        ("delete \x7f", False),
        ("next line \x85", False),
        (None, None),
    ],
)
def test_clean_text_says_something_and_hides_nothing(
    db: psycopg.Connection, *, text: str | None, is_clean: bool | None
) -> None:
    assert db.execute("select private.is_clean_text(%s, 80)", [text]).fetchone() == (is_clean,)


@pytest.fixture
def lamps(db: psycopg.Connection) -> None:
    """A configuration table with all the upkeep there is."""
    db.execute(
        """
        create table public.lamps (
            name text primary key,
            watts integer not null,
            version integer not null default 1,
            updated_at timestamptz not null default '2001-01-01'
        );
        grant select, insert, update, delete on public.lamps to authenticated;
        create trigger lamps_bump_version before update on public.lamps
            for each row execute function private.tg_bump_version();
        create trigger lamps_record after insert or update or delete on public.lamps
            for each row execute function private.tg_record_configuration('name');
        """
    )


@pytest.mark.usefixtures("lamps")
def test_a_change_bumps_the_version_whatever_the_caller_wrote(db: psycopg.Connection) -> None:
    db.execute("insert into public.lamps (name, watts) values ('hall', 40)")
    db.execute("update public.lamps set watts = 60, version = 99, updated_at = '1999-01-01'")
    row = db.execute("select version, updated_at = now() from public.lamps").fetchone()
    assert row == (2, True)


@pytest.mark.usefixtures("lamps")
def test_configuration_keeps_its_history_with_who_changed_it(db: psycopg.Connection) -> None:
    admin = uuid4()
    with acting_as(db, "authenticated", admin):
        db.execute("insert into public.lamps (name, watts) values ('hall', 40)")
        db.execute("update public.lamps set watts = 60")
        db.execute("update public.lamps set watts = 60")
    db.execute("delete from public.lamps")
    rows = db.execute(
        """
        select row_key, old_row -> 'watts', new_row -> 'watts', changed_by, changed_role
        from private.configuration_history where table_name = 'public.lamps' order by id
        """
    ).fetchall()
    assert rows == [
        ("hall", None, 40, admin, "authenticated"),
        ("hall", 40, 60, admin, "authenticated"),
        ("hall", 60, None, None, "postgres"),
    ]


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_nobody_rewrites_the_history(db: psycopg.Connection, role: str) -> None:
    for statement in (
        "insert into private.configuration_history (table_name, row_key, changed_role) "
        "values ('a', 'b', 'c')",
        "update private.configuration_history set row_key = 'x'",
        "delete from private.configuration_history",
    ):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute(statement.encode())
