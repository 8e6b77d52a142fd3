"""Saved replies with actions: what can be saved, what is said, what is done, and by whom."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_desk, a_manager, a_ticket, an_admin, an_agent
from tests.support.calling import call, refusal, rows

SAVE: LiteralString = "save_macro(p_title => %s, p_body => %s, p_actions => %s)"
APPLY: LiteralString = "apply_macro(%s, %s, %s)"
POLITE = "Dzień dobry, {{client_name}}! Sprawa {{ticket_number}}: {{ subject }}. {{agent_name}}"


class Desk:
    """One client, an agent with a ticket, a colleague and a manager."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.desk_id = a_desk(db)
        self.client = a_client(db, desk_id=self.desk_id, name="Zofia Wrońska")
        self.agent = an_agent(db, desk_id=self.desk_id, name="Jan Kowalski")
        self.colleague = an_agent(db, desk_id=self.desk_id)
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.admin = an_admin(db)
        self.ticket = a_ticket(
            db,
            self.client,
            desk_id=self.desk_id,
            assignee_id=self.agent,
            subject="Zgubiony pierścionek",
        )

    def macro(self, actions: list[dict[str, Any]], body: str | None = None) -> UUID:
        return UUID(call(self.db, self.agent, SAVE, "Makro", body, Jsonb(actions))["id"])

    def apply(self, macro_id: UUID, version: int = 1, person: UUID | None = None) -> Any:
        return call(self.db, person or self.agent, APPLY, macro_id, self.ticket, version)

    def state(self) -> Any:
        return self.db.execute(
            "select status, priority, category, assignee_id, version, resolution"
            " from public.support_tickets where id = %s",
            [self.ticket],
        ).fetchone()

    def messages(self) -> list[tuple[str, bool]]:
        return self.db.execute(
            "select body, is_internal from public.ticket_messages where ticket_id = %s"
            " order by created_at",
            [self.ticket],
        ).fetchall()


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


# -- Saving ----------------------------------------------------------------------------------------

GOOD_ACTIONS: list[dict[str, Any]] = [
    {"reply": None},
    {"note": "{{client_name}} prosi o {{subject}}"},
    {"set_status": "pending"},
    {"set_priority": "high"},
    {"set_category": "billing"},
    {"assign_to": "queue"},
    {"assign_to": "00000000-0000-4000-8000-00000000000a"},
    {"snooze_hours": 24},
    {"add_follower": "me"},
    {"resolve": "Oddzwoniono"},
]
BAD_ACTIONS: tuple[tuple[Any, str], ...] = (
    ({}, "actions: a list of at most ten."),
    ([{"reply": "x"}] * 11, "actions: a list of at most ten."),
    (["reply"], "actions[0]: an object with one key, the action."),
    ([{}], "actions[0]: an object with one key, the action."),
    ([{"reply": "x", "note": "y"}], "actions[0]: an object with one key, the action."),
    ([{"reply": "x"}, {"teleport": 1}], "actions[1].teleport: unknown; one of reply"),
    ([{"REPLY": "x"}], "actions[0].REPLY: unknown; one of reply"),
    ([{"reply": None}], "actions[0].reply: a text, or a body of the macro."),
    ([{"reply": 7}], "actions[0].reply: a text."),
    ([{"reply": {"body": "x"}}], "actions[0].reply: a text."),
    ([{"note": ""}], "actions[0].note: text of at most 5000 characters."),
    ([{"note": "a\x07"}], "actions[0].note: text of at most 5000 characters."),
    ([{"resolve": None}], "actions[0].resolve: a text."),
    ([{"reply": "{{password}}"}], "actions[0].reply: {{password}} is no variable"),
    ([{"reply": "{{client_name}"}], "actions[0].reply: {{client_name} is no variable"),
    ([{"reply": "{{ {{subject}} }}"}], "actions[0].reply: {{  }} is no variable"),
    ([{"set_status": "closed"}], "actions[0].set_status: one of assigned, pending, on_hold."),
    ([{"set_priority": None}], "actions[0].set_priority: one of low, normal, high, urgent."),
    ([{"set_category": "astrology"}], "actions[0].set_category: a category of this house."),
    ([{"assign_to": "'; drop"}], "actions[0].assign_to: me, queue, or the id of an agent."),
    ([{"snooze_hours": 0}], "actions[0].snooze_hours: whole hours, 1 to 720."),
    ([{"snooze_hours": 1.5}], "actions[0].snooze_hours: whole hours, 1 to 720."),
    ([{"snooze_hours": "1"}], "actions[0].snooze_hours: whole hours, 1 to 720."),
    ([{"add_follower": True}], "actions[0].add_follower: me, or the id of a colleague."),
)


def test_every_action_of_the_grammar_can_be_saved(desk: Desk) -> None:
    saved = call(desk.db, desk.agent, SAVE, "Makro", POLITE, Jsonb(GOOD_ACTIONS))
    assert saved["actions"] == GOOD_ACTIONS
    assert (saved["owner_id"], saved["version"]) == (str(desk.agent), 1)


