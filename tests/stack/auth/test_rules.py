"""The pure decisions of the auth server."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.stack.auth.bodies import duration_seconds, normal_email
from scripts.stack.auth.errors import AuthError
from scripts.stack.auth.limits import MAX_KEYS, FailureLimit
from scripts.stack.auth.refresh_tokens import (
    RefreshToken,
    descendant_of,
    digest_of,
    judge,
    new_token,
    successor_of,
)

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
SECRET = "a-secret-of-more-than-thirty-two-bytes"


def a_token(*, revoked: bool, seconds_ago: float = 0) -> RefreshToken:
    updated_at = NOW - timedelta(seconds=seconds_ago)
    return RefreshToken(id=1, digest="x", revoked=revoked, updated_at=updated_at)


@pytest.mark.parametrize(
    ("revoked", "seconds_ago", "has_active", "verdict"),
    [
        (False, 10_000, True, "rotate"),
        (True, 9, True, "repeat"),
        (True, 10, True, "repeat"),
        (True, 11, True, "refuse"),
        (True, 1, False, "refuse"),
    ],
)
def test_a_revoked_token_is_honoured_only_shortly_and_while_its_family_lives(
    *, revoked: bool, seconds_ago: float, has_active: bool, verdict: str
) -> None:
    presented = a_token(revoked=revoked, seconds_ago=seconds_ago)
    active = a_token(revoked=False) if has_active else None
    assert judge(presented, active, NOW, 10) == verdict


@given(st.integers(min_value=1, max_value=32))
def test_a_descendant_is_found_through_the_chain(steps: int) -> None:
    first = token = new_token()
    for _ in range(steps):
        token = successor_of(token, SECRET)
    assert descendant_of(first, digest_of(token), SECRET) == token
    assert descendant_of(first, digest_of(token), SECRET + "x") is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("none", 0), ("24h", 86_400), ("1h30m", 5_400), ("1.5s", 1.5), ("300ms", 0.3)],
)
def test_durations_are_read_as_go_writes_them(text: str, seconds: float) -> None:
    assert duration_seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "h", "10", "-1h", "1d", "1h 2m"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(AuthError):
        duration_seconds(text)


def test_addresses_are_compared_in_lower_case() -> None:
    assert normal_email(" Zofia.Wronska+VIP@Example.COM ") == "zofia.wronska+vip@example.com"


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b", "a b@c.d", "a@b@c", "a@-b", "a@b..c", "a\n@b"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AuthError):
        normal_email(text)


def test_failures_are_forgotten_when_the_window_has_passed() -> None:
    limit = FailureLimit(2, 60)
    limit.begin("a", 0)
    limit.begin("a", 30)
    with pytest.raises(AuthError) as refused:
        limit.begin("a", 59)
    assert refused.value.headers == {"retry-after": "1"}
    limit.begin("a", 60)


def test_the_memory_of_failures_is_bounded() -> None:
    limit = FailureLimit(1, 60)
    for number in range(MAX_KEYS + 1):
        limit.begin(str(number), 0)
    limit.begin("0", 1)  # the oldest was forgotten
    with pytest.raises(AuthError):
        limit.begin(str(MAX_KEYS), 1)
