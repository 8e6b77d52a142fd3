"""A Platinum client writes from an address nobody knows."""

from typing import Any

from scripts.play.scenes.stage import Player, Stage, until_with
from scripts.play.story import Scene

NAME = "Zofia Wiśniewska"


async def merged_client(stage: Stage, scene: Scene) -> None:
    """Priority at once, certainty by a person, then one record; all of it can be undone."""
    desk = await stage.desk("Identity")
    manager = await stage.staff(desk, "Ewa Maj", "manager")
    agent = await stage.staff(desk, "Jan Kowalski")
    zofia = await stage.client(manager, NAME, "vip_platinum", desk)

    address = zofia.email.replace("@scene", "@praca")
    letter = await stage.service(
        "receive_message",
        channel="email",
        address=address,
        display_name=NAME,
        language="pl",
        subject="Piątek",
        body="Czy zdążę jeszcze przełożyć piątek?",
    )
    scene.tell(
        f"An e-mail from {address}: certainty “{letter['certainty']}”, tier {letter['tier']}."
    )
    scene.check(
        "an uncertain match keeps the VIP priority",
        holds=letter["tier"] == "vip_platinum",
        first=letter["tier"],
    )
    await until_with(agent, [letter["ticket_id"]], "the e-mail is assigned")

    await manager.call(
        "confirm_identity", check_id=letter["check_id"], client_id=zofia.id, reason="Zadzwoniłam"
    )
    hers = await zofia.ticket(letter["ticket_id"])
    scene.tell("Ewa rings her and confirms: Zofia sees the e-mail among her own tickets.")
    scene.check("after the merge the client sees the conversation", holds=bool(hers))
    await _merge_tickets(scene, zofia, manager, agent, letter["ticket_id"])


async def _merge_tickets(
    scene: Scene, zofia: Player, manager: Player, agent: Player, kept_id: str
) -> None:
    chat = await zofia.call(
        "open_ticket",
        subject="Piątek",
        body="Piszę też tutaj, w sprawie piątku.",
        channel="chat",
        language="pl",
    )
    await until_with(agent, [chat["id"]], "the chat is assigned")
    version = (await manager.ticket(chat["id"]))["version"]
    await manager.call(
        "merge_tickets",
        ticket_id=chat["id"],
        into_ticket_id=kept_id,
        version=version,
        reason="To samo pytanie",
    )
    whole: Any = await agent.call("get_ticket", ticket_id=kept_id)
    scene.tell(f"Her chat about the same is merged: one conversation of {len(whole['messages'])}.")
    scene.check(
        "a merged ticket's messages stand in the kept one",
        holds=len(whole["messages"]) == 2,
        first=len(whole["messages"]),
    )
    await manager.call("undo_ticket_merge", ticket_id=chat["id"], reason="Jednak dwie sprawy")

    seconds = await until_with(agent, [chat["id"]], "the chat stands for itself again")
    scene.tell(f"Undone: after {seconds:.2f} s the chat is a ticket of its own with Jan again.")
    for ticket_id in (kept_id, chat["id"]):
        version = (await manager.ticket(ticket_id))["version"]
        await manager.call(
            "resolve_ticket", ticket_id=ticket_id, resolution="Przełożone.", version=version
        )
