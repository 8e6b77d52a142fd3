"""What an attacker with a browser and an account tries, by number, over HTTP with real tokens.

The numbers are those of the list of threats; the ones that need only SQL are in test_threats.py.
"""

from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.contract.project import none
from tests.database.security.conftest import TICKET, Caller, Catalogue

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
SAMPLES: dict[str, Any] = {
    "uuid": str(uuid4()),
    "integer": 1,
    "boolean": False,
    "jsonb": {},
    "uuid[]": [],
    "bigint[]": [],
    "timestamp with time zone": "2026-01-01T00:00:00Z",
    "double precision": 30,
    "interval": "1 day",
}


def test_threat_1_strangers_read_nothing_but_the_frontends_flags(
    stranger: Caller, offered: Catalogue
) -> None:
    answers = {name: stranger.http.get(f"/rest/v1/{name}?limit=1") for name in offered.relations}
    readable = {name for name, answer in answers.items() if answer.is_success and answer.json()}
    assert readable <= {"feature_flags"}
    none(
        f"{name}: {answer.status_code}"
        for name, answer in answers.items()
        if name != "feature_flags" and answer.status_code != UNAUTHORIZED
    )


def test_threat_4_strangers_call_no_function(stranger: Caller, offered: Catalogue) -> None:
    none(
        f"{function.name}: {answer.status_code} {answer.text}"
        for function in offered.of("public")
        if (answer := call(stranger, function.name, function.arguments)).status_code
        not in {UNAUTHORIZED, NOT_FOUND}
    )


@pytest.mark.parametrize("who", ["stranger", "alice"])
def test_threat_4_people_reach_no_function_of_the_workers(
    who: str, request: pytest.FixtureRequest, offered: Catalogue
) -> None:
    caller: Caller = request.getfixturevalue(who)
    none(
        f"{function.name}: {answer.status_code} {answer.text}"
        for function in offered.of("worker")
        if (answer := call(caller, function.name, function.arguments, schema="worker")).status_code
        not in {UNAUTHORIZED, FORBIDDEN}
    )


@pytest.mark.parametrize("schema", ["private", "auth", "realtime", "extensions"])
def test_threat_4_other_schemas_have_no_door(schema: str, alice: Caller) -> None:
    answer = alice.http.get("/rest/v1/users", headers={"Accept-Profile": schema})
    assert (answer.status_code, answer.json()["code"]) == (406, "PGRST106")


def test_threat_5_a_foreign_id_answers_like_an_unknown_one_and_changes_nothing(
    alice: Caller, bob: Caller, offered: Catalogue, stack: StackState
) -> None:
    ticket_id = alice.open_ticket()["id"]
    before = everything_about(stack, ticket_id)
    functions = [f for f in offered.of("public") if "p_ticket_id" in f.arguments]
    assert functions
    for function in functions:
        answers = [
            call(bob, function.name, function.arguments, p_ticket_id=some_id)
            for some_id in (ticket_id, str(uuid4()))
        ]
        assert answers[0].status_code in {400, FORBIDDEN, NOT_FOUND}, function.name
        assert answers[0].json() == answers[1].json(), function.name
    assert everything_about(stack, ticket_id) == before


def test_threat_5_agents_of_another_desk_are_foreign_too(
    alice: Caller, agent: Caller, stack: StackState
) -> None:
    ticket_id = alice.open_ticket()["id"]
    assert agent.rpc("get_ticket", p_ticket_id=ticket_id).is_success
    with psycopg.connect(stack.db_url) as db:
        db.execute(
            "with desk as (insert into public.desks (name) values (%s) returning id)"
            " update public.staff_members set desk_id = desk.id from desk"
            " where staff_members.id = %s",
            [f"Desk {uuid4()}", agent.id],
        )
    for function in ("get_ticket", "take_ticket", "request_ticket_routing"):
        answer = agent.rpc(function, p_ticket_id=ticket_id)
        assert (answer.status_code, answer.json()["message"]) == (NOT_FOUND, "ticket_not_found")


def test_threat_7_what_people_write_about_themselves_gives_no_right(bob: Caller) -> None:
    claims = {"role": "admin", "staff_roles": ["admin"], "tier": "vip_platinum"}
    bob.http.put("/auth/v1/user", json={"data": claims}).raise_for_status()
    refused = bob.http.put("/auth/v1/user", json={"app_metadata": claims})
    assert refused.status_code == FORBIDDEN
    account = bob.http.get("/auth/v1/user").raise_for_status().json()
    assert account["role"] == "authenticated"
    assert not claims.keys() & account["app_metadata"].keys()

    session = refresh(bob)
    token = {"Authorization": f"Bearer {session['access_token']}"}
    appointed = bob.http.post(
        "/rest/v1/rpc/set_staff_role",
        json={"p_staff_id": str(bob.id), "p_role": "admin"},
        headers=token,
    )
    assert appointed.status_code == FORBIDDEN
    profile = bob.http.get(f"/rest/v1/profiles?id=eq.{bob.id}", headers=token).json()
    assert [row["tier"] for row in profile] == ["standard"]