@pytest.mark.parametrize(("actions", "hint"), BAD_ACTIONS)
def test_what_is_wrong_is_told_with_its_place(desk: Desk, actions: Any, hint: str) -> None:
    told = refusal(desk.db, desk.agent, SAVE, "Makro", None, Jsonb(actions))
    assert told[:2] == ("PT422", "actions_malformed")
    assert told[2].startswith(hint)


@pytest.mark.parametrize(
    ("title", "body", "message"),
    [
        (None, "x", "title_required"),
        ("t" * 81, "x", "title_too_long"),
        ("Makro", "{{agent}}", "body_malformed"),
        ("Makro", "x" * 5001, "body_malformed"),
        ("Makro", None, "macro_is_empty"),
    ],
)
def test_a_macro_says_something_sound(
    desk: Desk, title: str | None, body: str | None, message: str
) -> None:
    assert refusal(desk.db, desk.agent, SAVE, title, body, Jsonb([]))[1] == message


def test_a_macro_is_replaced_by_whoever_saw_its_last_version(desk: Desk) -> None:
    macro_id = desk.macro([], "Stary")
    change: LiteralString = "save_macro('Nowy', 'x', p_macro_id => %s, p_version => %s)"
    assert call(desk.db, desk.agent, change, macro_id, 1)["version"] == 2
    assert refusal(desk.db, desk.agent, change, macro_id, 1)[:2] == ("PT409", "stale_version")
    gone = "delete_macro(%s, 2)"
    assert call(desk.db, desk.agent, gone, macro_id) == {"macro_id": str(macro_id)}
    assert refusal(desk.db, desk.agent, gone, macro_id)[1] == "macro_not_found"


def test_shared_ones_are_kept_by_managers(desk: Desk) -> None:
    shared: LiteralString = "save_macro('D', 'x', p_scope => 'desk', p_desk_id => %s)"
    house: LiteralString = "save_macro('H', 'x', p_scope => 'house')"
    assert refusal(desk.db, desk.agent, shared, desk.desk_id)[:2] == ("PT403", "manager_required")
    assert refusal(desk.db, desk.manager, shared, uuid4())[:2] == ("PT404", "desk_not_found")
    assert refusal(desk.db, desk.manager, house)[:2] == ("PT403", "admin_required")
    macro = call(desk.db, desk.manager, shared, desk.desk_id)
    assert call(desk.db, desk.admin, house)["owner_id"] is None
    remove: LiteralString = "delete_macro(%s, 1)"
    assert refusal(desk.db, desk.agent, remove, macro["id"])[:2] == ("PT403", "manager_required")
    assert call(desk.db, desk.manager, remove, macro["id"])


def test_everybody_lists_their_own_and_the_shared(desk: Desk) -> None:
    outsider = an_agent(desk.db, desk_id=a_desk(desk.db))
    call(desk.db, desk.agent, "save_macro('own', 'x')")
    call(
        desk.db,
        desk.manager,
        "save_macro('desk', 'x', p_scope => 'desk', p_desk_id => %s)",
        desk.desk_id,
    )
    call(desk.db, desk.admin, "save_macro('house', 'x', p_scope => 'house')")
    titles = {
        name: {title for (title,) in rows(desk.db, person, "select title from public.macros")}
        for name, person in {
            "agent": desk.agent,
            "colleague": desk.colleague,
            "outsider": outsider,
            "client": desk.client,
        }.items()
    }
    assert titles["agent"] == {"own", "desk", "house"}
    assert titles["colleague"] == {"desk", "house"}
    assert titles["outsider"] == {"house"}
    assert titles["client"] == set()


# -- Saying ----------------------------------------------------------------------------------------


def test_a_preview_fills_in_the_variables_and_changes_nothing(desk: Desk) -> None:
    macro_id = desk.macro([{"reply": None}, {"snooze_hours": 5}], POLITE)
    seen = call(desk.db, desk.agent, "preview_macro(%s, %s)", macro_id, desk.ticket)
    number = desk.db.execute(
        "select number from public.support_tickets where id = %s", [desk.ticket]
    ).fetchone()
    assert number
    text = f"Dzień dobry, Zofia Wrońska! Sprawa {number[0]}: Zgubiony pierścionek. Jan Kowalski"
    assert seen["body"] == text
    assert seen["actions"] == [
        {"action": "reply", "argument": text},
        {"action": "snooze_hours", "argument": 5},
    ]
    assert desk.messages() == []


@pytest.mark.parametrize(
    "name",
    [
        "{{subject}}",
        "{{client_name}}",
        r"\1 \& $1 \\",
        "%s %(x)s {0}",
        "'; drop table public.macros; --",
        "</script>{{",
        "Żółć\u202e 💆",
    ],
)
def test_a_name_is_never_read_as_a_template(desk: Desk, name: str) -> None:
    desk.db.execute(
        "update public.profiles set display_name = %s where id = %s", [name, desk.client]
    )
    desk.db.execute(
        "update public.support_tickets set subject = '{{agent_name}}' where id = %s", [desk.ticket]
    )
    macro_id = desk.macro([{"note": None}], "A {{client_name}} B {{subject}} C {{client_name}}")
    desk.apply(macro_id, 2)
    assert desk.messages() == [(f"A {name} B {{{{agent_name}}}} C {name}", True)]


