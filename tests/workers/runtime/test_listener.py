"""The listener rebuilds its subscription whenever it is in doubt, each time on a new socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.fakes.realtime import FakeRealtime
from tests.workers.runtime.running import until
from workers.runtime.backoff import Backoff
from workers.runtime.listener import Listener


class House:
    """A listener on fakes, with its wakes counted."""

    def __init__(self) -> None:
        self.realtime = FakeRealtime()
        self.wakes = 0
        self.timer_wakes = 0
        self.listener = Listener(
            self.realtime.make_socket,
            self._wake,
            self._wake_timers,
            workers=["test.work"],
            replica="me",
            check_seconds=0.005,
            backoff=Backoff(0.001, 0.005),
        )

    def _wake(self) -> None:
        self.wakes += 1

    def _wake_timers(self) -> None:
        self.timer_wakes += 1

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.listener.run())
        try:
            await until(lambda: self.listener.state == "subscribed")
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def rebuilt(self, times: int = 1) -> None:
        """Wait for the next subscriptions, and see that every older socket was closed."""
        expected = len(self.realtime.sockets) + times
        await until(
            lambda: len(self.realtime.sockets) >= expected and self.listener.state == "subscribed"
        )
        assert all(socket.is_closed for socket in self.realtime.sockets[:-1])


async def test_every_subscription_wakes_once() -> None:
    house = House()
    async with house.listening():
        assert house.wakes == 1
        house.realtime.break_all("closed")
        await house.rebuilt()
        assert house.wakes == 2


async def test_an_earlier_timer_wakes_the_timers_alone() -> None:
    house = House()
    async with house.listening():
        assert house.timer_wakes == 1
        house.realtime.broadcast("timer", {})
        assert (house.wakes, house.timer_wakes) == (1, 2)


async def test_an_error_a_timeout_and_a_close_of_the_channel_lead_to_a_new_socket() -> None:
    house = House()
    async with house.listening():
        for reason in ("channel_error", "timed_out", "closed"):
            house.realtime.break_all(reason)
            await house.rebuilt()


async def test_a_reader_that_died_without_a_word_is_noticed() -> None:
    house = House()
    async with house.listening():
        house.realtime.sockets[-1].is_alive = False
        await house.rebuilt()


async def test_refused_connections_are_tried_again_until_one_is_accepted() -> None:
    house = House()
    async with house.listening():
        house.realtime.refusal = ConnectionRefusedError()
        house.realtime.break_all()
        tried = len(house.realtime.sockets)
        await until(lambda: len(house.realtime.sockets) > tried + 3)
        house.realtime.refusal = None
        await until(lambda: house.listener.state == "subscribed")


async def test_a_subscription_that_does_not_hear_its_own_beat_is_rebuilt() -> None:
    house = House()
    async with house.listening():
        house.realtime.is_deaf = True
        house.listener.expect_beat()
        house.realtime.broadcast("beat", {"replica": "me"})
        await house.listener.prove(0.01)
        house.realtime.is_deaf = False
        await house.rebuilt()


async def test_a_subscription_that_hears_its_own_beat_stays() -> None:
    house = House()
    async with house.listening():
        house.listener.expect_beat()
        house.realtime.broadcast("beat", {"replica": "somebody else"})
        house.realtime.broadcast("beat", {"replica": "me"})
        await house.listener.prove(0.01)
        assert house.listener.state == "subscribed"
        assert len(house.realtime.sockets) == 1
        assert house.listener.count_replicas() == 2


async def test_malformed_broadcasts_are_only_hints_too() -> None:
    house = House()
    async with house.listening():
        house.realtime.broadcast("wake", {"workers": "everybody"})
        house.realtime.broadcast("wake", {})
        house.realtime.broadcast("unheard_of", {"workers": ["test.work"]})
        assert house.wakes == 3
        assert house.listener.state == "subscribed"
