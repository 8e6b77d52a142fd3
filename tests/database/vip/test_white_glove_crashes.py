"""A worker dies at every step in turn: between read and write, within the write, or wakes late."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from lib.errors import LuxuryError
from lib.events import Job
from tests.database.vip.white_glove_desk import (
    Desk,
    a_desk_at_work,
    decide,
    record,
    with_partners,
)

Trace = tuple[list[tuple[str | None, str, str | None]], list[tuple[str, str | None]], list[str]]


class KilledError(Exception):
    """The process is gone, and its transaction with it."""


def run_dying(desk: Desk) -> list[str]:
    """As Desk.run, but of three workers two die with the jobs, and the first wakes too late."""
    results: list[str] = []
    while jobs := desk.jobs():
        unborn = decide(desk.db, jobs)
        before = effects(desk)
        expire_leases(desk)
        second = desk.jobs()
        assert [job.id for job in second] == [job.id for job in jobs]
        with pytest.raises(KilledError):
            record_and_die(desk, second)
        assert effects(desk) == before
        expire_leases(desk)
        third = desk.jobs()
        done = record(desk.db, third, decide(desk.db, third))
        results += done.values()
        with pytest.raises((psycopg.Error, LuxuryError), match="lease_lost"), desk.db.transaction():
            record(desk.db, jobs, unborn)
        desk.db.execute("reset role")
    return results


def record_and_die(desk: Desk, jobs: list[Job]) -> None:
    with desk.db.transaction():
        record(desk.db, jobs, decide(desk.db, jobs))
        raise KilledError


def expire_leases(desk: Desk) -> None:
    desk.db.execute(
        "update private.jobs set lease_until = now() - interval '1 hour'"
        " where worker = 'vip.white_glove' and lease_until is not null"
    )


def effects(desk: Desk) -> tuple[object, ...]:
    row = desk.db.execute(
        "select (select count(*) from public.white_glove_history),"
        " (select count(*) from public.notifications),"
        " (select count(*) from public.partner_requests),"
        " (select sum(version) from public.white_glove_services)"
    ).fetchone()
    assert row is not None
    return row


def play_to_the_end(desk: Desk) -> UUID:
    """A transfer whose first chauffeur declines, delivered and verified."""
    agree = "give_consent(%s, 'white_glove_contact', 'whatsapp', 'v1')"
    desk.as_(desk.client, agree, desk.client)
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    desk.decline(service)
    desk.accept(service)
    desk.confirm(service)
    desk.time_passes(hours=23, minutes=31)
    desk.complete(service, "arrival", "return_ride")
    desk.confirm(service)
    assert desk.status(service) == "closed"
    return service


def play_and_cancel(desk: Desk) -> UUID:
    """A transfer that is cancelled when everything was prepared."""
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    desk.accept(service)
    desk.confirm(service)
    desk.as_(desk.client, "cancel_white_glove_service(%s, 'Zmiana planów')", service)
    desk.run()
    desk.complete(service, "route")
    assert desk.undone(service) == ["car", "route"]
    return service


def play_and_fail(desk: Desk) -> UUID:
    """A transfer whose chauffeurs all decline."""
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    for _ in desk.partners:
        desk.decline(service)
    desk.complete(service, "route")
    assert desk.status(service) == "cancelled"
    return service


def trace(desk: Desk, service: UUID) -> Trace:
    told = desk.db.execute(
        "select kind, details ->> 'step_key' from public.notifications"
        " where details ->> 'service_id' = %s order by id",
        [str(service)],
    ).fetchall()
    asked = desk.read(service)["partner_requests"]
    return desk.history(service), told, [request["state"] for request in asked]


@pytest.mark.parametrize("play", [play_to_the_end, play_and_cancel, play_and_fail])
def test_each_step_runs_once_though_the_worker_dies_at_every_one(
    db: psycopg.Connection, play: Callable[[Desk], UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction(force_rollback=True):
        desk = with_partners(a_desk_at_work(db), "chauffeur", "Pierwszy", "Drugi")
        undisturbed = trace(desk, play(desk))
    desk = with_partners(a_desk_at_work(db), "chauffeur", "Pierwszy", "Drugi")
    monkeypatch.setattr(Desk, "run", run_dying)
    service = play(desk)
    assert trace(desk, service) == undisturbed
    executed = [key for key, state, _ in undisturbed[0] if key and state == "done"]
    assert len(executed) == len(set(executed)) >= 1
