"""What can be wrong between the workers and their project, each as one plain sentence."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lib.clock import utc_now
from lib.errors import ConfigurationError, LuxuryError, TransientError
from lib.settings import Settings
from lib.store.client import worker_rpc
from lib.store.foundation import supabase_foundation_store
from lib.store.jobs import supabase_job_store
from lib.store.rpc import Rpc
from workers.app import all_workers
from workers.runtime.contract import check_contract, explain_refusal
from workers.runtime.socket import RealtimeSocket

NAME = "doctor"
HEARING_SECONDS = 5.0
LAG_SECONDS = 30.0
BEAT_AGE = timedelta(seconds=45)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    check: str
    is_ok: bool
    sentence: str


def ok(check: str, sentence: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(check, is_ok=True, sentence=sentence)


def failed(check: str, sentence: str) -> Finding:
    """Return a finding that something is wrong."""
    return Finding(check, is_ok=False, sentence=sentence)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, in an order in which the first failure explains the ones after it."""
    async with worker_rpc(settings) as rpc:
        async for finding in _examine_api(rpc, settings):
            yield finding
            if not finding.is_ok:
                return
        yield await _examine_realtime(rpc, settings)
        try:
            stats = await supabase_foundation_store(rpc).queue_stats()
        except LuxuryError as error:
            yield failed("queue", f"The queue cannot be asked: {error}.")
            return
        yield _examine_replicas(stats["replicas"], utc_now())
        yield _examine_dead(stats["workers"])
        yield _examine_lag(stats["workers"])


async def _examine_api(rpc: Rpc, settings: Settings) -> AsyncIterator[Finding]:
    try:
        contract = await supabase_job_store(rpc).contract()
    except TransientError as error:
        yield failed("database", _explain_silence(error, settings.supabase_url))
        return
    except ConfigurationError as error:
        yield failed("contract", explain_refusal(error))
        return
    except LuxuryError as error:
        yield failed("contract", f"The database refuses to tell its version: {error}.")
        return
    yield ok("database", f"{settings.supabase_url} and the database behind it answer.")
    yield ok("key", "The secret key is accepted, and the schema `worker` is exposed.")
    try:
        check_contract(contract, [worker.name for worker in all_workers(rpc, settings)])
    except ConfigurationError as error:
        yield failed("contract", str(error))
    else:
        yield ok("contract", "The migrations fit this code.")


def _explain_silence(error: TransientError, url: str) -> str:
    if error.code in ("network", "timeout"):
        return f"Nothing answers at SUPABASE_URL ({url}): is the stack up, the address right?"
    return f"{url} answers, but the database behind it does not ({error.code}): is Postgres up?"


async def _examine_realtime(rpc: Rpc, settings: Settings) -> Finding:
    heard = asyncio.Event()
    trouble: list[str] = []

    def on_broadcast(event: str, payload: Mapping[str, Any]) -> None:
        if event == "beat" and payload.get("replica") == NAME:
            heard.set()

    socket = RealtimeSocket(settings.supabase_url, settings.supabase_secret_key.get_secret_value())
    try:
        async with asyncio.timeout(HEARING_SECONDS * 2):
            await socket.open(on_broadcast, trouble.append)
            if trouble:
                return failed("realtime", f"Realtime refuses the subscription ({trouble[0]}).")
            return await _examine_hearing(rpc, heard)
    except Exception as error:
        kind = type(error).__name__
        return failed("realtime", f"Realtime is off or not reachable ({kind}): workers only poll.")
    finally:
        await socket.close()


async def _examine_hearing(rpc: Rpc, heard: asyncio.Event) -> Finding:
    try:
        await supabase_job_store(rpc).beat(NAME, {"state": "visiting"})
        async with asyncio.timeout(HEARING_SECONDS):
            await heard.wait()
    except TimeoutError:
        return failed(
            "realtime", "Realtime accepts the subscription, but the database's messages get lost."
        )
    return ok("realtime", "Realtime brings the database's messages.")


def _examine_replicas(replicas: list[Mapping[str, Any]], now: datetime) -> Finding:
    alive = [
        replica
        for replica in replicas
        if replica["report"].get("state") == "running"
        and now - datetime.fromisoformat(replica["beat_at"]) < BEAT_AGE
    ]
    deaf = [r["replica"] for r in alive if r["report"].get("realtime") != "subscribed"]
    if not alive:
        return failed("workers", "No worker has reported lately: start one with `luxury workers`.")
    if deaf:
        return failed("workers", f"Deaf to Realtime, so slower than need be: {', '.join(deaf)}.")
    return ok("workers", f"{len(alive)} worker process{'es' * (len(alive) > 1)} reported lately.")


def _examine_dead(workers: Mapping[str, Mapping[str, Any]]) -> Finding:
    dead = {name: counts["dead"] for name, counts in workers.items() if counts["dead"]}
    if not dead:
        return ok("dead jobs", "No job is dead.")
    listed = ", ".join(f"{n} of {name}" for name, n in sorted(dead.items()))
    return failed("dead jobs", f"Jobs are dead ({listed}): `luxury jobs list --state dead`.")


def _examine_lag(workers: Mapping[str, Mapping[str, Any]]) -> Finding:
    name, lag = max(
        ((name, counts["oldest_ready_seconds"]) for name, counts in workers.items()),
        key=lambda worst: worst[1],
        default=("", 0.0),
    )
    if lag > LAG_SECONDS:
        return failed("queue", f"The oldest job of {name} has been waiting for {lag:.0f} s.")
    return ok("queue", "No job waits longer than it should.")
