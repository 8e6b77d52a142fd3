"""What is tried against the database itself. Numbered as the list of threats; the same numbers over
HTTP, with real tokens, stand in the files beside this one.
"""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.database.security.test_roles import TABLES
from tests.factories import a_client, a_person, a_ticket, an_admin, an_agent
from tests.support.acting import acting_as, refused
from tests.support.house import EVERYBODY, House, a_house


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


NASTY = (
    "'; drop table public.desks; --",
    "$$ select pg_sleep(9) $$",
    "\\'; select 1; \\x",
    "%s %(name)s {0} ${jndi:x}",
    '{"a": "</script>"}',
    "Zażółć gęślą jaźń 💆‍♀️ \u202eRTL",
)

CALLS_WITH_A_TICKET: tuple[LiteralString, ...] = (
    "get_ticket(%(id)s)",
    "reply_to_ticket(%(id)s, 'a')",
    "add_ticket_note(%(id)s, 'a')",
    "assign_ticket(%(id)s, %(agent)s, 1)",
    "take_ticket(%(id)s)",
    "unassign_ticket(%(id)s, 1)",
    "set_ticket_status(%(id)s, 'pending', 1)",
    "resolve_ticket(%(id)s, 'a', 1)",
    "reopen_ticket(%(id)s, 'a')",
    "close_ticket(%(id)s, 1)",
    "request_ticket_routing(%(id)s)",
)


def refusal(db: psycopg.Connection, call: LiteralString, values: Any) -> tuple[str | None, ...]:
    """Everything the caller is told."""
    with pytest.raises(psycopg.Error) as caught, db.transaction():
        db.execute("select public." + call, values)
    told = caught.value.diag
    return told.sqlstate, told.message_primary, told.message_detail, told.message_hint


@pytest.mark.parametrize("call", CALLS_WITH_A_TICKET)
def test_threat_5_a_foreign_ticket_answers_like_none_at_all(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in ("other_client", "outsider", "colleague"):
        with house.act(db, person):
            foreign = refusal(db, call, house.names | {"id": house.tickets["held"]})
            unknown = refusal(db, call, house.names | {"id": uuid4()})
            nothing = refusal(db, call, house.names | {"id": None})
        assert foreign == unknown == nothing, person


# What is no table cannot be written by anybody.
VIEWS = {
    "current_promise_targets",
    "my_tickets",
    "recovery_kpis",
    "routing_explanations",
    "ticket_cycle_history",
}


@pytest.mark.parametrize("table", sorted(set(TABLES) - VIEWS))
def test_threats_8_9_10_11_32_nobody_writes_a_table_directly(
    db: psycopg.Connection, house: House, table: str
) -> None:
    name = Identifier("public", table)
    writes = [SQL("delete from {}").format(name), SQL("insert into {} default values").format(name)]
    if table != "profiles":
        column = db.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
            " and attidentity = '' and attgenerated = '' limit 1",
            [f"public.{table}"],
        ).fetchone()
        assert column is not None
        writes.append(SQL("update {} set {c} = {c}").format(name, c=Identifier(column[0])))
    for person in ("visitor", "client", "agent", "manager", "admin", "service"):
        for write in [*writes, SQL("truncate {}").format(name)]:
            with house.act(db, person), refused(db, "42501"):
                db.execute(write)


def test_threat_11_no_row_changes_hands(db: psycopg.Connection, house: House) -> None:
    for person in EVERYBODY:
        with house.act(db, person), refused(db, "42501"):
            db.execute("update public.profiles set id = gen_random_uuid()")
        with house.act(db, person), refused(db, "42501"):
            db.execute("update public.support_tickets set client_id = %(client)s", house.names)


LISTS: tuple[LiteralString, ...] = (
    "select * from public.support_tickets",
    "select * from public.my_tickets order by opened_at desc limit 50",
    "select * from public.profiles",
    "select * from public.staff_members",
    "select * from public.ticket_messages where ticket_id = '00000000-0000-4000-8000-00000000000a'",
    "select * from public.ticket_events where ticket_id = '00000000-0000-4000-8000-00000000000a'",
)


def scans(plan: Any) -> set[tuple[str, str]]:
    """Kind of node and table of every scan in a plan."""
    if isinstance(plan, list):
        return {found for part in plan for found in scans(part)}
    if not isinstance(plan, dict):
        return set()
    mine = {(plan["Node Type"], plan["Relation Name"])} if "Relation Name" in plan else set()
    return mine | {found for part in plan.values() for found in scans(part)}


