"""A Platinum client's transfer whose chauffeurs let the house down."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.play.scenes.stage import Player, Row, Stage, until
from scripts.play.story import Scene

CHAUFFEURS = ("Srebrna Limuzyna", "Wilanów Car")


async def failed_transfer(stage: Stage, scene: Scene) -> None:
    """The first says no, the second yes and then no: what was done is undone, step by step."""
    desk = await stage.desk("Transfer")
    manager = await stage.staff(desk, "Ewa Maj", "manager")
    agent = await stage.staff(desk, "Jan Kowalski")
    zofia = await stage.client(manager, "Zofia Wiśniewska", "vip_platinum", desk)
    partners = [await _hire(manager, name, rank) for rank, name in enumerate(CHAUFFEURS, 1)]
    try:
        service = await zofia.call(
            "activate_white_glove_service",
            client_id=zofia.id,
            service_type="transfer",
            scheduled_at=(datetime.now(UTC) + timedelta(days=1)).isoformat(),
        )
        scene.tell(f"Zofia (Platinum) asks for a transfer: the service is {service['status']}.")
        await _complete(agent, service["id"], "route")
        await _answer(scene, agent, service["id"], CHAUFFEURS[0], accepts=False)
        await _answer(scene, agent, service["id"], CHAUFFEURS[1], accepts=True)
        await _reaches(agent, service["id"], "waiting_client")
        await zofia.call("confirm_white_glove_service", service_id=service["id"])
        await _reaches(agent, service["id"], "confirmed")
        scene.tell("Zofia confirms: a car at her door tomorrow.")
        await _let_down(scene, manager, agent, zofia, service["id"])
    finally:
        for partner in partners:
            await _retire(manager, partner)


async def _let_down(
    scene: Scene, manager: Player, agent: Player, zofia: Player, service_id: str
) -> None:
    await _answer(scene, agent, service_id, CHAUFFEURS[1], accepts=False)
    await _reaches(agent, service_id, "recovery")
    told = await _told(manager, "white_glove_recovery")
    scene.tell("Nobody is left to ask: the service is in recovery, Ewa hears of it at once.")
    scene.check("a manager hears that a service failed", holds=told)
    await _complete(agent, service_id, "route")
    await _reaches(zofia, service_id, "cancelled")
    read = await agent.call("get_white_glove_service", service_id=service_id)
    undone = [step["step_key"] for step in read["steps"] if step["state"] == "compensated"]
    scene.tell(f"Undone, the last step first: {', '.join(undone)}. Zofia is told.")
    scene.check("what was done for a failed service is undone", holds=undone == ["route"])
    told = await _told(zofia, "white_glove_cancelled")
    scene.check("the client hears that the service is off", holds=told)


async def _hire(manager: Player, name: str, rank: int) -> Row:
    partner: Row = await manager.call("save_partner", name=name, kind="chauffeur", rank=rank)
    return partner


async def _retire(manager: Player, partner: Row) -> None:
    await manager.call(
        "save_partner",
        name=partner["name"],
        kind="chauffeur",
        is_active=False,
        partner_id=partner["id"],
        reason="demo",
    )


async def _complete(agent: Player, service_id: str, key: str) -> None:
    """The agent does the task, or undoes it, as soon as it is theirs."""
    step: dict[str, Any] = {}

    async def is_theirs() -> bool:
        read = await agent.call("get_white_glove_service", service_id=service_id)
        step.update(next(each for each in read["steps"] if each["step_key"] == key))
        return step["state"] in {"ready", "compensating"} and bool(step["owner_id"])

    await until(is_theirs, f"the step {key} is somebody's")
    await agent.call("complete_white_glove_step", step_id=step["id"])


async def _answer(
    scene: Scene, agent: Player, service_id: str, partner: str, *, accepts: bool
) -> None:
    """The agent takes down what this partner says."""
    request: dict[str, Any] = {}

    async def is_asked() -> bool:
        read = await agent.call("get_white_glove_service", service_id=service_id)
        request.update(read["partner_requests"][-1] if read["partner_requests"] else {})
        return request.get("partner_name") == partner and request["state"] in {"asked", "accepted"}

    await until(is_asked, f"{partner} is asked")
    await agent.call("answer_partner_request", request_id=request["id"], is_accepted=accepts)
    scene.tell(f"{partner} says {'yes' if accepts else 'no'}.")


async def _reaches(player: Player, service_id: str, status: str) -> None:
    async def is_there() -> bool:
        read = await player.call("get_white_glove_service", service_id=service_id)
        return bool(read["status"] == status)

    await until(is_there, f"the transfer is {status}")


async def _told(player: Player, kind: str) -> bool:
    """Whether this person has such a notice."""
    rows = (await player.api.table("notifications").select("id").eq("kind", kind).execute()).data
    return bool(rows)
