"""The gate holds on every way to a client, and there is no other way."""

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator import automation
from tests.database.quality.assessor import run_checks
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent
from tests.support.calling import call, refusal, rows

RUDE = "Witam, nie da się."
RESOLVE: LiteralString = "resolve_ticket(%s, %s, 1)"
DESPITE: LiteralString = "resolve_ticket(%s, %s, 1, %s)"


@dataclass(frozen=True)
class Desk:
    """An agent with a ticket of a client we know."""

    db: psycopg.Connection
    id: UUID
    client: UUID
    agent: UUID
    manager: UUID
    ticket: UUID

    def texts(self) -> list[Any]:
        """All that the client can read: messages and the resolution."""
        found = self.db.execute(
            "select body from public.ticket_messages where ticket_id = %(id)s and not is_internal"
            " union all select resolution from public.support_tickets"
            " where id = %(id)s and resolution is not null",
            {"id": self.ticket},
        )
        return [text for (text,) in found]

    def checks(self) -> list[Any]:
        """What the gate thought of resolutions."""
        return rows(
            self.db,
            self.agent,
            "select verdict, override_reason, agent_id from public.brand_resolution_checks",
        )


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    desk_id = a_desk(db)
    client, agent = a_client(db, "vip_gold", desk_id=desk_id), an_agent(db, desk_id=desk_id)
    db.execute(
        "update public.profiles set given_name = 'Anna', gender = 'female' where id = %s", [client]
    )
    ticket = a_ticket(db, client, assignee_id=agent, desk_id=desk_id)
    return Desk(db, desk_id, client, agent, a_manager(db, desk_id=desk_id), ticket)


def test_a_resolution_the_house_would_not_say_is_refused_and_nothing_is_resolved(
    desk: Desk,
) -> None:
    code, message, _ = refusal(desk.db, desk.agent, RESOLVE, desk.ticket, RUDE)
    assert (code, message) == ("PT422", "brand_blocked")
    assert desk.texts() == desk.checks() == []
    status = desk.db.execute(
        "select status from public.support_tickets where id = %s", [desk.ticket]
    )
    assert status.fetchone() == ("assigned",)


def test_a_short_line_resolves_and_no_letter_is_asked_for(desk: Desk) -> None:
    line = "Wizyta została przełożona na sobotę o 10.00, a kosmetolog jest uprzedzona. " * 5
    desk.db.execute(
        "update public.support_tickets set channel = 'email' where id = %s", [desk.ticket]
    )
    version = call(desk.db, desk.agent, "get_ticket(%s)", desk.ticket)["version"]
    call(desk.db, desk.agent, "resolve_ticket(%s, %s, %s)", desk.ticket, line, version)
    assert desk.checks() == [("pass", None, desk.agent)]


def test_a_reason_resolves_as_it_is_and_brings_the_case_to_the_quality_sample(desk: Desk) -> None:
    assert refusal(desk.db, desk.agent, DESPITE, desk.ticket, RUDE, " ")[1] == (
        "override_reason_required"
    )
    said = "Dzień dobry, oczywiście: niedziela, godzina 15. Dziękuję za wiadomość, miłego dnia."
    desk.db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body)"
        " values (%s, %s, 'client', 'Czy mogę prosić o inny termin w przyszłym tygodniu?'),"
        " (%s, %s, 'agent', %s)",
        [desk.ticket, desk.client, desk.ticket, desk.agent, said],
    )
    call(desk.db, desk.agent, DESPITE, desk.ticket, RUDE, "Cytat klientki")
    assert desk.checks() == [("block", "Cytat klientki", desk.agent)]
    run_checks(desk.db)
    risks = desk.db.execute(
        "select private.list_quality_risks(made) from public.quality_checks made"
        " where ticket_id = %s",
        [desk.ticket],
    ).fetchone()
    assert risks
    assert "brand_override" in risks[0]


