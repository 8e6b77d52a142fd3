"""The way into a channel: token, rights, replay, subscription, and the answer to the client."""

import asyncio
import logging
from typing import TYPE_CHECKING

from scripts.stack.realtime import join, jsontext, tokens
from scripts.stack.realtime.access import Access, DeniedError
from scripts.stack.realtime.changes.params import ParamsError
from scripts.stack.realtime.changes.subscriptions import RegistrationError
from scripts.stack.realtime.channel import Channel
from scripts.stack.realtime.database import DatabaseUnavailableError, pause
from scripts.stack.realtime.frames import Message
from scripts.stack.realtime.policies import MissingPartitionError
from scripts.stack.realtime.replay import repeated
from scripts.stack.realtime.rooms import TOPIC_PREFIX, Broadcast
from scripts.stack.realtime.services import Services, now

if TYPE_CHECKING:
    from scripts.stack.realtime.socket import Socket

_log = logging.getLogger(__name__)
_READY_SECONDS = 60.0
_NOT_READY = "Replication connection was not established in time"
_UNREACHABLE = "Realtime was unable to connect to the project database"


class JoinError(Exception):
    """A join that is refused; the text is the reason the client gets."""


class JoinFloodError(JoinError):
    """Too many joins: the whole socket goes."""


async def answer_join(server: Services, socket: "Socket", message: Message) -> None:
    """Join a topic and reply; a channel already joined there makes way."""
    old = socket.channels.get(message.topic)
    if old:
        old.leave()
    try:
        channel, stored = await _join(server, socket, message)
    except JoinError as error:
        await pause(server.settings.join_error_backoff_seconds)
        socket.reply(message, "error", jsontext.dumps({"reason": str(error)}))
        if isinstance(error, JoinFloodError):
            socket.close(1001)
        channel = None
    except Exception:
        _log.exception("a join crashed")
        socket.reply(message, "error", '{"reason":"Unknown Error on Channel"}')
        channel = None
    if channel:
        _welcome(channel, message, stored)
    if old:
        old.send_end("phx_close", "{}")
    if channel:
        _follow_up(channel, stored)


async def _join(
    server: Services, socket: "Socket", message: Message
) -> tuple[Channel, list[Broadcast]]:
    sub_topic = message.topic.removeprefix(TOPIC_PREFIX)
    if not sub_topic:
        raise JoinError("TopicNameRequired: You must provide a topic name")
    config = join.parse(message.payload, sub_topic)
    _check_limits(server, socket, config)
    text = join.chosen_token(message.payload, socket.token.text)
    try:
        token = tokens.verify(text, server.settings.jwt_secret, now())
    except tokens.TokenError as error:
        raise JoinError(error.join_reason) from None
    channel = Channel(server, socket, message, config, Access(sub_topic, token, socket.headers))
    try:
        await server.wait_for_database()
        await _authorize(server, channel)
        stored = await _replayed(server, channel)
        await _register_now(channel)
    except DatabaseUnavailableError:
        raise JoinError(f"UnableToConnectToProject: {_UNREACHABLE}") from None
    except MissingPartitionError:
        raise JoinError(
            "MissingPartition: Realtime was unable to find the expected messages partition"
        ) from None
    return channel, stored


def _check_limits(server: Services, socket: "Socket", config: join.JoinConfig) -> None:
    settings, joins = server.settings, server.limits.joins
    if settings.is_private_only and not config.is_private:
        raise JoinError("PrivateOnly: This project only allows private channels")
    if joins.is_exceeded(now()):
        raise JoinFloodError("ClientJoinRateLimitReached: Too many joins per second")
    joins.count(now())
    limit = settings.max_channels_per_socket
    if limit is not None and len(socket.channels) >= limit:
        raise JoinError("ChannelRateLimitReached: Too many channels")


async def _authorize(server: Services, channel: Channel) -> None:
    if not channel.config.is_private:
        return
    try:
        await channel.access.ask_reads(server.database, with_presence=channel.is_presence_enabled)
    except DeniedError as error:
        raise JoinError(f"Unauthorized: {error}") from None


async def _replayed(server: Services, channel: Channel) -> list[Broadcast]:
    config, topic = channel.config, channel.sub_topic
    if not config.wants_replay:
        return []
    if not config.is_private:
        raise JoinError("UnableToReplayMessages: Replay is not allowed for public channels")
    if not channel.access.reads.get("broadcast"):
        raise JoinError(
            "Unauthorized: You do not have permissions to read from this Channel topic: " + topic
        )
    try:
        wanted = join.parse_replay(config.replay)
        return await repeated(server.database, topic, wanted) if wanted else []
    except join.ReplayError as error:
        raise JoinError(f"UnableToReplayMessages: {error}") from None


async def _register_now(channel: Channel) -> None:
    """Register before the reply, if the client asked to wait for it."""
    seconds = channel.config.wait_seconds
    if seconds is None or not channel.config.bindings:
        return
    try:
        await asyncio.wait_for(channel.registration.register(), seconds)
    except TimeoutError:
        channel.registration.stop()
        raise JoinError(
            f"PostgresChangesSubscribeTimeout: Timed out after {int(seconds * 1000)}ms"
            " waiting for the postgres_changes subscription"
        ) from None
    except (ParamsError, RegistrationError) as error:
        channel.registration.stop()
        raise JoinError(f"RealtimeDisabledForConfiguration: {error}") from None


def _welcome(channel: Channel, message: Message, stored: list[Broadcast]) -> None:
    channel.replayed = frozenset(each.message_id for each in stored if each.message_id)
    channel.socket.channels[channel.topic] = channel
    bindings = jsontext.dumps(channel.registration.echoed())
    channel.reply(message, "ok", f'{{"postgres_changes":{bindings}}}')
    channel.enter()


def _follow_up(channel: Channel, stored: list[Broadcast]) -> None:
    """What a client hears right after the reply, in this order."""
    if channel.is_presence_enabled:
        channel.push_presence()
    for broadcast in stored:
        channel.repeat(broadcast)
    if channel.config.wait_seconds is not None and channel.config.bindings:
        channel.push_system("postgres_changes", "ok", "Subscribed to PostgreSQL")
        channel.catch_up()
    else:
        channel.registration.start()
    if channel.config.wants_replication_ready:
        channel.server.start(_announce_replication(channel))


async def _announce_replication(channel: Channel) -> None:
    try:
        await asyncio.wait_for(channel.server.is_streaming.wait(), _READY_SECONDS)
    except TimeoutError:
        channel.shut_down(_NOT_READY)
        return
    if not channel.is_closed:
        channel.push_system("system", "ok", "Replication connection established")
