"""A Platinum client chats while everybody is full of e-mail."""

import asyncio

from scripts.play.scenes.stage import Player, Stage, until_with
from scripts.play.story import Scene

EMAILS = ("Faktura za marzec", "Godziny otwarcia", "Karnet dla siostry")


async def preempted_email(stage: Stage, scene: Scene) -> None:
    """The least urgent e-mails make room, and come back when the chat is solved."""
    desk = await stage.desk("Pre-emption")
    manager = await stage.staff(desk, "Ewa Maj", "manager")
    marta = await stage.staff(desk, "Marta Flis", capacity=len(EMAILS))
    piotr = await stage.client(manager, "Piotr Mazur", "standard", desk)
    zofia = await stage.client(manager, "Zofia Lis", "vip_platinum", desk)

    emails = [await _open(piotr, subject, "email") for subject in EMAILS]
    await until_with(marta, emails, "Marta has all e-mails")
    scene.tell(f"Marta has room for {len(EMAILS)} units and works on {len(EMAILS)} e-mails.")

    chat = await _open(zofia, "Jestem przed wejściem", "chat")
    seconds = await until_with(marta, [chat], "Marta has the chat")
    returned = [
        ticket_id for ticket_id in emails if not (await marta.ticket(ticket_id))["assignee_id"]
    ]
    scene.tell(
        f"Zofia (Platinum) chats: after {seconds:.2f} s Marta has her, "
        f"and {len(returned)} e-mails wait for a moment."
    )
    scene.check(
        "a Platinum chat took the room of two e-mails",
        holds=len(returned) == 2,
        first=f"{len(returned)} returned",
    )

    await marta.call("reply_to_ticket", ticket_id=chat, body="Już otwieram, zapraszam.")
    version = (await marta.ticket(chat))["version"]
    await marta.call("resolve_ticket", ticket_id=chat, resolution="Otwarte.", version=version)
    seconds = await until_with(marta, emails, "Marta has the e-mails again")
    scene.tell(f"The chat is solved: after {seconds:.2f} s the e-mails are with Marta again.")
    await asyncio.gather(*(_solve(marta, ticket_id) for ticket_id in emails))


async def _open(client: Player, subject: str, channel: str) -> str:
    """The new ticket's id."""
    ticket = await client.call(
        "open_ticket",
        subject=subject,
        body=f"{subject}.",
        channel=channel,
        language="pl",
        category="general",
    )
    return str(ticket["id"])


async def _solve(agent: Player, ticket_id: str) -> None:
    await agent.call("reply_to_ticket", ticket_id=ticket_id, body="Dziękujemy, już załatwione.")
    version = (await agent.ticket(ticket_id))["version"]
    await agent.call(
        "resolve_ticket", ticket_id=ticket_id, resolution="Załatwione.", version=version
    )
