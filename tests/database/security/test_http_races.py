"""The same thing at the same moment, many times: one effect. Numbered as the list of threats."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg

from scripts.stack.state import StackState
from tests.database.security.conftest import TICKET, Caller, hire, sign_up

Act = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


async def test_threat_30_twelve_equal_calls_open_one_ticket(alice: Caller) -> None:
    key = uuid4().hex
    async with browser(alice) as http:
        answers = await asyncio.gather(
            *(rpc(http, "open_ticket", **TICKET, p_idempotency_key=key) for _ in range(12))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_threat_30_a_key_is_not_used_for_something_else(alice: Caller) -> None:
    key = uuid4().hex
    alice.open_ticket(p_idempotency_key=key)
    other = alice.rpc("open_ticket", **{**TICKET, "p_subject": "Coś innego"}, p_idempotency_key=key)
    assert (other.status_code, other.json()["message"]) == (422, "idempotency_key_reused")


async def test_threat_30_two_agents_take_one_ticket_and_one_has_it(
    alice: Caller, stack: StackState, open_sessions: ExitStack
) -> None:
    agents = [hire(stack, sign_up(stack, open_sessions), "agent") for _ in range(2)]
    ticket_id = alice.open_ticket()["id"]
    statuses = await together(agents, lambda http: rpc(http, "take_ticket", p_ticket_id=ticket_id))
    won, lost = sorted(statuses)
    assert won == 200
    assert lost in {404, 409}, "it is no longer in the queue"


async def test_threat_30_of_many_who_saw_one_version_only_one_writes(
    alice: Caller, agent: Caller
) -> None:
    ticket_id = alice.open_ticket()["id"]
    ticket = agent.rpc("take_ticket", p_ticket_id=ticket_id).raise_for_status().json()
    change = {"p_ticket_id": ticket_id, "p_version": ticket["version"]}
    async with browser(agent) as http:
        answers = await asyncio.gather(
            *(
                rpc(http, "set_ticket_status", **change, p_status=status)
                for status in ("pending", "on_hold") * 4
            )
        )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["message"] == "stale_version"


async def test_threat_30_nobody_gets_beyond_their_capacity_by_being_quick(
    alice: Caller, agent: Caller, stack: StackState
) -> None:
    with psycopg.connect(stack.db_url) as db:
        db.execute("update public.staff_members set capacity_units = 2 where id = %s", [agent.id])
    ticket_ids = [alice.open_ticket()["id"] for _ in range(6)]
    async with browser(agent) as http:
        answers = await asyncio.gather(
            *(rpc(http, "take_ticket", p_ticket_id=ticket_id) for ticket_id in ticket_ids)
        )
    assert Counter(answer.status_code for answer in answers) == {200: 2, 409: 4}


async def test_threat_30_admins_who_dismiss_each_other_leave_one(
    stack: StackState, open_sessions: ExitStack
) -> None:
    admins = [hire(stack, sign_up(stack, open_sessions), "admin") for _ in range(3)]
    with no_other_admins(stack, admins):
        await asyncio.gather(
            *(dismiss(by, whom) for by, whom in zip(admins, [*admins[1:], admins[0]], strict=True))
        )
        [last] = active_admins(stack)
        answer = await dismiss(*(admin for admin in admins * 2 if admin.id == last))
    assert (answer.status_code, answer.json()["message"]) == (409, "last_admin")


async def dismiss(admin: Caller, victim: Caller) -> httpx.Response:
    async with browser(admin) as http:
        return await rpc(http, "revoke_staff_role", p_staff_id=str(victim.id))


def active_admins(stack: StackState) -> list[UUID]:
    with psycopg.connect(stack.db_url) as db:
        rows = db.execute("select id from public.staff_members where role = 'admin' and is_active")
        return [staff_id for (staff_id,) in rows]


@contextmanager
def no_other_admins(stack: StackState, ours: list[Caller]) -> Iterator[None]:
    """Sends the admins of the demo data on leave meanwhile."""
    others = list({*active_admins(stack)} - {admin.id for admin in ours})
    change = "update public.staff_members set is_active = %s, state = 'offline' where id = any (%s)"
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        db.execute(change, [False, others])
        yield
        db.execute(change, [True, others])


async def together(
    callers: Iterable[Caller], act: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
) -> list[int]:
    """The statuses of what all of them do at once."""

    async def one(caller: Caller) -> int:
        async with browser(caller) as http:
            answer: httpx.Response = await act(http)
            return answer.status_code

    return await asyncio.gather(*(one(caller) for caller in callers))


def browser(caller: Caller) -> httpx.AsyncClient:
    """The caller's session on connections that can be used at once."""
    return httpx.AsyncClient(base_url=caller.http.base_url, headers=caller.http.headers, timeout=20)


def rpc(http: httpx.AsyncClient, function: str, **arguments: Any) -> Awaitable[httpx.Response]:
    return http.post(f"/rest/v1/rpc/{function}", json=arguments)