@pytest.mark.parametrize("statement", LISTS)
def test_threat_18_lists_of_people_can_be_answered_from_indexes(
    db: psycopg.Connection, statement: LiteralString
) -> None:
    with acting_as(db, "authenticated", a_client(db)):
        db.execute("set local enable_seqscan = off")
        plan = db.execute("explain (format json) " + statement).fetchone()
    assert plan is not None
    found = scans(plan[0])
    assert found
    assert not [table for node, table in found if node == "Seq Scan"]


def test_threat_18_the_planner_is_told_that_few_rows_are_meant(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select attname, attoptions from pg_attribute"
        " where attrelid = 'public.support_tickets'::regclass and attoptions is not null order by 1"
    ).fetchall()
    assert rows == [
        ("assignee_id", ["n_distinct=-0.001"]),
        ("desk_id", ["n_distinct=-0.001"]),
    ]


def test_threat_19_no_list_is_endless(db: psycopg.Connection, house: House) -> None:
    with house.act(db, "client"), refused(db, "PT413", "body_too_long"):
        db.execute("select public.open_ticket('a', repeat('a', 5000000), 'chat')")
    with house.act(db, "agent"):
        row = db.execute("select jsonb_array_length(public.get_desk_queue(2147483647))").fetchone()
    assert row is not None
    assert row[0] <= 200


def may(db: psycopg.Connection, statement: LiteralString) -> bool:
    """Whether the policies let a row of realtime.messages through; undone."""
    try:
        with db.transaction(force_rollback=True):
            return bool(db.execute(statement).rowcount)
    except psycopg.errors.InsufficientPrivilege:
        return False


def topics_of(db: psycopg.Connection, house: House, person: str) -> dict[str, set[str]]:
    """By name of the row behind the topic: may join, may speak, may be seen there."""
    found = {}
    for name, row_id in house.names.items():
        for kind in ("ticket", "desk"):
            topic = f"{kind}:{row_id}"
            db.execute(
                "insert into realtime.messages (topic, extension, private)"
                " values (%s, 'broadcast', true)",
                [topic],
            )
            with house.act(db, person):
                db.execute("select set_config('realtime.topic', %s, true)", [topic])
                rights = {
                    "join": may(
                        db,
                        "select 1 from realtime.messages"
                        " where topic = realtime.topic() and extension = 'broadcast'",
                    ),
                    "speak": may(
                        db,
                        "insert into realtime.messages (topic, extension, private)"
                        " values (realtime.topic(), 'broadcast', true)",
                    ),
                    "appear": may(
                        db,
                        "insert into realtime.messages (topic, extension, private)"
                        " values (realtime.topic(), 'presence', true)",
                    ),
                }
            if given := {right for right, holds in rights.items() if holds}:
                found[f"{kind}:{name}"] = given
    return found


STAFF_TOPIC = {"join", "speak", "appear"}
TOPICS: dict[str, tuple[str, set[str]]] = {
    "visitor": ("", set()),
    "stranger": ("", set()),
    "revoked": ("", set()),
    "client": ("ticket:waiting ticket:held ticket:on_hold ticket:solved", {"join", "appear"}),
    "agent": (
        "desk:near_desk ticket:waiting ticket:held ticket:on_hold ticket:solved",
        STAFF_TOPIC,
    ),
    "other_manager": ("desk:far_desk ticket:far", STAFF_TOPIC),
}


@pytest.mark.parametrize("person", sorted(TOPICS))
def test_threat_23_a_topic_is_open_to_those_behind_it(
    db: psycopg.Connection, house: House, person: str
) -> None:
    names, rights = TOPICS[person]
    assert topics_of(db, house, person) == dict.fromkeys(names.split(), rights)


@pytest.mark.parametrize(
    "topic", ["jobs", "ticket:", "ticket:%", "desk:1", "TICKET:x", "ticket:{0}x", "x:{0}", " {0}"]
)
def test_threat_23_no_other_topic_is_anybodys(
    db: psycopg.Connection, house: House, topic: str
) -> None:
    db.execute(
        "select set_config('realtime.topic', %s, true)", [topic.format(house.tickets["held"])]
    )
    with house.act(db, "admin"):
        assert not may(
            db,
            "insert into realtime.messages (topic, extension, private)"
            " values (realtime.topic(), 'broadcast', true)",
        )


