"""Bad input over HTTP: the agreed status, a stable code, a sentence for people, and no change."""

from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from scripts.stack.state import StackState
from tests.database.security.conftest import TICKET, Caller, hire, sign_up

REFUSED_OPENINGS: list[tuple[dict[str, Any], int, str]] = [
    ({"p_channel": "fax"}, 422, "unknown_channel"),
    ({"p_category": "astrology"}, 422, "unknown_category"),
    ({"p_language": "tlh"}, 422, "unknown_language"),
    ({"p_subject": ""}, 400, "subject_required"),
    ({"p_subject": None}, 400, "subject_required"),
    ({"p_subject": "x" * 201}, 413, "subject_too_long"),
    ({"p_body": "   "}, 400, "body_required"),
    ({"p_body": "x" * 10_001}, 413, "body_too_long"),
    ({"p_body": "ring \u0007 ring"}, 422, "body_malformed"),
    ({"p_idempotency_key": "x" * 201}, 400, "idempotency_key_malformed"),
    ({"p_client_id": "00000000-0000-4000-8000-00000000dead"}, 404, "client_not_found"),
]


@pytest.fixture
def manager(stack: StackState, open_sessions: ExitStack) -> Caller:
    return hire(stack, sign_up(stack, open_sessions), "manager")


@pytest.mark.parametrize(
    ("given", "status", "code"), REFUSED_OPENINGS, ids=lambda value: str(value)[:40]
)
def test_a_ticket_that_cannot_be_is_not_opened(
    given: dict[str, Any], status: int, code: str, bob: Caller
) -> None:
    before = bob.rows("my_tickets?select=id")
    assert_refused(bob.rpc("open_ticket", **{**TICKET, **given}), status, code)
    assert bob.rows("my_tickets?select=id") == before


@pytest.mark.parametrize("text", ["\u0000", "before\u0000after"])
def test_nul_bytes_are_bad_input(text: str, bob: Caller) -> None:
    answer = bob.rpc("open_ticket", **{**TICKET, "p_body": text})
    assert answer.status_code == 400


@pytest.mark.parametrize("ticket_id", ["nonsense", "", 7, "' or true --"])
def test_an_id_that_is_none_is_bad_input(ticket_id: Any, bob: Caller) -> None:
    assert bob.rpc("get_ticket", p_ticket_id=ticket_id).status_code == 400


def test_an_unknown_tier_is_refused(alice: Caller, manager: Caller) -> None:
    person = {"p_client_id": str(alice.id), "p_reason": "Na próbę"}
    answer = manager.rpc("set_client_tier", p_tier="diamond", **person)
    assert_refused(answer, 422, "unknown_tier")
    assert [row["tier"] for row in alice.rows("profiles?select=tier")] == ["standard"]


def test_a_stale_version_is_refused(alice: Caller, manager: Caller) -> None:
    ticket = alice.open_ticket()
    seen = {"p_ticket_id": ticket["id"], "p_version": ticket["version"]}
    manager.rpc("resolve_ticket", **seen, p_resolution="Znaleziona").raise_for_status()
    answer = manager.rpc("close_ticket", **seen)
    assert_refused(answer, 409, "stale_version")


def test_what_does_not_fit_the_state_is_refused(alice: Caller, manager: Caller) -> None:
    ticket = alice.open_ticket()
    manager.rpc(
        "close_ticket", p_ticket_id=ticket["id"], p_version=ticket["version"]
    ).raise_for_status()
    answer = alice.rpc("reply_to_ticket", p_ticket_id=ticket["id"], p_body="Halo?")
    assert_refused(answer, 409, "ticket_is_closed")


def test_missing_rights_are_refused(alice: Caller) -> None:
    ticket = alice.open_ticket()
    answer = alice.rpc(
        "resolve_ticket", p_ticket_id=ticket["id"], p_version=ticket["version"], p_resolution="Ja"
    )
    assert_refused(answer, 403, "staff_required")
    assert alice.rows(f"my_tickets?select=status&id=eq.{ticket['id']}") == [{"status": "open"}]


def test_who_asks_too_often_is_slowed_down(stack: StackState, open_sessions: ExitStack) -> None:
    hasty = sign_up(stack, open_sessions)
    answers = [hasty.rpc("open_ticket", **TICKET) for _ in range(32)]
    assert_refused(answers[-1], 429, "too_many_requests")
    assert len(hasty.rows("my_tickets?select=id")) == sum(a.is_success for a in answers)


def assert_refused(answer: httpx.Response, status: int, code: str) -> None:
    """The status and code are agreed, the hint is a sentence, and nothing of the inside is told."""
    told = answer.json()
    assert (answer.status_code, told["message"]) == (status, code)
    assert told["code"] == f"PT{status}"
    assert told["hint"].endswith(".")
    assert told["details"] is None
