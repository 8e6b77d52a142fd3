"""The gate before sending: what staff may publish, with which reason, and who reads of it."""

import json
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_manager, a_staff_member, a_ticket, an_admin, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows

RUDE = "Witam, nie da się."
REPLY: LiteralString = "reply_to_ticket(%s, %s)"
REASON: LiteralString = "reply_to_ticket(%s, %s, p_override_reason => %s)"


@dataclass(frozen=True)
class Desk:
    """An agent with a ticket of a client we know."""

    db: psycopg.Connection
    client: UUID
    agent: UUID
    ticket: UUID

    def messages(self) -> list[str]:
        found = self.db.execute(
            "select body from public.ticket_messages where ticket_id = %s order by created_at",
            [self.ticket],
        )
        return [body for (body,) in found]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    client, agent = a_client(db, "vip_gold"), an_agent(db)
    db.execute(
        "update public.profiles set given_name = 'Anna', gender = 'female' where id = %s", [client]
    )
    return Desk(db, client, agent, a_ticket(db, client, assignee_id=agent))


def test_a_blocked_reply_is_refused_with_its_findings_and_says_nothing(desk: Desk) -> None:
    with acting_as(desk.db, "authenticated", desk.agent), pytest.raises(psycopg.Error) as caught:
        desk.db.execute("select public.reply_to_ticket(%s, %s)", [desk.ticket, RUDE])
    told = caught.value.diag
    assert (told.sqlstate, told.message_primary) == ("PT422", "brand_blocked")
    check = json.loads(told.message_detail or "")
    assert check["verdict"] == "block"
    assert {finding["rule"] for finding in check["findings"]} == {"pl.witam", "forbidden_phrase"}


def test_a_reason_sends_it_and_brings_it_to_the_quality_sample(desk: Desk) -> None:
    said = call(desk.db, desk.agent, REASON, desk.ticket, RUDE, "Klientka tak prosiła")
    assert said["message"]["body"] == RUDE
    kept = rows(
        desk.db,
        desk.agent,
        "select verdict, override_reason, is_in_quality_sample, agent_id, tier, language,"
        " jsonb_array_length(findings) from public.brand_checks where ticket_id = %s",
        desk.ticket,
    )
    reason = "Klientka tak prosiła"
    assert kept == [("block", reason, True, desk.agent, "vip_gold", "pl", 2)]


def test_a_warning_is_kept_and_a_reason_that_nobody_needed_is_not(desk: Desk) -> None:
    call(desk.db, desk.agent, REASON, desk.ticket, "Ok, zapisujemy.", "Na wszelki wypadek")
    call(desk.db, desk.agent, REPLY, desk.ticket, "Zapraszamy w sobotę.")
    kept = rows(
        desk.db,
        desk.agent,
        "select verdict, score, override_reason, is_in_quality_sample from public.brand_checks"
        " where ticket_id = %s order by score",
        desk.ticket,
    )
    assert kept == [("warn", 90, None, False), ("pass", 100, None, False)]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_an_override_needs_words(desk: Desk, reason: str) -> None:
    code, message, _ = refusal(desk.db, desk.agent, REASON, desk.ticket, RUDE, reason)
    assert message in ("override_reason_required", "override_reason_too_long")
    assert code in ("PT400", "PT413")
    assert desk.messages() == []


def test_macros_and_bulk_replies_meet_the_same_gate(desk: Desk) -> None:
    macro = call(desk.db, desk.agent, "save_macro('M', %s, %s)", RUDE, Jsonb([{"reply": None}]))
    code, message, _ = refusal(
        desk.db, desk.agent, "apply_macro(%s, %s, 1)", UUID(macro["id"]), desk.ticket
    )
    assert (code, message) == ("PT422", "brand_blocked")
    items = Jsonb([{"ticket_id": str(desk.ticket), "version": 1}])
    arguments = Jsonb({"macro_id": macro["id"]})
    (answer,) = call(desk.db, desk.agent, "bulk_update_tickets(%s, 'macro', %s)", items, arguments)
    assert (answer["status"], answer["code"]) == ("refused", "brand_blocked")
    assert desk.messages() == []


def test_clients_and_notes_among_colleagues_pass_unseen(desk: Desk) -> None:
    call(desk.db, desk.client, REPLY, desk.ticket, RUDE)
    call(desk.db, desk.agent, "add_ticket_note(%s, %s)", desk.ticket, RUDE)
    assert desk.messages() == [RUDE, RUDE]
    assert rows(desk.db, desk.agent, "select 1 from public.brand_checks") == []


def test_the_profile_decides_the_gender_and_nobody_guesses(desk: Desk) -> None:
    call(desk.db, desk.agent, REPLY, desk.ticket, "Szanowna Pani, zapraszamy.")
    masculine = refusal(desk.db, desk.agent, REPLY, desk.ticket, "Szanowny Panie, zapraszamy.")
    desk.db.execute("update public.profiles set gender = null where id = %s", [desk.client])
    guessed = refusal(desk.db, desk.agent, REPLY, desk.ticket, "Szanowna Pani, zapraszamy.")
    assert masculine[1] == guessed[1] == "brand_blocked"
    call(desk.db, desk.agent, REPLY, desk.ticket, "Szanowni Państwo, zapraszamy.")