@pytest.mark.parametrize("text", NASTY)
def test_threat_25_texts_are_texts(db: psycopg.Connection, house: House, text: str) -> None:
    with house.act(db, "client"):
        row = db.execute(
            "select public.open_ticket(%s, %s, 'chat', p_idempotency_key => %s)", [text] * 3
        ).fetchone()
        assert row is not None
        assert (row[0]["subject"], row[0]["message"]["body"]) == (text, text)
        db.execute("update public.profiles set display_name = %s", [text])
    with house.act(db, "agent"):
        queue = db.execute("select public.get_desk_queue()").fetchone()
    assert queue is not None
    assert text in {waiting["client_name"] for waiting in queue[0]}


def test_threat_26_a_callers_own_objects_shadow_nothing(
    db: psycopg.Connection, house: House
) -> None:
    db.execute("grant temporary on database postgres to authenticated")
    with house.act(db, "stranger"):
        db.execute("create temp table staff_members (id uuid, role text, is_active boolean)")
        db.execute("insert into staff_members select %(stranger)s, 'admin', true", house.names)
        db.execute(
            "create function pg_temp.is_admin() returns boolean language sql as 'select true'"
        )
        db.execute("set local search_path = pg_temp, public, private")
        with refused(db, "PT403", "admin_required"):
            db.execute("select public.set_feature_flag('vip_services', false)")


def test_threat_27_without_a_person_there_is_nothing_to_see_or_do(
    db: psycopg.Connection, house: House
) -> None:
    readable = [table for table, roles in TABLES.items() if "authenticated" in roles]
    chosen = {"channels", "feature_flags", "service_levels", "ticket_categories"}
    chosen |= {"feature_definitions", "membership_plans", "products", "treatments"}
    chosen |= {table for table in readable if table.startswith(("calendar", "holiday"))}
    with acting_as(db, "authenticated"):
        for table in set(readable) - chosen:
            rows = db.execute(SQL("select 1 from {}").format(Identifier("public", table)))
            assert rows.fetchall() == [], table
        for call in ("open_ticket('a', 'b', 'chat')", "set_presence('online')"):
            assert refusal(db, call, None)[:2] == ("PT401", "not_signed_in")


@pytest.mark.parametrize("end", ["revoked", "banned", "deleted"])
def test_threat_29_rights_end_with_the_next_statement(db: psycopg.Connection, end: str) -> None:
    admin, client = an_admin(db), a_client(db)
    an_admin(db)
    a_ticket(db, client)
    ends: dict[str, LiteralString] = {
        "revoked": "update public.staff_members set is_active = false, state = 'offline'"
        " where id = %s",
        "banned": "update auth.users set banned_until = 'infinity' where id = %s",
        "deleted": "update auth.users set deleted_at = now() where id = %s",
    }
    with acting_as(db, "authenticated", admin):
        assert db.execute("select 1 from public.support_tickets").fetchall()
    db.execute(ends[end], [admin])
    with acting_as(db, "authenticated", admin):
        assert db.execute("select 1 from public.support_tickets").fetchall() == []
        assert refusal(db, "set_staff_role(%s, 'admin')", [client])[0] == "PT403"


def test_threat_34_what_is_announced_carries_no_text(db: psycopg.Connection, house: House) -> None:
    secret = "Ciąża, alergia na lateks"
    with house.act(db, "client"):
        row = db.execute("select public.open_ticket(%s, %s, 'chat')", [secret, secret]).fetchone()
    assert row is not None
    ticket_id = UUID(row[0]["id"])
    told = db.execute(
        "select payload::text from public.events where subject_id = %(id)s"
        " union all select payload::text from private.jobs where subject_id = %(id)s"
        " union all select details::text from public.ticket_events where ticket_id = %(id)s",
        {"id": ticket_id},
    ).fetchall()
    assert told
    assert not [text for (text,) in told if "lateks" in text]


def test_threat_35_the_servers_key_reaches_no_private_table(db: psycopg.Connection) -> None:
    tables = db.execute(
        "select relname from pg_class where relnamespace = 'private'::regnamespace"
        " and relkind in ('r', 'p') and relname in ('idempotency_keys', 'rate_buckets')"
    ).fetchall()
    assert len(tables) == 2
    for (table,) in tables:
        for role in ("service_role", "authenticated"):
            with acting_as(db, role), refused(db, "42501"):
                db.execute(SQL("select 1 from {}").format(Identifier("private", table)))


def test_nobody_works_on_a_ticket_of_their_own(db: psycopg.Connection) -> None:
    agent, other = an_agent(db), a_person(db)
    mine = a_ticket(db, agent)
    with acting_as(db, "authenticated", agent):
        for call in CALLS_WITH_A_TICKET[2:8]:
            told = refusal(db, call, {"id": mine, "agent": agent})
            assert told[:2] == ("PT403", "not_yours_to_change"), (call, other)
