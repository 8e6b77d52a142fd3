"""Two clients have their birthday; one of them agreed to hear from the house."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scripts.play.scenes.stage import Player, Row, Stage, until
from scripts.play.story import Scene

WARSAW = ZoneInfo("Europe/Warsaw")
# Wishes are sent from nine in the morning on: before that it is still yesterday's birthday.
MORNING = timedelta(hours=9)


async def kept_birthday(stage: Stage, scene: Scene) -> None:
    """For the one who agreed her agent gets a task; the other one is left in peace."""
    desk = await stage.desk("Birthday")
    manager = await stage.staff(desk, "Ewa Maj", "manager")
    agent = await stage.staff(desk, "Jan Kowalski")
    zofia = await stage.client(manager, "Zofia Wiśniewska", "vip_gold", desk)
    adam = await stage.client(manager, "Adam Lis", "premium", desk)
    await manager.call(
        "set_client_team",
        client_id=zofia.id,
        dedicated_agent_id=agent.id,
        deputy_agent_id=None,
        relationship_manager_id=None,
        reason="demo",
    )
    await zofia.call(
        "give_consent",
        client_id=zofia.id,
        purpose="marketing",
        channel="in_app",
        wording_version="v1",
    )
    born_on = (datetime.now(UTC) - MORNING).astimezone(WARSAW).date().replace(year=1984)
    for client in (zofia, adam):
        await client.call(
            "set_client_details", client_id=client.id, details={"birth_on": born_on.isoformat()}
        )
    await _celebrated(scene, agent, zofia)
    await _left_in_peace(scene, manager, adam)


async def _celebrated(scene: Scene, agent: Player, zofia: Player) -> None:
    task: dict[str, Any] = {}

    async def is_opened() -> bool:
        tasks = await agent.call("get_outreach_tasks")
        task.update(next((one for one in tasks if one["client_id"] == zofia.id), {}))
        return bool(task)

    await until(is_opened, "the agent has the birthday among the tasks")
    moment = datetime.fromisoformat(task["due_at"]).astimezone(WARSAW)
    scene.tell("Zofia (Gold) has her birthday and agreed to be wished well: Jan has a task,")
    scene.tell(f"not before {moment:%A %H:%M}: evenings, Sundays and holidays are quiet.")
    scene.check("a VIP client's birthday is a task of her own agent", holds=bool(task))
    done = await agent.call(
        "complete_outreach_task",
        task_id=task["id"],
        outcome="reached",
        note="Życzenia i ulubiona herbata.",
    )
    scene.check("a task is done once it says what came of it", holds=done["state"] == "done")


async def _left_in_peace(scene: Scene, manager: Player, adam: Player) -> None:
    outreach: dict[str, Any] = {}

    async def is_judged() -> bool:
        rows: Any = (
            await manager.api.table("outreach").select("*").eq("client_id", adam.id).execute()
        ).data
        found: list[Row] = rows
        outreach.update(found[0] if found else {})
        return bool(outreach) and outreach["state"] != "queued"

    await until(is_judged, "the gate has judged the other birthday")
    scene.tell(f"Adam has never agreed to anything: {outreach['state']}, {outreach['reason']}.")
    scene.check(
        "nobody is contacted without a consent",
        holds=(outreach["state"], outreach["reason"]) == ("suppressed", "no_consent"),
        first=outreach["reason"],
    )
