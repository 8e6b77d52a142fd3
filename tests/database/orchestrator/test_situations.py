"""Who gets it? One evening after the other, each with its answer.

The people are always the same. Anna looks after the client, Bartek stands in for her, Celina keeps
the relationship; Dorota serves VIP clients; Filip and Gosia are agents of the desk. Hubert works in
Sopot, the desk that helps out. Everybody speaks Polish, is online, has nothing to do and room for
ten units: a call takes five, a chat two, an e-mail one.

Every row is played on a real database: the scene is set, routing reads it, decides and writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.database.orchestrator.scene import Request, Somebody, play

MINUTE, HOUR, WEEK = 60, 3_600, 604_800
STANDARD, PREMIUM, GOLD, PLATINUM = "standard", "premium", "vip_gold", "vip_platinum"
BILLING = ("category.billing",)


def a_chat(tier: str = STANDARD, **more: Any) -> Request:
    return Request(channel="chat", tier=tier, **more)


def a_call(tier: str = STANDARD, **more: Any) -> Request:
    return Request(channel="phone", tier=tier, **more)


def a_mail(tier: str = STANDARD, **more: Any) -> Request:
    return Request(channel="email", tier=tier, **more)


def anna(**more: Any) -> Somebody:
    return Somebody(name="Anna", **more)


def bartek(**more: Any) -> Somebody:
    return Somebody(name="Bartek", **more)


def celina(**more: Any) -> Somebody:
    return Somebody(name="Celina", **more)


def dorota(**more: Any) -> Somebody:
    return Somebody(name="Dorota", **more)


def filip(**more: Any) -> Somebody:
    return Somebody(name="Filip", **more)


def gosia(**more: Any) -> Somebody:
    return Somebody(name="Gosia", **more)


def hubert(**more: Any) -> Somebody:
    return Somebody(name="Hubert", **more)


ON_TWO_CALLS = {"busy": {"phone": 2}}
FULL_OF_MAIL = {"busy": {"email": 10}}
OFFLINE: dict[str, Any] = {"state": "offline"}
AWAY: dict[str, Any] = {"state": "away"}
ON_LEAVE: dict[str, Any] = {"is_on_leave": True}


@dataclass(frozen=True)
class Answer:
    """What must come of it. `why` names everybody who is passed over for a reason of their own."""

    who: str | None
    stage: str | None = None
    why: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    takes_from: dict[str, int] = field(default_factory=dict)
    again_in: float | None = None


def gets(who: str, stage: str, **more: Any) -> Answer:
    return Answer(who, stage, **more)


def waits(again_in: float | None = None, **why: str) -> Answer:
    return Answer(None, why=why, again_in=again_in)


# fmt: off
SITUATIONS: list[tuple[str, Request, Sequence[Somebody], Answer]] = [
    # A plain evening ----------------------------------------------------------------------------
    ("somebody is there",
     a_chat(), [filip()], gets("Filip", "desk")),
    ("nobody is there",
     a_chat(), [filip(**OFFLINE), gosia(**AWAY)], waits(Filip="offline", Gosia="away")),
    ("the one with more room",
     a_chat(), [filip(busy={"email": 5}), gosia()], gets("Gosia", "desk")),
    ("equal room: the one who has waited longer",
     a_chat(), [filip(idle_minutes=5), gosia(idle_minutes=25)], gets("Gosia", "desk")),
    ("a call where there is room for a chat only",
     a_call(), [filip(busy={"chat": 3})], waits(Filip="at_capacity")),
    ("an e-mail where there is no room for a call",
     a_mail(), [filip(busy={"chat": 4})], gets("Filip", "desk")),
    ("a German client, and one busy colleague who speaks it",
     a_chat(language="de"), [filip(speaks=["pl", "de"], busy={"chat": 4}), gosia()],
     gets("Filip", "desk", why={"Gosia": "language_missing"})),
    ("the client is a colleague: nobody serves themselves",
     a_chat(), [filip(is_the_client=True), gosia(busy={"chat": 4})],
     gets("Gosia", "desk", why={"Filip": "own_ticket"})),
    ("on leave counts, whatever the screen says",
     a_chat(), [filip(**ON_LEAVE)], waits(Filip="on_leave")),
    ("flapping presence: nothing before it is steady",
     a_chat(), [filip(steady_in=15)], waits(15, Filip="unsteady")),

    # The client is on the line: seconds ---------------------------------------------------------
    ("gold: the dedicated agent first, however busy",
     a_chat(GOLD), [anna(busy={"chat": 4}), filip()], gets("Anna", "dedicated")),
    ("gold: the dedicated agent is on the phone, give her ten seconds",
     a_chat(GOLD), [anna(**ON_TWO_CALLS), bartek(), filip()],
     waits(10, Anna="at_capacity", Bartek="later_stage", Filip="later_stage")),
    ("gold: ten seconds later it is her deputy's",
     a_chat(GOLD, waited=10), [anna(**ON_TWO_CALLS), bartek(), filip()],
     gets("Bartek", "deputy", why={"Anna": "at_capacity", "Filip": "later_stage"})),
    ("platinum waits six seconds, no more",
     a_chat(PLATINUM, waited=6), [anna(**ON_TWO_CALLS), bartek()], gets("Bartek", "deputy")),
    ("gold: nobody waits for somebody who is not there",
     a_chat(GOLD), [anna(**OFFLINE), bartek(), filip()],
     gets("Bartek", "deputy", why={"Anna": "offline", "Filip": "later_stage"})),
    ("gold: one away, one on leave, so the relationship manager",
     a_chat(GOLD), [anna(**AWAY), bartek(**ON_LEAVE), celina(), dorota()],
     gets("Celina", "relationship_manager", why={"Dorota": "later_stage"})),
    ("gold: the whole team is gone, so the VIP pool",
     a_chat(GOLD), [anna(**OFFLINE), bartek(**OFFLINE), celina(**OFFLINE), dorota(), filip()],
     gets("Dorota", "vip_pool", why={"Filip": "later_stage"})),
    ("gold: the pool is on the phone, wait for it",
     a_chat(GOLD), [dorota(**ON_TWO_CALLS), filip()],
     waits(8, Dorota="at_capacity", Filip="later_stage")),
    ("gold: the pool had its eight seconds",
     a_chat(GOLD, waited=8), [dorota(**ON_TWO_CALLS), filip()], gets("Filip", "desk")),
    ("gold: all on the phone, each had their time, the desk after 32 seconds",
     a_chat(GOLD, waited=31), [anna(**ON_TWO_CALLS), bartek(**ON_TWO_CALLS),
                               celina(**ON_TWO_CALLS), dorota(**ON_TWO_CALLS), filip()],
     waits(1, Anna="at_capacity", Bartek="at_capacity", Celina="at_capacity",
           Dorota="at_capacity", Filip="later_stage")),
    ("gold: nobody of the chain is there, the desk at once",
     a_chat(GOLD), [anna(**OFFLINE), filip()], gets("Filip", "desk")),
    ("gold: earlier stages stay open and come first",
     a_chat(GOLD, waited=300), [anna(busy={"chat": 4}), bartek(), dorota(), filip()],
     gets("Anna", "dedicated")),
    ("premium has no VIP pool: the one with more room",
     a_chat(PREMIUM), [dorota(busy={"chat": 1}), filip()], gets("Filip", "desk")),
    ("standard: who has somebody of their own is not made to wait for them",
     a_chat(), [anna(**ON_TWO_CALLS), filip()], gets("Filip", "desk")),
    ("standard: but gets them first when they are free",
     a_chat(), [anna(busy={"chat": 3}), filip()], gets("Anna", "dedicated")),

    # E-mail: there is time ----------------------------------------------------------------------
    ("gold: an e-mail waits half an hour for the dedicated agent to come back",
     a_mail(GOLD), [anna(**OFFLINE), bartek(), filip()],
     waits(30 * MINUTE, Anna="offline", Bartek="later_stage", Filip="later_stage")),
    ("platinum: a quarter of an hour",
     a_mail(PLATINUM), [anna(**AWAY), filip()],
     waits(15 * MINUTE, Anna="away", Filip="later_stage")),
    ("gold: then it is the deputy's",
     a_mail(GOLD, waited=30 * MINUTE), [anna(**OFFLINE), bartek()], gets("Bartek", "deputy")),
    ("gold: the deputy is expected back too",
     a_mail(GOLD, waited=31 * MINUTE), [anna(**OFFLINE), bartek(**OFFLINE), filip()],
     waits(14 * MINUTE, Anna="offline", Bartek="offline", Filip="later_stage")),
    ("gold: nobody waits for somebody on leave",
     a_mail(GOLD), [anna(**ON_LEAVE), bartek()],
     gets("Bartek", "deputy", why={"Anna": "on_leave"})),
    ("gold: nor for somebody who left the house",
     a_mail(GOLD), [anna(has_left=True), filip()],
     gets("Filip", "desk", why={"Anna": "inactive"})),
    ("gold: nor for somebody who said no",
     a_mail(GOLD), [anna(refused=("declined", 1)), filip()],
     gets("Filip", "desk", why={"Anna": "declined"})),
    ("gold: nor for somebody who does not speak the language",
     a_mail(GOLD, language="en"), [anna(**OFFLINE), filip(speaks=["en"])],
     gets("Filip", "desk", why={"Anna": "offline"})),

    # Skills: some relax, some never -------------------------------------------------------------
    ("a chat about an invoice, nobody knows billing: 45 seconds for somebody who does",
     a_chat(about="billing", waited=44), [filip()], waits(1, Filip="skill_missing")),
    ("then somebody without it",
     a_chat(about="billing", waited=45), [filip()],
     gets("Filip", "desk", without=BILLING)),
    ("an e-mail about it: an hour and a half",
     a_mail(about="billing", waited=HOUR), [filip()],
     waits(HOUR / 2, Filip="skill_missing")),
    ("relaxed is not forgotten: whoever knows billing still comes first",
     a_chat(about="billing", waited=50), [filip(), gosia(can=BILLING, busy={"chat": 4})],
     gets("Gosia", "desk")),
    ("the dedicated agent does not know billing: not waited for, yet",
     a_chat(GOLD, about="billing"), [anna(), filip(can=BILLING)],
     gets("Filip", "desk", why={"Anna": "skill_missing"})),
    ("aesthetic medicine needs the certificate, after a week too",
     a_mail(about="aesthetic_medicine", waited=WEEK), [filip()], waits(Filip="skill_missing")),
    ("a language is needed after a week too",
     a_mail(language="uk", waited=WEEK), [filip()], waits(Filip="language_missing")),

    # A platinum client on the line, and everybody full ------------------------------------------
    ("platinum: two e-mails make room for a chat",
     a_chat(PLATINUM), [anna(**FULL_OF_MAIL)], gets("Anna", "dedicated", takes_from={"Anna": 2})),
    ("platinum: only as much as is missing",
     a_chat(PLATINUM), [filip(busy={"email": 9})], gets("Filip", "desk", takes_from={"Filip": 1})),
    ("platinum: a call takes five",
     a_call(PLATINUM), [filip(**FULL_OF_MAIL)], gets("Filip", "desk", takes_from={"Filip": 5})),
    ("platinum: the dedicated agent's e-mail, not a stage that has not opened",
     a_chat(PLATINUM), [anna(**FULL_OF_MAIL), bartek()],
     gets("Anna", "dedicated", why={"Bartek": "later_stage"}, takes_from={"Anna": 2})),
    ("platinum: nobody's work is touched while a colleague is free",
     a_chat(PLATINUM), [filip(**FULL_OF_MAIL), gosia()],
     gets("Gosia", "desk", why={"Filip": "at_capacity"})),
    ("platinum: the one who loses less",
     a_chat(PLATINUM), [filip(**FULL_OF_MAIL), gosia(busy={"email": 9})],
     gets("Gosia", "desk", takes_from={"Gosia": 1})),
    ("platinum: calls are not interrupted",
     a_chat(PLATINUM), [filip(**ON_TWO_CALLS)], waits(Filip="at_capacity")),
    ("platinum: nor another platinum client's e-mail",
     a_chat(PLATINUM), [filip(**FULL_OF_MAIL, busy_with=PLATINUM)], waits(Filip="at_capacity")),
    ("platinum: nor what waits for its client",
     a_chat(PLATINUM), [filip(**FULL_OF_MAIL, busy_status="pending")], waits(Filip="at_capacity")),
    ("platinum: an e-mail never makes room for an e-mail",
     a_mail(PLATINUM), [filip(**FULL_OF_MAIL)], waits(Filip="at_capacity")),
    ("gold: not even a call",
     a_call(GOLD), [filip(**FULL_OF_MAIL)], waits(Filip="at_capacity")),

    # Back from a break --------------------------------------------------------------------------
    ("just back: three tickets are enough for ten minutes",
     a_chat(), [filip(back_minutes=4, got_since=3), gosia(busy={"chat": 4})],
     gets("Gosia", "desk", why={"Filip": "ramping"})),
    ("just back, and nobody else: it waits for the rest of the ten minutes",
     a_chat(), [filip(back_minutes=4, got_since=3)], waits(6 * MINUTE, Filip="ramping")),
    ("just back: a third ticket is fine",
     a_chat(), [filip(back_minutes=4, got_since=2)], gets("Filip", "desk")),
    ("ten minutes on it is an evening like any other",
     a_chat(), [filip(back_minutes=10, got_since=9)], gets("Filip", "desk")),

    # No means no --------------------------------------------------------------------------------
    ("whoever declined is not asked again, even alone",
     a_chat(), [filip(refused=("declined", 55))], waits(Filip="declined")),
    ("whoever declined leaves it to a busier colleague",
     a_chat(), [filip(refused=("declined", 1)), gosia(busy={"chat": 4})],
     gets("Gosia", "desk", why={"Filip": "declined"})),
    ("whoever let the offer lapse is asked again after ten minutes",
     a_chat(), [filip(refused=("expired", 4))], waits(6 * MINUTE, Filip="timed_out")),
    ("and then is",
     a_chat(), [filip(refused=("expired", 10))], gets("Filip", "desk")),
    ("whoever handed it back does not get it straight back",
     a_mail(), [filip(refused=("handed_back", 1))], waits(9 * MINUTE, Filip="handed_back")),
    ("a new cycle is a new question",
     a_chat(is_reopened=True), [filip(refused=("declined", 55))], gets("Filip", "desk")),

    # Somebody who knows the matter --------------------------------------------------------------
    ("back in the queue: whoever had it, though others have more room",
     a_mail(), [filip(had_it=True, busy={"chat": 4}), gosia()], gets("Filip", "desk")),
    ("reopened: the same",
     a_mail(is_reopened=True), [filip(had_it=True, busy={"chat": 4}), gosia()],
     gets("Filip", "desk")),
    ("gold: the dedicated agent before whoever had it",
     a_mail(GOLD), [anna(busy={"chat": 4}), filip(had_it=True)], gets("Anna", "dedicated")),

    # Sopot helps out ----------------------------------------------------------------------------
    ("standard: five minutes for the own desk",
     a_chat(waited=299), [filip(**ON_TWO_CALLS), hubert()], waits(1, Filip="at_capacity")),
    ("then Sopot",
     a_chat(waited=300), [filip(**ON_TWO_CALLS), hubert()], gets("Hubert", "overflow")),
    ("premium: two minutes",
     a_chat(PREMIUM, waited=120), [filip(**ON_TWO_CALLS), hubert()], gets("Hubert", "overflow")),
    ("the own desk went home: Sopot at once",
     a_chat(), [filip(**OFFLINE), hubert()],
     gets("Hubert", "overflow", why={"Filip": "offline"})),
    ("an e-mail waits four hours for the own desk to come back",
     a_mail(), [filip(**OFFLINE), hubert()], waits(4 * HOUR, Filip="offline")),
    ("the own desk comes first while both may",
     a_chat(waited=600), [filip(busy={"chat": 4}), hubert()], gets("Filip", "desk")),
    ("everybody said no here: Sopot at once",
     a_mail(), [filip(refused=("declined", 1)), hubert()],
     gets("Hubert", "overflow", why={"Filip": "declined"})),
    ("Sopot must speak the language too",
     a_chat(language="uk", waited=600), [filip(), hubert()],
     waits(Filip="language_missing", Hubert="language_missing")),
    ("nobody helps this desk out",
     a_chat(waited=600), [filip(**ON_TWO_CALLS)], waits(Filip="at_capacity")),
]
# fmt: on


@pytest.mark.parametrize(
    ("request_", "people", "answer"),
    [pytest.param(*row[1:], id=row[0].replace(" ", "_")) for row in SITUATIONS],
)
def test_who_gets_it(
    db: psycopg.Connection, request_: Request, people: Sequence[Somebody], answer: Answer
) -> None:
    told = play(db, request_, people)
    assert (told.who, told.stage) == (answer.who, answer.stage), told
    assert told.skipped | answer.why == dict(told.skipped), told
    assert answer.who is not None or told.skipped == answer.why
    assert told.relaxed == answer.without
    assert told.preempted == answer.takes_from
    assert told.looks_again_in == answer.again_in


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len({title for title, *_ in SITUATIONS}) == len(SITUATIONS) >= 40