def test_threat_8_nobody_hires_themselves(bob: Caller) -> None:
    row = {"id": str(bob.id), "role": "admin", "desk_id": str(uuid4())}
    assert bob.http.post("/rest/v1/staff_members", json=row).status_code == FORBIDDEN
    assert bob.rpc("get_desk_queue").status_code == FORBIDDEN
    skills = bob.rpc("set_staff_skills", p_staff_id=str(bob.id), p_skills={"language.pl": 5})
    assert skills.status_code == FORBIDDEN


def test_threat_9_columns_that_are_not_granted_cannot_be_changed(
    alice: Caller, offered: Catalogue
) -> None:
    closed = [column for column in offered.columns if not column.is_updatable]
    assert closed
    none(
        f"{column.table_name}.{column.name}: {answer.status_code}"
        for column in closed
        if (
            answer := alice.http.patch(
                f"/rest/v1/{column.table_name}?{column.name}=not.is.null", json={column.name: None}
            )
        ).status_code
        != FORBIDDEN
    )


def test_threat_10_columns_that_are_not_granted_cannot_be_filled(
    alice: Caller, offered: Catalogue
) -> None:
    none(
        f"{column.table_name}.{column.name}: {answer.status_code}"
        for column in offered.columns
        if not column.is_insertable
        if (
            answer := alice.http.post(f"/rest/v1/{column.table_name}", json={column.name: None})
        ).status_code
        != FORBIDDEN
    )


def test_threat_11_nothing_of_mine_becomes_somebody_elses(alice: Caller, bob: Caller) -> None:
    for change in ({"id": str(bob.id)}, {"desk_id": str(uuid4())}, {"tier": "vip_platinum"}):
        answer = alice.http.patch(f"/rest/v1/profiles?id=eq.{alice.id}", json=change)
        assert answer.status_code == FORBIDDEN, change
    foreign = alice.http.patch(
        f"/rest/v1/profiles?id=eq.{bob.id}",
        json={"display_name": "Kto inny"},
        headers={"Prefer": "return=representation"},
    )
    assert foreign.json() == []


def test_threat_12_the_same_key_of_two_people_is_two_keys(alice: Caller, bob: Caller) -> None:
    key = uuid4().hex
    first, second = (who.open_ticket(p_idempotency_key=key) for who in (alice, bob))
    assert first["id"] != second["id"]
    assert alice.open_ticket(p_idempotency_key=key)["id"] == first["id"]


def test_threat_13_merging_into_a_foreign_row_changes_nothing(alice: Caller, bob: Caller) -> None:
    before = bob.rows("profiles")
    for resolution in ("merge-duplicates", "ignore-duplicates"):
        answer = alice.http.post(
            "/rest/v1/profiles",
            json={"id": str(bob.id), "display_name": "Kto inny"},
            headers={"Prefer": f"resolution={resolution}"},
        )
        assert answer.status_code == FORBIDDEN
    assert bob.rows("profiles") == before


def test_threat_14_a_reference_to_a_foreign_row_tells_nothing(alice: Caller, bob: Caller) -> None:
    someone, nobody = (
        bob.rpc("open_ticket", **TICKET, p_client_id=str(client_id))
        for client_id in (alice.id, uuid4())
    )
    assert someone.status_code == nobody.status_code == NOT_FOUND
    assert someone.json() == nobody.json()


@pytest.mark.parametrize("count", ["exact", "estimated"])
def test_threat_15_counts_do_not_move_with_other_peoples_rows(
    count: str, alice: Caller, bob: Caller
) -> None:
    def counted() -> str:
        answer = bob.http.head("/rest/v1/support_tickets", headers={"Prefer": f"count={count}"})
        return answer.headers["content-range"]

    bob.open_ticket()
    before = counted()
    for _ in range(3):
        alice.open_ticket()
    assert counted() == before


