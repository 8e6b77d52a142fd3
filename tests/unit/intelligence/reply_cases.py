"""A question, a client and approved templates, for tests of drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from lib.intelligence.models.replies import (
    GoodAnswer,
    OpenSpan,
    ReplyClient,
    ReplyContext,
    ReplyContexts,
    ReplyFacts,
    ReplyTemplate,
)

ANNA = ReplyClient(
    display_name="Anna Wiśniewska",
    given_name="Anna",
    family_name="Wiśniewska",
    gender="female",
    vocative="Anno",
)
FACTS = ReplyFacts(
    ticket_number=1001,
    next_visit=datetime.fromisoformat("2026-11-28T10:00"),
    opening=(
        OpenSpan(
            opens_at=datetime.fromisoformat("2026-11-23T09:00"),
            closes_at=datetime.fromisoformat("2026-11-23T20:00"),
        ),
    ),
)


def a_template(name: str, body: str, examples: str, **rest: Any) -> ReplyTemplate:
    return ReplyTemplate(
        template_id=UUID(int=sum(map(ord, name + body))),
        template=name,
        version=1,
        body=body,
        examples=examples,
        **{"language": "pl", "tone": None, "category": "general", **rest},
    )


TEMPLATES = (
    a_template(
        "acknowledgement",
        "Dziękuję za wiadomość, zgłoszenie ma numer {{ticket_number}}.\nWrócę z odpowiedzią.",
        "pytanie prośba o pomoc",
    ),
    a_template(
        "visit_time",
        "Dziękuję za wiadomość w sprawie wizyty.\nNajbliższa wizyta: {{next_visit}}.",
        "kiedy mam wizytę o której godzinie potwierdzenie terminu",
        category="booking",
    ),
    a_template(
        "invoice",
        "Dziękuję za wiadomość w sprawie faktury.\nSprawdzę dokument i wrócę do {{you_genitive}}.",
        "proszę o fakturę dane do faktury NIP",
        category="billing",
    ),
    a_template(
        "complaint",
        "Przepraszam za to doświadczenie.\nOsobiście wyjaśnię, co się wydarzyło.",
        "reklamacja skarga",
        category="complaint",
    ),
    a_template(
        "specialist",
        "Dziękuję za wiadomość.\nPrzekazuję ją od razu specjaliście, który odpowie osobiście.",
        "po zabiegu skóra",
        category="aesthetic_medicine",
    ),
    a_template(
        "visit_time",
        "Thank you for your message.\nThis is your next visit: {{next_visit}}.",
        "when is my appointment what time is my visit",
        language="en",
        category="booking",
    ),
)


def a_question(inquiry: str = "Kiedy mam wizytę?", **changes: Any) -> ReplyContext:
    return ReplyContext(
        **{
            "draft_id": uuid4(),
            "inquiry": inquiry,
            "category": "general",
            "language": "pl",
            "tier": "vip_gold",
            "channel": "chat",
            "agent_name": "Jan Kowalski",
            "client": ANNA,
            "facts": FACTS,
            "has_consent": True,
            **changes,
        }
    )


def contexts_of(*questions: ReplyContext, **changes: Any) -> ReplyContexts:
    return ReplyContexts(**{"templates": TEMPLATES, "drafts": questions, **changes})


def a_good_answer(question: str, answer: str, *names: str) -> GoodAnswer:
    return GoodAnswer(message_id=uuid4(), question=question, answer=answer, names=names)
