"""A Platinum client's chats: a promise of 30 seconds is kept, one broken on purpose, and mended."""

from datetime import datetime
from typing import Any

from scripts.play.scenes.stage import Player, Row, Stage, until, until_with
from scripts.play.story import Scene

PROMISE_SECONDS = 30
PATIENCE_SECONDS = 60
GESTURE_MINOR = 60_000
NOTICES = {
    "first_warning": "half of it has passed",
    "last_warning": "four fifths have passed",
    "breach": "broken, and told at that second",
}


async def broken_promise(stage: Stage, scene: Scene) -> None:
    """The kept one is a row, the broken one an alert that climbs until somebody takes it."""
    desk = await stage.desk("Platinum")
    manager = await stage.staff(desk, "Ewa Maj", "manager")
    keeper = await stage.staff(desk, "Anna Lis", "relationship_manager")
    await keeper.call("set_presence", state="online")
    agent = await stage.staff(desk, "Jan Kowalski")
    helena = await stage.client(manager, "Helena Zawadzka", "vip_platinum", desk)
    await manager.call(
        "set_client_team",
        client_id=helena.id,
        dedicated_agent_id=agent.id,
        deputy_agent_id=None,
        relationship_manager_id=keeper.id,
        reason="demo",
    )
    rule_id = await _watch(manager)
    await _kept(scene, agent, helena)
    ticket_id = await _broken(scene, manager, agent, helena)
    await _escalated(scene, manager, keeper, rule_id)
    await _mended(scene, manager, keeper, helena)
    version = (await manager.ticket(ticket_id))["version"]
    await manager.call(
        "assign_ticket", ticket_id=ticket_id, agent_id=agent.id, version=version, force=True
    )
    await agent.call(
        "reply_to_ticket",
        ticket_id=ticket_id,
        body="Dzień dobry, przepraszam za zwłokę. Już się tym zajmuję.",
    )


async def _watch(manager: Player) -> str:
    """The id of a rule of this desk alone: stricter than the house's, so the evening is short."""
    made = await manager.call(
        "create_performance_alert",
        rule={
            "metric": "vip_response_time",
            "threshold": PROMISE_SECONDS,
            "severity": "high",
            "action": "escalate_to_vip_manager",
            "escalation": [{"after_seconds": 2, "to": "managers"}],
        },
    )
    return str(made["id"])


async def _kept(scene: Scene, agent: Player, helena: Player) -> None:
    chat = await _chat(helena, "Czy jutro o 10:00 jest jeszcze wolny gabinet?")
    await until_with(agent, [chat["id"]], "the chat is with the dedicated agent")
    await agent.call(
        "reply_to_ticket",
        ticket_id=chat["id"],
        body="Dzień dobry, gabinet jest wolny i czeka jutro o 10:00.",
    )
    promise = await _promise(agent, chat["id"])
    seconds = _seconds(promise["started_at"], promise["met_at"])
    scene.tell(f"Helena (Platinum) opens a chat: Jan answers after {seconds:.1f} of 30 seconds.")
    scene.check(
        "a Platinum chat is answered within 30 seconds",
        holds=promise["state"] == "met",
        first=promise["state"],
    )
    version = (await agent.ticket(chat["id"]))["version"]
    await agent.call(
        "resolve_ticket", ticket_id=chat["id"], resolution="Jutro o 10:00.", version=version
    )


async def _broken(scene: Scene, manager: Player, agent: Player, helena: Player) -> str:
    chat = await _chat(helena, "A czy mogę przyjść z siostrą?")
    await until_with(agent, [chat["id"]], "the second chat is with the dedicated agent")
    scene.tell("She writes again. On purpose nobody says anything, whoever is offered it.")

    async def is_broken() -> bool:
        return bool((await _promise(manager, chat["id"]))["state"] == "breached")

    await until(is_broken, "the promise is broken", PATIENCE_SECONDS)
    promise = await _promise(manager, chat["id"])
    for notice in promise["notices"]:
        after = _seconds(promise["started_at"], notice["noticed_at"])
        scene.tell(f"After {after:.1f} s: {NOTICES[notice['kind']]}.")
    late = _seconds(promise["due_at"], promise["notices"][-1]["noticed_at"])
    scene.check(
        "a broken promise is told within a second of its due time",
        holds=len(promise["notices"]) == len(NOTICES) and 0 <= late < 1,
        first=f"{late:.2f} s",
    )
    return str(chat["id"])


async def _escalated(scene: Scene, manager: Player, keeper: Player, rule_id: str) -> None:
    alert: dict[str, Any] = {}

    async def has_climbed() -> bool:
        query = manager.api.table("alerts").select("*").eq("rule_id", rule_id)
        rows: Any = (await query.execute()).data
        alert.update(rows[0] if rows else {})
        return bool(alert and alert["steps_taken"])

    await until(has_climbed, "the alert has climbed a step", PATIENCE_SECONDS)
    told = await keeper.api.table("notifications").select("id").eq("kind", "alert_raised").execute()
    scene.tell("An alert to those in charge of VIP clients, two seconds later to every manager.")
    scene.check("who keeps VIP clients hears of the alert", holds=bool(told.data))
    seen = await manager.call("acknowledge_alert", alert_id=alert["id"])
    scene.tell("Ewa takes it: it climbs no further.")
    scene.check("an alert somebody took climbs no further", holds=seen["state"] == "acknowledged")


async def _mended(scene: Scene, manager: Player, keeper: Player, helena: Player) -> None:
    """The recovery case: an owner within minutes, a gesture within a budget, the root cause."""
    case: dict[str, Any] = {}

    async def is_given() -> bool:
        found = [
            one
            for one in await keeper.call("get_recovery_cases")
            if one["client_id"] == helena.id and one["owner_id"] == keeper.id
        ]
        case.update(found[0] if found else {})
        return bool(found)

    seconds = await until(is_given, "the relationship manager owns the recovery case")
    scene.tell(f"A recovery case: after {seconds:.1f} s it is Anna's, her relationship manager's.")
    await keeper.call("take_recovery_case", case_id=case["id"])
    read = await keeper.call(
        "add_recovery_gesture",
        case_id=case["id"],
        kind="free_treatment",
        amount_minor=GESTURE_MINOR,
        description="Masaż twarzy",
    )
    gesture = read["gestures"][-1]
    scene.tell(f"Anna offers a treatment worth {GESTURE_MINOR // 100} zł, beyond her budget,")
    scene.check(
        "what is beyond the budget waits for somebody with a larger one",
        holds=gesture["state"] == "waiting",
        first=gesture["state"],
    )
    await manager.call("approve_recovery_gesture", gesture_id=gesture["id"], reason="Słusznie")
    solved = await keeper.call(
        "resolve_recovery_case",
        case_id=case["id"],
        cause="late_answer",
        resolution="Przeprosiny i masaż twarzy.",
    )
    scene.tell("Ewa approves it; the case is resolved with its root cause: answered too late.")
    scene.check("a recovery case ends with its cause", holds=solved["state"] == "resolved")


async def _chat(helena: Player, body: str) -> Row:
    chat: Row = await helena.call(
        "open_ticket", subject="Wizyta", body=body, channel="chat", language="pl"
    )
    return chat


async def _promise(staff: Player, ticket_id: str) -> Row:
    """The first answer that is owed, or was."""
    read = await staff.call("get_promises", ticket_id=ticket_id)
    found: Row = next(each for each in read["promises"] if each["kind"] == "first_response")
    return found


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
