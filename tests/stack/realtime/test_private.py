"""Private channels: the policies on realtime.messages decide."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix, token

ANNA = "a44a0000-0000-4000-8000-000000000001"
PRIVATE = {"private": True}
OK = {"status": "ok", "response": {}}


@pytest.fixture
def policy(sql: psycopg.Connection, topic: str) -> Iterator[Callable[..., None]]:
    """Makes a policy for the test's topic: `policy("select", "extension = 'broadcast'")`."""
    names: list[str] = []

    def create(action: str, condition: str = "true", role: str = "authenticated") -> None:
        names.append(f"test_{uuid.uuid4().hex}")
        clause = "with check" if action == "insert" else "using"
        sql.execute(
            f"create policy {names[-1]} on realtime.messages for {action} to {role}"
            f" {clause} (realtime.topic() = '{topic}' and {condition})"
        )

    yield create
    for name in names:
        sql.execute(f"drop policy {name} on realtime.messages")


@pytest.fixture
def anna() -> str:
    return token("authenticated", sub=ANNA)


def denied(topic: str) -> dict[str, object]:
    reason = f"You do not have permissions to read from this Channel topic: {topic}"
    return {"status": "error", "response": {"reason": f"Unauthorized: {reason}"}}


def test_without_a_policy_nobody_joins(client: Phoenix, topic: str, anna: str) -> None:
    assert client.join(topic, PRIVATE, access_token=anna) == denied(topic)
    assert client.join(topic, PRIVATE, access_token=token("potato")) == denied(topic)
    assert client.join(topic, PRIVATE, access_token=token("service_role"))["status"] == "ok"


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ("true", True),
        ("topic = realtime.topic() and extension = 'broadcast'", True),
        (f"(select auth.uid()) = '{ANNA}'", True),
        (f"auth.jwt() ->> 'sub' = '{ANNA}' and auth.role() = 'authenticated'", True),
        ("(select auth.uid()) = '00000000-0000-4000-8000-000000000000'", False),
        ("private is false and event is null and payload is null", True),
        ("1 / 0 = 1", False),
        ("current_setting('request.headers', true)::json ->> 'x-desk' = 'wola'", True),
    ],
)
def test_the_policies_see_who_joins_what(
    realtime_url: str,
    policy: Callable[..., None],
    topic: str,
    anna: str,
    condition: str,
    allowed: bool,  # noqa: FBT001
) -> None:
    policy("select", condition)
    client = Phoenix(realtime_url, token(), **{"x-desk": "wola"})
    reply = client.join(topic, PRIVATE, access_token=anna)
    assert (reply["status"] == "ok") == allowed
    client.close()


def test_asking_leaves_nothing_in_the_table(
    client: Phoenix, sql: psycopg.Connection, policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select")
    policy("insert")
    client.join(topic, {**PRIVATE, "broadcast": {"ack": True}}, access_token=anna)
    client.push(topic, "broadcast", {"event": "e"})
    assert client.next().payload == OK
    rows = sql.execute("select count(*) from realtime.messages where topic = %s", (topic,))
    assert rows.fetchone() == (0,)


def test_public_and_private_channels_of_a_name_are_apart(
    connect: Callable[..., Phoenix], policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select")
    policy("insert")
    public, private = connect(), connect()
    public.join(topic)
    private.join(topic, PRIVATE, access_token=anna)
    public.push(topic, "broadcast", {"event": "public"})
    private.push(topic, "broadcast", {"event": "private"})
    assert public.is_quiet()
    assert private.is_quiet()


def test_without_the_right_to_write_sending_is_silently_ignored(
    connect: Callable[..., Phoenix], policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select")
    sender, receiver = connect(), connect()
    for client in (sender, receiver):
        client.join(topic, {**PRIVATE, "broadcast": {"ack": True}}, access_token=anna)
    sender.push(topic, "broadcast", {"event": "e"})
    sender.push(topic, "presence", {"event": "track", "payload": {}})
    assert sender.next().payload == {"status": "error", "response": {}}
    assert sender.is_quiet()
    assert receiver.is_quiet()


def test_rights_to_broadcast_and_to_presence_are_separate(
    connect: Callable[..., Phoenix], policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select", "extension = 'presence'")
    policy("insert")
    config = {**PRIVATE, "presence": {"enabled": True, "key": "k"}}
    sender, receiver = connect(), connect()
    for client in (sender, receiver):
        assert client.join(topic, config, access_token=anna)["status"] == "ok"
        assert client.next().event == "presence_state"
    sender.push(topic, "broadcast", {"event": "e"})
    sender.push(topic, "presence", {"event": "track", "payload": {}})
    assert receiver.next().event == "presence_diff"
    assert receiver.is_quiet()


def test_presence_is_withheld_from_who_may_not_read_it(
    connect: Callable[..., Phoenix], policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select", "extension = 'broadcast'")
    policy("insert")
    config = {**PRIVATE, "presence": {"enabled": True, "key": "k"}}
    sender, receiver = connect(), connect()
    for client in (sender, receiver):
        assert client.join(topic, config, access_token=anna)["status"] == "ok"
    sender.push(topic, "presence", {"event": "track", "payload": {}})
    assert sender.next().payload == OK
    assert sender.is_quiet()
    assert receiver.is_quiet()


def test_a_token_that_takes_the_right_away_closes_the_channel(
    client: Phoenix, policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select", f"auth.uid() = '{ANNA}'")
    client.join(topic, PRIVATE, access_token=anna)
    other = token("authenticated", sub=str(uuid.uuid4()))
    client.push(topic, "access_token", {"access_token": other})
    told = client.next()
    assert told.payload["message"] == (
        f"You do not have permissions to read from this Channel topic: {topic}"
    )
    assert client.next().event == "phx_close"


def test_losing_one_of_two_rights_closes_the_channel(
    client: Phoenix, policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select", f"(extension = 'broadcast' or auth.uid() = '{ANNA}')")
    config = {**PRIVATE, "presence": {"enabled": True}}
    client.join(topic, config, access_token=anna)
    assert client.next().event == "presence_state"
    other = token("authenticated", sub=str(uuid.uuid4()))
    client.push(topic, "access_token", {"access_token": other})
    assert client.next().payload["message"] == (
        f"You no longer have permission to read from this Channel topic: {topic}"
    )
    assert client.next().event == "phx_close"


def test_a_token_may_bring_the_right_to_write(
    client: Phoenix, policy: Callable[..., None], topic: str, anna: str
) -> None:
    policy("select")
    policy("insert", f"auth.uid() = '{ANNA}'")
    other = token("authenticated", sub=str(uuid.uuid4()))
    config = {**PRIVATE, "broadcast": {"self": True}}
    client.join(topic, config, access_token=other)
    client.push(topic, "broadcast", {"event": "early"})
    client.push(topic, "access_token", {"access_token": anna})
    client.push(topic, "broadcast", {"event": "late"})
    assert client.next().payload == {"event": "late"}
