"""Joining, leaving and joining again; tokens that end."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from tests.stack.realtime.phoenix import SECRET, Frame, Phoenix, token

NOT_SIGNED = "Failed to generate JWT signer, check your JWT secret or JWKS configuration"


def test_a_join_is_answered_in_both_versions(connect: Callable[..., Phoenix], topic: str) -> None:
    for vsn in (1, 2):
        client = connect(vsn=vsn)
        client.send(["j", "r", f"realtime:{topic}", "phx_join", {"config": {}}])
        join_ref = "j" if vsn == 2 else None
        payload = {"status": "ok", "response": {"postgres_changes": []}}
        assert client.next() == Frame(join_ref, "r", f"realtime:{topic}", "phx_reply", payload)


def refused_tokens() -> list[tuple[Any, str]]:
    claims = {"role": "anon", "exp": int(time.time()) + 60}
    return [
        ("nonsense", "MalformedJWT: The token provided is not a valid JWT"),
        (token(secret="x" * 32), "JwtSignatureError: Failed to validate JWT signature"),
        (jwt.encode(claims, None, algorithm="none"), f"JwtSignerError: {NOT_SIGNED}"),
        (token(lasts=-7), "InvalidJWTToken: Token has expired 7 seconds ago"),
        (
            jwt.encode({"exp": claims["exp"]}, SECRET),
            "InvalidJWTToken: Fields `role` and `exp` are required in JWT",
        ),
        (
            jwt.encode({"role": "anon"}, SECRET),
            "InvalidJWTToken: Fields `role` and `exp` are required in JWT",
        ),
    ]


@pytest.mark.parametrize("index", range(6))
def test_a_join_with_a_bad_token_is_refused(client: Phoenix, topic: str, index: int) -> None:
    bad, reason = refused_tokens()[index]
    reply = client.join(topic, access_token=bad)
    assert reply["status"] == "error"
    told = reply["response"]["reason"]
    assert told == reason or (index == 3 and told.startswith("InvalidJWTToken: Token has expired"))


@pytest.mark.parametrize("ignored", [None, "sb_publishable_x", 5])
def test_tokens_that_are_none_leave_the_key_of_the_connection(
    client: Phoenix, topic: str, ignored: Any
) -> None:
    assert client.join(topic, access_token=ignored)["status"] == "ok"


def test_the_user_token_goes_first(client: Phoenix, topic: str) -> None:
    reply = client.join(topic, user_token="nonsense", access_token=token())
    assert reply["response"]["reason"].startswith("MalformedJWT")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_all_symmetric_algorithms_are_accepted(client: Phoenix, topic: str, algorithm: str) -> None:
    claims = {"role": "anon", "exp": time.time() + 60, "aud": "x", "iat": 1.5, "nbf": 9e12}
    assert client.join(topic, access_token=jwt.encode(claims, SECRET, algorithm))["status"] == "ok"


def test_an_empty_topic_is_refused(client: Phoenix) -> None:
    reply = client.join("")
    reason = "TopicNameRequired: You must provide a topic name"
    assert reply == {"status": "error", "response": {"reason": reason}}


def test_a_server_may_allow_private_channels_only(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    reply = connect(url=other_server(is_private_only=True)).join(topic)
    reason = "PrivateOnly: This project only allows private channels"
    assert reply["response"] == {"reason": reason}


def test_channels_of_a_connection_are_limited(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    client = connect(url=other_server(max_channels_per_socket=2))
    assert client.join(f"{topic}-1")["status"] == "ok"
    assert client.join(f"{topic}-2")["status"] == "ok"
    reason = {"reason": "ChannelRateLimitReached: Too many channels"}
    assert client.join(f"{topic}-3")["response"] == reason
    client.push(f"{topic}-1", "phx_leave", {})
    assert [client.next().event, client.next().event] == ["phx_reply", "phx_close"]
    assert client.join(f"{topic}-3")["status"] == "ok"


def test_too_many_joins_close_the_connection(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    client = connect(url=other_server(max_joins_per_second=1))
    replies = [client.join(f"{topic}-{index}") for index in range(7)]
    reason = {"reason": "ClientJoinRateLimitReached: Too many joins per second"}
    assert replies[-1]["response"] == reason
    with pytest.raises(ConnectionClosed) as closed:
        client.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


def test_leaving_is_answered_and_closes(client: Phoenix, topic: str) -> None:
    client.join(topic)
    ref = client.push(topic, "phx_leave", {})
    full = f"realtime:{topic}"
    ok = {"status": "ok", "response": {}}
    assert client.next() == Frame("1", ref, full, "phx_reply", ok)
    assert client.next() == Frame("1", "1", full, "phx_close", {})


def test_leaving_with_a_foreign_join_ref_is_ignored(client: Phoenix, topic: str) -> None:
    client.join(topic)
    client.send(["99", "9", f"realtime:{topic}", "phx_leave", {}])
    assert client.is_quiet()


def test_a_second_join_closes_the_first_after_its_reply(client: Phoenix, topic: str) -> None:
    client.join(topic)
    assert client.join(topic)["status"] == "ok"
    assert client.next() == Frame("1", "1", f"realtime:{topic}", "phx_close", {})
    client.push(topic, "phx_leave", {})
    assert client.next().payload == {"status": "ok", "response": {}}
    assert client.next().join_ref == client.join_refs[topic]


def test_a_second_join_that_fails_closes_the_first_too(client: Phoenix, topic: str) -> None:
    client.join(topic)
    assert client.join(topic, access_token="nonsense")["status"] == "error"
    assert client.next().event == "phx_close"
    client.push(topic, "broadcast", {})
    assert client.next().payload["response"] == {"reason": "unmatched topic"}


@pytest.mark.parametrize("join_ref", ["old", None])
def test_pushes_with_a_stale_join_ref_are_accepted(
    client: Phoenix, topic: str, join_ref: str | None
) -> None:
    client.join(topic, {"broadcast": {"ack": True}})
    client.send([join_ref, "9", f"realtime:{topic}", "broadcast", {"event": "e"}])
    assert (client.next().ref, client.is_quiet()) == ("9", True)


def test_unknown_events_are_not_answered(client: Phoenix, topic: str) -> None:
    client.join(topic)
    client.push(topic, "dance", {})
    assert client.is_quiet()


def test_flags_may_be_strings(client: Phoenix, topic: str) -> None:
    config = {"broadcast": {"ack": "TRUE", "self": "true"}, "presence": {"enabled": "True"}}
    client.join(topic, config)
    assert client.next().event == "presence_state"
    client.push(topic, "broadcast", {"event": "e"})
    assert {client.next().event, client.next().event} == {"broadcast", "phx_reply"}


@pytest.mark.parametrize(
    "config",
    [None, [], {"broadcast": 5, "presence": [], "postgres_changes": None, "private": "no"}],
)
def test_invalid_parts_of_a_config_fall_back(client: Phoenix, topic: str, config: Any) -> None:
    ref = client.push(topic, "phx_join", {"config": config})
    assert client.next().payload == {"status": "ok", "response": {"postgres_changes": []}}
    assert ref == "1"


def test_replication_is_announced_to_who_asks(client: Phoenix, topic: str) -> None:
    client.join(topic, {"broadcast": {"replication_ready": True}})
    assert client.next().payload == {
        "extension": "system",
        "status": "ok",
        "message": "Replication connection established",
        "channel": topic,
    }


def test_a_channel_ends_with_its_token(client: Phoenix, topic: str) -> None:
    client.join(topic, access_token=token(lasts=2))
    told = client.next()
    assert (told.event, told.join_ref, told.ref) == ("system", "1", None)
    assert told.payload["message"].startswith("Token has expired")
    assert (told.payload["extension"], told.payload["status"]) == ("system", "error")
    assert client.next() == Frame("1", "1", f"realtime:{topic}", "phx_close", {})
    assert client.is_quiet()


def test_a_new_token_prolongs_the_channel(client: Phoenix, topic: str) -> None:
    client.join(topic, access_token=token(lasts=2))
    client.push(topic, "access_token", {"access_token": token(lasts=60)})
    with pytest.raises(TimeoutError):
        client.next(seconds=2.5)


@pytest.mark.parametrize("value", [None, "sb_secret_x", 7, {}])
def test_access_tokens_that_are_none_are_ignored(client: Phoenix, topic: str, value: Any) -> None:
    client.join(topic)
    client.push(topic, "access_token", {"access_token": value})
    assert client.is_quiet()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("nonsense", "The token provided is not a valid JWT"),
        (jwt.encode({"role": "anon"}, SECRET), "Fields `role` and `exp` are required in JWT"),
        (token(lasts=-3), "Token has expired"),
        (token(secret="x" * 32), ":signature_error"),
    ],
)
def test_a_bad_access_token_closes_the_channel(
    client: Phoenix, topic: str, bad: str, message: str
) -> None:
    client.join(topic)
    client.push(topic, "access_token", {"access_token": bad})
    assert client.next().payload["message"].startswith(message)
    assert client.next().event == "phx_close"


def test_new_claims_decide_after_the_subscription_is_renewed(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, desk text")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(
        f"create policy d on public.{table} for select using (desk = auth.jwt() ->> 'desk')"
    )
    binding = {"event": "*", "schema": "public", "table": table}
    client.subscribe(topic, binding, access_token=token("authenticated", desk="a"))
    client.push(topic, "access_token", {"access_token": token("authenticated", desk="b")})
    assert client.next().payload["message"] == "Subscribed to PostgreSQL"
    sql.execute(f"insert into public.{table} values (1, 'a'), (2, 'b')")
    assert client.change()["record"]["id"] == 2
    assert client.is_quiet()
