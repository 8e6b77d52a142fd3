"""Starts the parts in order, keeps them alive, stops them in reverse."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from rich.console import Console

from scripts.stack.parts import fetch_parts
from scripts.stack.postgres import apply_baseline, create_cluster, postgres_child, wait_until_ready
from scripts.stack.processes import Child
from scripts.stack.rest import rest_child, wait_until_rest_ready
from scripts.stack.settings import PROJECT
from scripts.stack.state import StackState, is_port_free
from scripts.stack.supabase_cli import push

Probe = Callable[[StackState], Awaitable[None]]


class StackError(RuntimeError):
    """The stack could not start; the message says which part and why."""


@dataclass
class Supervisor:
    """Runs one instance until it is asked to stop."""

    state: StackState
    console: Console
    children: list[Child] = field(default_factory=list)
    watches: list["asyncio.Task[None]"] = field(default_factory=list)

    async def run(self, on_ready: Callable[[], None]) -> None:
        """Starts everything, calls `on_ready`, and returns when asked to stop."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        self._remember(os.getpid(), is_ready=False)
        starting = asyncio.create_task(self._start_all())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                self._remember(os.getpid(), is_ready=True)
                on_ready()
                await stopping
        finally:
            for task in (starting, stopping):
                task.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            await self._stop_all()
            self._remember(None, is_ready=False)

    async def _start_all(self) -> None:
        await asyncio.to_thread(fetch_parts, self.console)
        self._refuse_taken_ports()
        await asyncio.to_thread(create_cluster, self.state)
        await self._start(postgres_child(self.state), wait_until_ready)
        await apply_baseline(self.state)
        gateway = gateway_child(self.state)
        await self._start(gateway)  # it imports while the migrations run
        await push(self.state.db_url)
        await self._start(rest_child(self.state), wait_until_rest_ready)
        await self._expect(gateway, wait_until_gateway_ready)

    def _refuse_taken_ports(self) -> None:
        for name, port in (
            ("STACK_API_PORT", self.state.api_port),
            ("STACK_DB_PORT", self.state.db_port),
        ):
            if not is_port_free(port):
                raise StackError(
                    f"Port {port} is taken. Set {name} to another port, or to 0 for any free one, "
                    "and run `luxury reset`."
                )

    async def _start(self, child: Child, probe: Probe | None = None) -> None:
        await child.start()
        self.children.append(child)
        self.watches.append(asyncio.create_task(child.keep_alive()))
        if probe:
            await self._expect(child, probe)

    async def _expect(self, child: Child, probe: Probe) -> None:
        try:
            await probe(self.state)
        except TimeoutError:
            raise StackError(f"{child.name} did not start:\n{child.last_words()}") from None

    async def _stop_all(self) -> None:
        for child in reversed(self.children):
            await child.stop()
        await asyncio.gather(*self.watches, return_exceptions=True)

    def _remember(self, pid: int | None, *, is_ready: bool) -> None:
        self.state.supervisor_pid = pid
        self.state.is_ready = is_ready
        self.state.save()


def gateway_child(state: StackState) -> Child:
    """Auth, Realtime and the gateway: one Python process on the one URL."""
    return Child(
        name="gateway",
        command=[sys.executable, "-m", "scripts.stack.gateway", state.instance],
        folder=state.folder,
        environment={"PYTHONPATH": str(PROJECT)},
    )


async def wait_until_gateway_ready(state: StackState, seconds: float = 20) -> None:
    """Returns once every part behind the one URL answers."""
    async with asyncio.timeout(seconds), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{state.url}/healthz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
