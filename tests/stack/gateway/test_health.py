"""/healthz: ready only when everything behind the one URL is."""

from dataclasses import replace

import httpx

from scripts.stack.gateway import gateway_app
from scripts.stack.gateway.__main__ import settings_of
from scripts.stack.state import StackState, free_port
from tests.stack.gateway.serving import serving
from tests.support.waiting import eventually


def test_a_whole_stack_is_ready_without_a_key(site: StackState) -> None:
    answer = httpx.get(f"{site.url}/healthz")
    states = {"auth": "ok", "rest": "ok", "realtime": "ok"}
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "components": states})


def test_a_missing_part_is_named(site: StackState) -> None:
    settings = replace(settings_of(site), rest_admin_port=free_port(), rest_port=free_port())
    with serving(gateway_app(settings)) as url:
        answer = eventually(
            lambda: (
                (a := httpx.get(f"{url}/healthz")).json()["components"]["realtime"] == "ok" and a
            )
        )
    assert answer.status_code == 503
    states = {"auth": "ok", "rest": "down", "realtime": "ok"}
    assert answer.json() == {"status": "unavailable", "components": states}