# -- Doing -----------------------------------------------------------------------------------------


def test_all_actions_are_done_in_order_through_the_doors(desk: Desk) -> None:
    macro_id = desk.macro(
        [
            {"reply": "Sprawdzimy."},
            {"note": "Czekamy na kuriera."},
            {"set_priority": "high"},
            {"set_category": "product"},
            {"add_follower": str(desk.colleague)},
            {"set_status": "pending"},
        ]
    )
    answer = desk.apply(macro_id)
    state = desk.state()
    assert state[:4] == ("pending", "high", "product", desk.agent)
    assert desk.messages() == [("Sprawdzimy.", False), ("Czekamy na kuriera.", True)]
    assert answer["ticket"]["version"] == state[4]
    assert [step["action"] for step in answer["actions"]][:2] == ["reply", "note"]
    assert rows(desk.db, desk.colleague, "select id from public.support_tickets") == [
        (desk.ticket,)
    ]
    uses = rows(desk.db, desk.agent, "select staff_id, macro_version from public.macro_uses")
    assert uses == [(desk.agent, 1)]


def test_a_macro_resolves_snoozes_and_gives_away(desk: Desk) -> None:
    assert desk.apply(desk.macro([{"snooze_hours": 24}]))["ticket"]["snoozed_until"]
    version = desk.state()[4]
    answer = desk.apply(desk.macro([{"assign_to": str(desk.colleague)}]), version)
    assert answer["ticket"] is None
    assert desk.state()[3] == desk.colleague
    shared = call(
        desk.db,
        desk.manager,
        "save_macro('K', p_actions => %s, p_scope => 'desk', p_desk_id => %s)",
        Jsonb([{"resolve": "Gotowe, {{client_name}}"}]),
        desk.desk_id,
    )
    desk.apply(UUID(shared["id"]), desk.state()[4], desk.colleague)
    assert desk.state()[0] == "resolved"
    assert desk.state()[5] == "Gotowe, Zofia Wrońska"


def test_one_refusal_undoes_all_and_names_the_step(desk: Desk) -> None:
    before = desk.state()
    macro_id = desk.macro(
        [{"reply": "Zaraz"}, {"set_priority": "low"}, {"assign_to": str(desk.manager)}]
    )
    told = refusal(desk.db, desk.agent, APPLY, macro_id, desk.ticket, 1)
    assert told[:2] == ("PT404", "agent_not_found")
    assert told[2].startswith("actions[2].assign_to: ")
    assert desk.state() == before
    assert desk.messages() == []
    assert rows(desk.db, desk.agent, "select 1 from public.macro_uses") == []


def test_the_callers_rights_decide_each_step(desk: Desk) -> None:
    shared = call(
        desk.db,
        desk.manager,
        "save_macro('K', p_actions => %s, p_scope => 'desk', p_desk_id => %s)",
        Jsonb([{"note": "n"}, {"resolve": "x"}]),
        desk.desk_id,
    )
    waiting = a_ticket(desk.db, desk.client, desk_id=desk.desk_id)
    told = refusal(desk.db, desk.colleague, APPLY, shared["id"], waiting, 1)
    assert told[:2] == ("PT403", "not_yours_to_change")
    assert told[2].startswith("actions[1].resolve: ")
    assert call(desk.db, desk.manager, APPLY, shared["id"], waiting, 1)


def test_a_stale_version_and_a_text_alone_are_refused(desk: Desk) -> None:
    macro_id = desk.macro([{"reply": "x"}])
    assert refusal(desk.db, desk.agent, APPLY, macro_id, desk.ticket, 7)[1] == "stale_version"
    assert refusal(desk.db, desk.agent, APPLY, macro_id, desk.ticket, None)[1] == "version_required"
    text = desk.macro([], "Tylko tekst")
    told = refusal(desk.db, desk.agent, APPLY, text, desk.ticket, 1)
    assert told[:2] == ("PT422", "macro_without_actions")


def test_macros_of_others_and_switched_off_ones_are_not_there(desk: Desk) -> None:
    own = desk.macro([{"reply": "x"}])
    asked = (own, desk.ticket, 1)
    assert refusal(desk.db, desk.manager, APPLY, *asked)[:2] == ("PT404", "macro_not_found")
    assert refusal(desk.db, desk.manager, "delete_macro(%s, 1)", own)[1] == "macro_not_found"
    desk.db.execute("update public.macros set is_active = false where id = %s", [own])
    assert refusal(desk.db, desk.agent, APPLY, *asked)[1] == "macro_not_found"


def test_the_same_key_applies_it_once(desk: Desk) -> None:
    macro_id = desk.macro([{"reply": "Raz"}, {"assign_to": str(desk.colleague)}])
    keyed: LiteralString = "apply_macro(%s, %s, 1, 'klik')"
    first = call(desk.db, desk.agent, keyed, macro_id, desk.ticket)
    assert call(desk.db, desk.agent, keyed, macro_id, desk.ticket) == first
    assert len(desk.messages()) == 1