def test_the_relationship_allows_the_given_name(desk: Desk) -> None:
    formal = refusal(desk.db, desk.agent, REPLY, desk.ticket, "Pani Anno, zapraszamy.")
    assert formal[1] == "brand_blocked"
    desk.db.execute(
        "update public.profiles set form_of_address = 'first_name' where id = %s", [desk.client]
    )
    call(desk.db, desk.agent, REPLY, desk.ticket, "Pani Anno, zapraszamy.")


def test_a_draft_is_checked_on_request_and_nothing_is_kept(desk: Desk) -> None:
    check = call(desk.db, desk.agent, "check_reply(%s, %s)", desk.ticket, RUDE)
    assert check["verdict"] == "block"
    assert rows(desk.db, desk.agent, "select 1 from public.brand_checks") == []
    assert desk.messages() == []


def test_an_answer_given_twice_with_one_key_is_checked_once(desk: Desk) -> None:
    for _ in range(2):
        call(desk.db, desk.agent, "reply_to_ticket(%s, 'Zapraszamy', 'k-1')", desk.ticket)
    assert len(rows(desk.db, desk.agent, "select 1 from public.brand_checks")) == 1


def test_the_house_can_switch_the_gate_off(desk: Desk) -> None:
    call(desk.db, an_admin(desk.db), "set_feature_flag('brand_consistency', false)")
    said = call(desk.db, desk.agent, REPLY, desk.ticket, RUDE)
    assert "brand_check" not in said
    assert rows(desk.db, desk.agent, "select 1 from public.brand_checks") == []


def test_checks_are_for_staff_of_the_desk_and_never_for_the_client(desk: Desk) -> None:
    call(desk.db, desk.agent, REPLY, desk.ticket, "Zapraszamy.")
    shown = {
        desk.client: 0,
        a_client(desk.db): 0,
        desk.agent: 1,
        a_manager(desk.db): 1,
        a_staff_member(desk.db, "quality_auditor"): 1,
    }
    for person, count in shown.items():
        found = rows(desk.db, person, "select 1 from public.brand_checks")
        assert len(found) == count


def test_a_new_version_holds_once_it_is_activated(desk: Desk) -> None:
    admin = an_admin(desk.db)
    version = call(desk.db, admin, "draft_brand_guidelines('Tylko ostrzega')")["version"]
    call(desk.db, admin, "save_brand_guideline(%s, %s)", version, Jsonb({"gate": "warn"}))
    assert refusal(desk.db, desk.agent, REPLY, desk.ticket, "Witam.")[1] == "brand_blocked"
    call(desk.db, admin, "activate_brand_guidelines(%s, 'Próba')", version)
    said = call(desk.db, desk.agent, REPLY, desk.ticket, "Witam.")
    assert said["brand_check"]["verdict"] == "warn"
    assert said["brand_check"]["guidelines_version"] == version
    history = call(desk.db, admin, "get_configuration_history('brand_versions')")
    assert history[0]["reason"] == "Próba"


@pytest.mark.parametrize(
    "values",
    [
        {"gate": "shout"},
        {"max_emoji": -1},
        {"max_emoji": "two"},
        {"max_emoji": 1.5},
        {"unknown": 1},
        {"gate": None},
        {"warn_below": 101},
    ],
)
def test_guidelines_that_make_no_sense_are_refused(desk: Desk, values: dict[str, Any]) -> None:
    admin = an_admin(desk.db)
    version = call(desk.db, admin, "draft_brand_guidelines('Próba')")["version"]
    told = refusal(desk.db, admin, "save_brand_guideline(%s, %s)", version, Jsonb(values))
    assert told[:2] == ("PT422", "guideline_malformed")


def test_the_active_version_is_never_edited(desk: Desk) -> None:
    told = refusal(desk.db, an_admin(desk.db), "save_brand_guideline(1, '{\"max_emoji\": 3}')")
    assert told[:2] == ("PT409", "version_is_not_a_draft")


def test_a_rule_can_be_softened_and_a_phrase_added(desk: Desk) -> None:
    admin = an_admin(desk.db)
    call(desk.db, admin, "set_brand_rule('pl.witam', 'warning', p_reason => 'Próba')")
    said = call(desk.db, desk.agent, REPLY, desk.ticket, "Witam w salonie.")
    assert said["brand_check"]["verdict"] == "warn"
    call(desk.db, admin, "save_brand_phrase('forbidden_phrase', 'pl', 'Pazłotko, moja!')")
    told = refusal(desk.db, desk.agent, REPLY, desk.ticket, "Tak, pazłotko moja.")
    assert told[1] == "brand_blocked"


def test_a_text_without_a_ticket_is_judged_at_once(desk: Desk) -> None:
    check = call(
        desk.db, desk.agent, "request_brand_validation('Hey guys', 'chat', p_language => 'en')"
    )
    assert check["verdict"] == "block"
    told = refusal(desk.db, desk.agent, "request_brand_validation('Hey', 'pigeon')")
    assert told[:2] == ("PT422", "unknown_channel")
