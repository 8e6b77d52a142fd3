"""A small house with one of everybody, for tests of who may see and do what."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from tests.factories import (
    a_client,
    a_desk,
    a_message,
    a_person,
    a_staff_member,
    a_ticket,
    a_vip_profile,
)
from tests.support.acting import acting_as

STAFF = {
    "agent": "agent",
    "colleague": "concierge",
    "auditor": "quality_auditor",
    "executive": "executive",
    "manager": "manager",
    "admin": "admin",
}
CLIENTS = ("client", "other_client")
ELSEWHERE = ("outsider", "other_manager")
GONE = ("revoked", "banned")
EVERYBODY = ("visitor", "stranger", *CLIENTS, *STAFF, *ELSEWHERE, *GONE, "service")


@dataclass(frozen=True)
class House:
    """Two desks, their people and tickets by name; `visitor` has no account, `service` no person.

    `agent` has `held` (with a note), `on_hold` and `solved` of `client`; `waiting` waits at their
    desk. `colleague` has `busy` and `left_behind` is of somebody who left, both of `other_client`.
    `far` waits at the other desk, where `outsider` and `other_manager` work.
    """

    people: dict[str, UUID]
    tickets: dict[str, UUID]
    desks: dict[str, UUID]

    def act(self, db: psycopg.Connection, name: str) -> Any:
        """Acting as this person, with the role the API would give them."""
        if name == "visitor":
            return acting_as(db, "anon")
        if name == "service":
            return acting_as(db, "service_role")
        return acting_as(db, "authenticated", self.people[name])

    @property
    def names(self) -> dict[str, Any]:
        """Every id by the name statements use: %(client)s, %(held)s, %(far_desk)s."""
        return self.people | self.tickets | {f"{k}_desk": v for k, v in self.desks.items()}

    def name_of(self, row_id: object) -> str:
        """The name of a row of this house, or the value itself."""
        return next((name for name, value in self.names.items() if value == row_id), str(row_id))


def a_house(db: psycopg.Connection) -> House:
    """Everybody at work, one ticket in each relation to the agent."""
    near, far = a_desk(db), a_desk(db)
    people = {
        "stranger": a_person(db),
        "client": a_client(db, "vip_gold", desk_id=near),
        "other_client": a_client(db, desk_id=near),
    }
    for name, role in STAFF.items():
        people[name] = a_staff_member(db, role, desk_id=near, name=name)
    people["outsider"] = a_staff_member(db, "agent", desk_id=far)
    people["other_manager"] = a_staff_member(db, "manager", desk_id=far)
    people["revoked"] = a_staff_member(db, "manager", desk_id=near, is_active=False)
    people["banned"] = a_staff_member(db, "admin", desk_id=near)
    db.execute(
        "update auth.users set banned_until = now() + interval '1 day' where id = %s",
        [people["banned"]],
    )
    a_vip_profile(db, people["client"], dedicated_agent_id=people["agent"])
    return House(people, _tickets(db, people, near, far), {"near": near, "far": far})


def _tickets(
    db: psycopg.Connection, people: dict[str, UUID], near: UUID, far: UUID
) -> dict[str, UUID]:
    client, other, agent = people["client"], people["other_client"], people["agent"]
    tickets = {
        "waiting": a_ticket(db, client, desk_id=near),
        "held": a_ticket(db, client, assignee_id=agent, desk_id=near),
        "on_hold": a_ticket(db, client, assignee_id=agent, status="on_hold", desk_id=near),
        "solved": a_ticket(db, client, assignee_id=agent, status="resolved", desk_id=near),
        "busy": a_ticket(db, other, assignee_id=people["colleague"], desk_id=near),
        "left_behind": a_ticket(db, other, assignee_id=people["revoked"], desk_id=near),
        "far": a_ticket(db, other, desk_id=far),
    }
    for ticket_id in tickets.values():
        a_message(db, ticket_id, client if ticket_id in list(tickets.values())[:4] else other)
    a_message(db, tickets["held"], agent, "Stała klientka", author_kind="agent", is_internal=True)
    return tickets
