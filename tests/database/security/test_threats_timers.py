"""Numbered threats around timers, housekeeping and what precedes each request."""

from typing import Any

import httpx
import pytest

from scripts.stack.state import StackState
from tests.database.security.conftest import Caller

REFUSED = (400, "planned_count_refused")


@pytest.mark.parametrize(
    "preferences",
    [
        ["count=planned"],
        ["return=minimal, count=planned"],
        ["count=planned", "return=minimal"],
        ["return=minimal", "count=planned"],
        ["count=planned", "count=exact", "return=minimal"],
    ],
    ids=", then ".join,
)
def test_threat_400_a_preference_cannot_hide_behind_another(
    preferences: list[str], alice: Caller
) -> None:
    headers = [("Prefer", preference) for preference in preferences]
    answer = alice.http.get("/rest/v1/support_tickets?select=id", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == REFUSED
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("schema", ["worker", "private", "public"])
@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("fire_timers", {"p_limit": 1}),
        ("fire_due_timers", {"p_limit": 1}),
        ("set_timers", {"p_kind": "ticket.opened", "p_subject_ids": [], "p_due_at": []}),
        ("cancel_timers", {"p_kind": "ticket.offer_expired", "p_subject_ids": []}),
        ("prune_events", {"p_keep": "7 days", "p_limit": 1}),
    ],
)
def test_threat_401_nobody_outside_moves_the_clockwork(
    schema: str,
    function: str,
    arguments: dict[str, Any],
    stack: StackState,
    alice: Caller,
    agent: Caller,
    stranger: Caller,
) -> None:
    for caller in (alice, agent, stranger):
        answer = caller.http.post(
            f"/rest/v1/rpc/{function}", json=arguments, headers={"Content-Profile": schema}
        )
        assert answer.status_code in (401, 403, 404, 406)
    # The key of the workers opens one of these doors, and only in schema worker.
    answer = httpx.post(
        f"{stack.url}/rest/v1/rpc/{function}",
        json=arguments,
        headers={"apikey": stack.secret_key, "Content-Profile": schema},
    )
    is_theirs = schema == "worker" and function in ("fire_timers", "prune_events")
    assert answer.is_success is is_theirs