def test_threat_15_the_planners_estimate_is_not_for_sale(alice: Caller) -> None:
    headers = {"Prefer": "return=minimal, count=planned"}
    answer = alice.http.get("/rest/v1/support_tickets?select=id", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (400, "planned_count_refused")
    assert "content-range" not in answer.headers


@pytest.mark.parametrize(
    "query", ["select=updated_at", "order=updated_at", "updated_at=not.is.null", "select=*"]
)
def test_threat_16_hidden_columns_answer_no_question(query: str, stranger: Caller) -> None:
    answer = stranger.http.get(f"/rest/v1/feature_flags?{query}")
    assert (answer.status_code, answer.json()["code"]) == (UNAUTHORIZED, "42501")


def test_threat_17_embedding_opens_no_second_door(
    alice: Caller, bob: Caller, agent: Caller
) -> None:
    ticket_id = alice.open_ticket()["id"]
    agent.rpc("take_ticket", p_ticket_id=ticket_id).raise_for_status()
    agent.rpc("add_ticket_note", p_ticket_id=ticket_id, p_body="Nota").raise_for_status()

    parts = "id,ticket_messages(is_internal),routing_decisions(id),staff_members!assignee_id(id)"
    [seen] = alice.rows(f"support_tickets?select={parts}&id=eq.{ticket_id}")
    assert [message["is_internal"] for message in seen["ticket_messages"]] == [False]
    assert (seen["routing_decisions"], seen["staff_members"]) == ([], None)

    for way in (
        "channels?select=support_tickets(client_id)",
        "service_levels?select=support_tickets!inner(client_id)",
    ):
        for row in bob.rows(way):
            assert {ticket["client_id"] for ticket in row["support_tickets"]} <= {str(bob.id)}


def test_threat_19_answers_and_requests_have_a_size(alice: Caller, stack: StackState) -> None:
    ticket_id = alice.open_ticket()["id"]
    with psycopg.connect(stack.db_url) as db:
        db.execute(
            "insert into public.ticket_messages (ticket_id, author_kind, body)"
            " select %s, 'system', 'x' from generate_series(1, 1100)",
            [ticket_id],
        )
    rows = alice.rows(f"ticket_messages?select=id&ticket_id=eq.{ticket_id}&limit=100000")
    assert len(rows) == 1000
    assert len(alice.rpc("get_ticket", p_ticket_id=ticket_id).json()["messages"]) <= 500
    for length in (10_001, 5_000_000):
        long = alice.rpc("reply_to_ticket", p_ticket_id=ticket_id, p_body="x" * length)
        assert (long.status_code, long.json()["message"]) == (413, "body_too_long")


def test_threat_32_nothing_can_be_deleted_wholesale(alice: Caller, offered: Catalogue) -> None:
    tables = sorted({column.table_name for column in offered.columns})
    none(
        f"{table}: {answer.status_code}"
        for table in tables
        if (answer := alice.http.delete(f"/rest/v1/{table}")).status_code != FORBIDDEN
    )


def test_threat_32_a_change_without_a_filter_reaches_only_my_row(
    alice: Caller, bob: Caller
) -> None:
    changed = alice.http.patch(
        "/rest/v1/profiles",
        json={"locale": "en"},
        headers={"Prefer": "return=representation"},
    ).json()
    assert [row["id"] for row in changed] == [str(alice.id)]
    assert [row["locale"] for row in bob.rows("profiles?select=locale")] == ["pl"]


def test_threat_33_the_api_describes_itself_to_nobody_it_would_not_serve(
    stranger: Caller, alice: Caller
) -> None:
    told = stranger.http.get("/rest/v1/")
    paths = set(told.json().get("paths", {})) if told.is_success else set()
    assert paths <= {"/", "/feature_flags", "/rpc/get_survey", "/rpc/answer_survey"}
    known = alice.http.get("/rest/v1/")
    described = set(known.json().get("paths", {})) if known.is_success else set()
    assert not [path for path in described if "claim_jobs" in path or "rate_buckets" in path]
    plan = alice.http.get(
        "/rest/v1/support_tickets", headers={"Accept": "application/vnd.pgrst.plan+json"}
    )
    assert plan.json()["code"] == "PGRST107"
    assert alice.http.post("/graphql/v1", json={"query": "{__schema{types{name}}}"}).is_error


def test_threat_35_without_a_key_there_is_no_answer(stack: StackState) -> None:
    for path in ("/rest/v1/support_tickets", "/rest/v1/rpc/open_ticket", "/auth/v1/admin/users"):
        assert httpx.get(f"{stack.url}{path}").status_code == UNAUTHORIZED


def test_threat_35_even_the_servers_key_rewrites_no_history(
    server: Caller, offered: Catalogue
) -> None:
    history = {"routing_decisions", "ticket_events", "events"}
    for column in (column for column in offered.columns if column.table_name in history):
        place, change = f"/rest/v1/{column.table_name}?id=gt.0", {column.name: None}
        assert server.http.patch(place, json=change).status_code == FORBIDDEN, column
        assert server.http.delete(place).status_code == FORBIDDEN, column


def call(
    caller: Caller, name: str, types: dict[str, str], *, schema: str = "public", **given: Any
) -> httpx.Response:
    """Calls a function with every argument filled by its type."""
    arguments = {key: SAMPLES.get(kind, "x") for key, kind in types.items()}
    return caller.http.post(
        f"/rest/v1/rpc/{name}",
        json=arguments | given,
        headers={"Content-Profile": schema},
    )


def refresh(person: Caller) -> Any:
    """A new session from the refresh token."""
    answer = person.http.post(
        "/auth/v1/token?grant_type=refresh_token",
        json={"refresh_token": person.session["refresh_token"]},
    )
    return answer.raise_for_status().json()


def everything_about(stack: StackState, ticket_id: UUID | str) -> Any:
    """The ticket's row, messages and timeline as stored."""
    with psycopg.connect(stack.db_url) as db:
        return db.execute(
            """
            select to_jsonb(ticket),
                (select count(*) from public.ticket_messages where ticket_id = ticket.id),
                (select count(*) from public.ticket_events where ticket_id = ticket.id)
            from public.support_tickets ticket where ticket.id = %s
            """,
            [ticket_id],
        ).fetchone()