def test_a_macro_and_a_bulk_change_resolve_through_the_same_gate(desk: Desk) -> None:
    macro = call(desk.db, desk.agent, "save_macro('M', null, %s)", Jsonb([{"resolve": RUDE}]))
    told = refusal(desk.db, desk.agent, "apply_macro(%s, %s, 1)", UUID(macro["id"]), desk.ticket)
    assert told[:2] == ("PT422", "brand_blocked")
    items = Jsonb([{"ticket_id": str(desk.ticket), "version": 1}])
    for action, details in (
        ("resolve", {"resolution": RUDE}),
        ("macro", {"macro_id": macro["id"]}),
    ):
        [answer] = call(
            desk.db, desk.agent, "bulk_update_tickets(%s, %s, %s)", items, action, Jsonb(details)
        )
        assert (answer["status"], answer["code"]) == ("refused", "brand_blocked")
    assert desk.texts() == []


def test_what_a_workflow_says_in_the_name_of_the_desk_passes_the_gate(
    db: psycopg.Connection,
) -> None:
    automated = automation.Desk(db)
    for body in (RUDE, "Już patrzymy."):
        macro = call(
            db,
            automated.manager,
            "save_macro(%s, p_actions => %s, p_scope => 'desk', p_desk_id => %s)",
            body,
            Jsonb([{"reply": body}]),
            automated.desk_id,
        )["id"]
        written = automation.is_field("message.author_kind", "client")
        automated.save("message.posted", {"apply_macro": macro}, conditions=written, title=body)
    automated.says("Halo")
    automation.settle(db)
    said = db.execute(
        "select body from public.ticket_messages where ticket_id = %s and author_kind = 'system'",
        [automated.ticket],
    ).fetchall()
    assert said == [("Już patrzymy.",)]
    refused = db.execute(
        "select reason from public.workflow_runs where status = 'refused' and ticket_id = %s",
        [automated.ticket],
    ).fetchall()
    assert refused == [("brand_blocked",)]


def test_what_the_house_sends_of_its_own_accord_passes_the_gate(desk: Desk) -> None:
    found = []
    for body in (RUDE, "Z okazji imienin składamy najserdeczniejsze życzenia."):
        made = desk.db.execute(
            "select private.queue_outreach("
            "%s, 'service_reminder', 'greeting', null, now(), %s, %s)",
            [desk.client, str(uuid4()), Jsonb({"subject": "Dzień dobry", "body": body})],
        ).fetchone()
        assert made
        row = desk.db.execute(
            "select state, reason from public.outreach where id = %s", [made[0]]
        ).fetchone()
        found.append(row)
    assert found[0] == ("suppressed", "brand_blocked")
    assert found[1] is not None
    assert found[1][1] != "brand_blocked"


def test_the_house_can_switch_the_gate_off_everywhere(desk: Desk) -> None:
    desk.db.execute(
        "update public.feature_flags set is_enabled = false where flag = 'brand_consistency'"
    )
    call(desk.db, desk.agent, RESOLVE, desk.ticket, RUDE)
    assert (desk.texts(), desk.checks()) == ([RUDE], [])


def test_resolutions_are_judged_for_staff_alone(desk: Desk) -> None:
    call(desk.db, desk.agent, RESOLVE, desk.ticket, "Umówiono")
    seen: LiteralString = "select 1 from public.brand_resolution_checks"
    assert len(rows(desk.db, desk.manager, seen)) == 1
    assert rows(desk.db, desk.client, seen) == []


def test_there_is_no_other_way_to_a_client(db: psycopg.Connection) -> None:
    def callers(pattern: LiteralString) -> set[str]:
        found = db.execute(
            "select proname from pg_proc"
            " where pronamespace in ('private'::regnamespace, 'public'::regnamespace,"
            " 'worker'::regnamespace) and prosrc ~ %s",
            [pattern],
        )
        return {name for (name,) in found}

    assert callers(r"insert into public\.ticket_messages\M") == {"insert_message", "tell_of_book"}
    # Of those that write a message, one lets somebody else than the client be heard.
    assert callers(r"private\.insert_message\(") - {
        "add_ticket_note", "unassign_ticket", "reopen_ticket", "perform_workflow_action",
        "open_ticket", "place_message",
    } == {"publish_message"}  # fmt: skip
    assert callers(r"resolution = [vp]_resolution") >= {"resolve_ticket"}
    assert callers(r"insert into public\.outreach \(") == {"queue_outreach"}
