"""An agent's connection breaks in the middle of a chat."""

from scripts.play.scenes.stage import PATIENCE_SECONDS, Player, Stage, until, until_with
from scripts.play.story import Scene


async def rescued_chat(stage: Stage, scene: Scene) -> None:
    """Sure to be gone: a colleague has the chat. A blink of the network: nothing moves."""
    desk = await stage.desk("Rescue")
    manager = await stage.staff(desk, "Ewa Maj", "manager")
    team = [await stage.staff(desk, name) for name in ("Adam Ryba", "Beata Zając")]
    james = await stage.client(manager, "James Whitfield", "vip_gold", desk)
    ticket = await james.call(
        "open_ticket",
        subject="Tonight's massage",
        body="Could it be an hour later?",
        channel="chat",
        language="en",
    )
    first = await _holder(james, team, ticket["id"])
    await first.call("reply_to_ticket", ticket_id=ticket["id"], body="Let me look for you.")
    scene.tell(f"{first.name} has James (Gold) in a chat and has answered him.")

    await first.call("set_presence", state="offline")
    await first.call("set_presence", state="online")
    kept = (await james.ticket(ticket["id"]))["assignee_id"] == first.id
    scene.tell("The network blinks: offline and back at once. Nothing moves.")
    scene.check("a blink of the network moves no ticket", holds=kept)

    await first.call("set_presence", state="offline")
    second = next(agent for agent in team if agent is not first)
    seconds = await until_with(second, [ticket["id"]], "the colleague has the chat")
    scene.tell(f"Gone for good: after {seconds:.1f} s the chat is with {second.name}.")
    summary = await james.call("get_routing_summary", ticket_id=ticket["id"])
    scene.tell(f"What James may know: “{summary['text']}”")
    scene.check(
        "a chat of somebody who disappeared is with a colleague",
        holds=seconds < PATIENCE_SECONDS,
    )
    version = (await second.ticket(ticket["id"]))["version"]
    await second.call(
        "resolve_ticket", ticket_id=ticket["id"], resolution="Moved to 20:00.", version=version
    )


async def _holder(client: Player, team: list[Player], ticket_id: str) -> Player:
    by_id = {agent.id: agent for agent in team}

    async def is_assigned() -> bool:
        return (await client.ticket(ticket_id))["assignee_id"] is not None

    await until(is_assigned, "the chat is assigned")
    return by_id[(await client.ticket(ticket_id))["assignee_id"]]
