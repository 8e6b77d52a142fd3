"""Keeps a channel's postgres_changes registered: after the join, a new token, a lost stream."""

import asyncio
import random
from typing import TYPE_CHECKING, Any

from scripts.stack.realtime.changes import params
from scripts.stack.realtime.changes.params import Params, ParamsError
from scripts.stack.realtime.changes.subscriptions import RegistrationError, register
from scripts.stack.realtime.database import DatabaseUnavailableError
from scripts.stack.realtime.join import binding_id
from scripts.stack.realtime.services import Services

if TYPE_CHECKING:
    from scripts.stack.realtime.channel import Channel

_RETRY_SECONDS = 0.5
_SUBSCRIBED = "Subscribed to PostgreSQL"


class Registration:
    """The channel's bindings and the claims they were last registered with."""

    def __init__(self, server: Services, channel: "Channel") -> None:
        self._server, self._channel = server, channel
        self._bindings = [(binding_id(b), b) for b in channel.config.bindings]
        self._claims: dict[str, Any] = channel.access.token.claims
        self._role = channel.access.token.role
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._loss_timer: asyncio.TimerHandle | None = None
        self._is_stopped = self._is_waiting = self._is_lost = False

    def echoed(self) -> list[dict[str, Any]]:
        """The bindings as the join's reply repeats them."""
        return [{**binding, "id": number} for number, binding in self._bindings]

    def start(self) -> None:
        """Register in the background and tell the client how it went."""
        if self._bindings and not self._is_stopped and not self._is_waiting:
            self._server.registered[self._channel] = None
            self._server.start(self.announce())

    def restart_with_token(self) -> None:
        """Register with the channel's new claims, a moment later as the original does."""
        if not self._bindings:
            return
        if self._timer:
            self._timer.cancel()
        delay = random.uniform(*self._server.settings.token_refresh_seconds)  # noqa: S311
        self._timer = asyncio.get_running_loop().call_later(delay, self._take_claims)

    def _take_claims(self) -> None:
        self._claims = self._channel.access.token.claims
        self._role = self._channel.access.token.role
        self.start()

    def stop(self) -> None:
        """Forget all subscriptions."""
        self._is_stopped = True
        if self._timer:
            self._timer.cancel()
        self._forget()

    def _forget(self) -> None:
        self._stop_mourning()
        self._server.registered.pop(self._channel, None)
        self._server.subscriptions.remove(self._channel)

    async def announce(self) -> None:
        """Register and send the outcome, as soon as there is a database to register with."""
        try:
            await self._register_in_time()
        except (ParamsError, RegistrationError) as error:
            self._forget()
            self._tell("error", str(error))
        else:
            self._tell("ok", _SUBSCRIBED)

    async def _register_in_time(self) -> None:
        while not self._is_stopped:
            self._is_waiting = True
            await self._server.is_streaming.wait()
            self._is_waiting = False
            try:
                await self.register()
            except DatabaseUnavailableError:
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    async def match_anew(self, commit_lsn: int) -> None:
        """Register again because a commit changed what is published.

        A table that is gone may come back: the error frame, which costs some clients their
        channel, waits for that.
        """
        if await self._match(commit_lsn) is not None:
            self._mourn()

    async def _match(self, since_lsn: int | None) -> RegistrationError | None:
        """Register again, and return why it was refused, if it was.

        Nothing is said to clients that hear of the same tables as before.
        """
        subscriptions = self._server.subscriptions
        async with self._lock:
            before = subscriptions.tables_of(self._channel)
            if not before and not self._is_lost:
                return None
            try:
                await self._register(since_lsn)
            except RegistrationError as error:
                return error
            except DatabaseUnavailableError:
                return None
            if subscriptions.tables_of(self._channel) != before:
                self._tell("ok", _SUBSCRIBED)
            return None

    def _mourn(self) -> None:
        if self._is_lost or self._loss_timer or self._is_stopped:
            return
        delay = self._server.settings.lost_table_seconds
        self._loss_timer = asyncio.get_running_loop().call_later(
            delay, lambda: self._server.start(self._give_up())
        )

    def _stop_mourning(self) -> None:
        self._is_lost = False
        if self._loss_timer:
            self._loss_timer.cancel()
            self._loss_timer = None

    async def _give_up(self) -> None:
        """Tell the client that a table stayed away; should it be published again, it hears that."""
        self._loss_timer = None
        error = await self._match(None)
        if error is not None:
            self._is_lost = True
            self._server.subscriptions.remove(self._channel)
            self._tell("error", str(error))

    def _tell(self, status: str, text: str) -> None:
        if not self._is_stopped:
            self._channel.push_system("postgres_changes", status, text)

    async def register(self) -> None:
        """Register all bindings, or none if one is refused: ParamsError or RegistrationError."""
        async with self._lock:
            await self._register(None)

    async def _register(self, since_lsn: int | None) -> None:
        """Of tables not heard of before, changes count from the commit `since_lsn` on, or now."""
        if self._is_stopped:
            return
        self._server.registered[self._channel] = None
        found = await register(
            self._server.database, self._channel, self._parsed(), self._claims, self._role
        )
        if self._is_stopped:
            return
        self._stop_mourning()
        if since_lsn is not None:
            for subscription in found:
                subscription.since_lsn = since_lsn
        self._server.subscriptions.replace(self._channel, found)

    def _parsed(self) -> list[tuple[int, Params]]:
        return [(number, params.parse(binding)) for number, binding in self._bindings]
