"""Browsers may call everything; keys and policies decide."""

import httpx
import pytest

from scripts.stack.state import StackState

ORIGIN = {"origin": "http://localhost:5173"}
PATHS = ["/rest/v1/rpc/anything", "/auth/v1/token", "/realtime/v1/api/broadcast", "/storage/v1/x"]


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_needs_no_key(site: StackState, path: str) -> None:
    asked = {
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "apikey,authorization,content-profile,x-client-info",
    }
    answer = httpx.options(site.url + path, headers=ORIGIN | asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == asked["access-control-request-headers"]
    assert int(answer.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("has_key", [True, False])
def test_every_answer_may_be_read(site: StackState, path: str, *, has_key: bool) -> None:
    key = {"apikey": site.publishable_key} if has_key else {}
    answer = httpx.post(site.url + path, headers=ORIGIN | key, json={})
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
    assert {"content-range", "x-total-count", "link", "x-supabase-api-version"} <= {*exposed}
