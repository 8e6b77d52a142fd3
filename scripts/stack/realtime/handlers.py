"""What a joined client may do: broadcast, be present, bring a new token."""

from typing import Any

from scripts.stack.realtime import jsontext, tokens
from scripts.stack.realtime.access import DeniedError
from scripts.stack.realtime.channel import Channel
from scripts.stack.realtime.database import DatabaseUnavailableError
from scripts.stack.realtime.frames import Message, UserBroadcast
from scripts.stack.realtime.policies import MissingPartitionError
from scripts.stack.realtime.rooms import Broadcast
from scripts.stack.realtime.services import now

_UNREACHABLE = "Realtime was unable to connect to the project database"
_TOO_LARGE = '{"error":"payload_size_exceeded"}'
_NOT_A_MAP = jsontext.dumps({"reason": "Presence track payload must be a map"})


async def handle(channel: Channel, message: Message) -> None:
    """Do what the message asks; unknown events only count."""
    match message.event:
        case "broadcast":
            await _broadcast(channel, message)
        case "presence":
            await _presence(channel, message)
        case "access_token":
            await _access_token(channel, message)
        case _:
            channel.count()


async def _broadcast(channel: Channel, message: Message) -> None:
    server, config = channel.server, channel.config
    if not isinstance(message.payload, (dict, UserBroadcast)):
        return
    if config.is_private and not await channel.access.may_write(server.database, "broadcast"):
        return
    if channel.is_closed:
        return
    channel.count()
    content, size = _content(message.payload)
    if size > server.settings.max_payload_bytes:
        if config.has_ack:
            channel.reply(message, "error", _TOO_LARGE)
        return
    sender = None if config.hears_itself else channel
    server.rooms.publish(channel.room_key, Broadcast(channel.sub_topic, content), sender)
    if config.has_ack:
        channel.reply(message)


def _content(payload: dict[str, Any] | UserBroadcast) -> tuple[str | UserBroadcast, int]:
    """What travels on, and its bytes."""
    if isinstance(payload, UserBroadcast):
        return UserBroadcast(payload.event, payload.encoding, payload.payload), len(payload.payload)
    text = jsontext.dumps(payload)
    return text, len(text.encode())


async def _presence(channel: Channel, message: Message) -> None:
    payload = message.payload if isinstance(message.payload, dict) else {}
    event = payload.get("event")
    if not isinstance(event, str):
        channel.reply(message)
        return
    if not channel.may_call_presence(now()):
        channel.shut_down("Client presence rate limit exceeded")
    elif event.lower() == "track":
        await _track(channel, message, payload.get("payload", {}))
    elif event.lower() == "untrack":
        channel.reply(message)
        channel.server.rooms.tell(channel.room, channel.room.presence.untrack(channel))
    else:
        channel.reply(message, "error")


async def _track(channel: Channel, message: Message, meta: Any) -> None:
    server, access = channel.server, channel.access
    if channel.config.is_private:
        await access.ask_presence(server.database)
        if not await access.may_write(server.database, "presence"):
            channel.reply(message, "error")
            return
    if channel.is_closed:
        return
    if not isinstance(meta, dict):
        channel.reply(message, "error", _NOT_A_MAP)
        return
    if len(jsontext.dumps(meta).encode()) > server.settings.max_payload_bytes:
        channel.shut_down("Track message size exceeded")
        return
    server.limits.presence.count(now())
    if server.limits.presence.is_exceeded(now()):
        channel.shut_down("Too many presence messages per second")
        return
    channel.reply(message)
    diff = channel.room.presence.track(channel, channel.config.presence_key, meta)
    server.rooms.tell(channel.room, diff)
    if not channel.is_presence_enabled:
        channel.is_presence_enabled = True
        channel.push_presence()


async def _access_token(channel: Channel, message: Message) -> None:
    payload = message.payload if isinstance(message.payload, dict) else {}
    text = payload.get("access_token")
    if not isinstance(text, str) or text.startswith("sb_") or text == channel.access.token.text:
        return
    server = channel.server
    try:
        token = tokens.verify(text, server.settings.jwt_secret, now())
        channel.access = await channel.access.renewed(
            server.database,
            token,
            is_private=channel.config.is_private,
            with_presence=channel.is_presence_enabled,
        )
    except tokens.TokenError as error:
        channel.shut_down(error.channel_text)
    except DeniedError as error:
        channel.shut_down(str(error))
    except (DatabaseUnavailableError, MissingPartitionError):
        channel.shut_down(_UNREACHABLE)
    else:
        channel.watch_token()
        channel.registration.restart_with_token()
