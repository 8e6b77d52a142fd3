"""Messages from outside: whose they are, where they go on, and how long they wait meanwhile."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import (
    a_client,
    a_manager,
    a_person,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.support.acting import acting_as, refused

RECEIVE: LiteralString = (
    "select public.receive_message(%(channel)s, %(address)s, %(body)s, %(subject)s, %(name)s,"
    " %(language)s, %(external_id)s, %(number)s)"
)


def one(db: psycopg.Connection, statement: LiteralString, *values: Any) -> Any:
    row = db.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def receive(
    db: psycopg.Connection,
    address: str,
    body: str = "Dzień dobry, proszę o termin.",
    *,
    channel: str = "email",
    subject: str | None = None,
    name: str | None = None,
    language: str | None = None,
    external_id: str | None = None,
    number: int | None = None,
) -> Any:
    values = {
        "channel": channel,
        "address": address,
        "body": body,
        "subject": subject,
        "name": name,
        "language": language,
        "external_id": external_id,
        "number": number,
    }
    with acting_as(db, "service_role"):
        row = db.execute(RECEIVE, values).fetchone()
    assert row is not None
    return row[0]


def known_at(
    db: psycopg.Connection, client_id: UUID, kind: str, value: str, *, is_verified: bool = True
) -> None:
    with acting_as(db, "service_role"):
        db.execute(
            "select public.add_client_identity(%s, %s, %s, %s, 'Z karty klienta')",
            [client_id, kind, value, is_verified],
        )


def ticket(db: psycopg.Connection, answer: Any) -> Any:
    return one(
        db, "select to_jsonb(t) from public.support_tickets t where id = %s", answer["ticket_id"]
    )


def context(db: psycopg.Connection, answer: Any) -> Any:
    """What routing reads of this ticket."""
    with acting_as(db, "service_role"):
        contexts = one(db, "select worker.routing_contexts(%s::uuid[])", [answer["ticket_id"]])
    [found] = contexts["tickets"]
    return found


def boost(db: psycopg.Connection, tier: str) -> Any:
    return one(db, "select boost from public.service_levels where tier = %s", tier)


def confirm(
    db: psycopg.Connection, person: UUID, check_id: str, client_id: UUID, reason: str = "To ona"
) -> Any:
    with acting_as(db, "authenticated", person):
        return one(
            db, "select public.confirm_identity(%s, %s, %s)", check_id, str(client_id), reason
        )


# --------------------------------------------------------------------------------------------------
# Whose it is
# --------------------------------------------------------------------------------------------------
def test_the_second_address_of_a_platinum_client_is_routed_as_platinum(
    db: psycopg.Connection,
) -> None:
    client, agent = a_client(db, "vip_platinum"), an_agent(db)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    known_at(db, client, "email", "prywatny@klient.test")
    answer = receive(db, "Prywatny@Klient.test", subject="Sobota")
    assert (answer["certainty"], answer["client_id"]) == ("exact", str(client))
    found = context(db, answer)
    assert (found["client_id"], found["dedicated_agent_id"]) == (str(client), str(agent))
    assert found["queue_boost"] == boost(db, "vip_platinum")


def test_a_stranger_becomes_a_client_without_an_account(db: psycopg.Connection) -> None:
    answer = receive(db, "ktos@inny.test", name=" Anna\nNowak ", language="uk", subject="Pytanie")
    assert (answer["certainty"], answer["tier"], answer["check_id"]) == (
        "unknown",
        "standard",
        None,
    )
    row = db.execute(
        "select display_name, has_account, account_id, tier, locale from public.profiles"
        " where id = %s",
        [answer["client_id"]],
    ).fetchone()
    assert row == ("Anna Nowak", False, None, "standard", "uk")
    assert ticket(db, answer)["language"] == "uk"


def test_a_stranger_who_writes_again_is_the_same_client(db: psycopg.Connection) -> None:
    first = receive(db, "ktos@inny.test", subject="Pytanie")
    second = receive(db, "KTOS@inny.test", subject="Co innego")
    assert second["client_id"] == first["client_id"]
    assert (second["certainty"], second["ticket_id"] != first["ticket_id"]) == ("exact", True)


def test_an_assistants_message_is_the_principals_in_the_assistants_name(
    db: psycopg.Connection,
) -> None:
    principal, assistant = a_client(db, "vip_platinum"), a_client(db)
    known_at(db, assistant, "email", "basia@biuro.test")
    with acting_as(db, "service_role"):
        db.execute(
            "select public.set_client_delegate(%s, 'assistant', 'Upoważnienie', %s)",
            [principal, assistant],
        )
    answer = receive(db, "basia@biuro.test", subject="Wizyta szefowej")
    assert (answer["client_id"], answer["tier"]) == (str(principal), "vip_platinum")
    author = one(
        db, "select author_id from public.ticket_messages where id = %s", answer["message_id"]
    )
    assert author == assistant
    with acting_as(db, "authenticated", principal):
        seen = one(
            db,
            "select count(*) from public.ticket_events where kind = 'writer_identified'"
            " and ticket_id = %s",
            answer["ticket_id"],
        )
    assert seen == 0


def test_an_uncertain_writer_waits_like_the_most_important_candidate(
    db: psycopg.Connection,
) -> None:
    gold, plain = a_client(db, "vip_gold"), a_client(db)
    for person in (plain, gold):
        known_at(db, person, "phone", "600 100 200", is_verified=False)
    answer = receive(db, "600100200", channel="phone")
    assert (answer["certainty"], answer["tier"]) == ("uncertain", "vip_gold")
    assert answer["client_id"] not in {str(gold), str(plain)}
    assert context(db, answer)["queue_boost"] == boost(db, "vip_gold")
    due, opened = ticket(db, answer)["first_response_due_at"], ticket(db, answer)["opened_at"]
    assert one(db, "select extract(epoch from %s::timestamptz - %s)", due, opened) == 60
    row = db.execute(
        "select status, ticket_id, jsonb_array_length(candidates) from public.identity_checks"
        " where id = %s",
        [answer["check_id"]],
    ).fetchone()
    assert row == ("open", UUID(answer["ticket_id"]), 2)
    own_tier = one(db, "select tier from public.profiles where id = %s", answer["client_id"])
    assert own_tier == "standard"


def test_one_question_is_asked_of_one_writer(db: psycopg.Connection) -> None:
    vip = a_client(db, "vip_platinum")
    known_at(db, vip, "phone", "600100200")
    first = receive(db, "48600100200", channel="whatsapp")
    second = receive(db, "48600100200", "Halo?", channel="whatsapp")
    assert first["check_id"] == second["check_id"]
    assert first["ticket_id"] == second["ticket_id"]


def test_an_adapter_never_says_the_tier(db: psycopg.Connection) -> None:
    arguments = one(
        db,
        "select proargnames from pg_proc where oid = 'public.receive_message'::regproc",
    )
    assert not [name for name in arguments if "tier" in name or "client" in name]


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_only_the_server_receives_messages(db: psycopg.Connection, role: str) -> None:
    person = a_manager(db)
    with acting_as(db, role, person), refused(db, "42501"):
        db.execute("select public.receive_message('email', 'a@b.pl', 'Dzień dobry')")


@pytest.mark.parametrize(
    ("channel", "address", "message"),
    [
        ("chat", "zofia@klient.test", "unknown_channel"),
        ("fax", "600100200", "unknown_channel"),
        ("email", "600100200", "address_malformed"),
        ("phone", "zofia@klient.test", "address_malformed"),
    ],
)
def test_only_channels_that_vouch_for_an_address_are_heard(
    db: psycopg.Connection, channel: str, address: str, message: str
) -> None:
    with acting_as(db, "service_role"), refused(db, "PT422", message):
        db.execute("select public.receive_message(%s, %s, 'Dzień dobry')", [channel, address])


# --------------------------------------------------------------------------------------------------
# Where it goes on
# --------------------------------------------------------------------------------------------------
def test_delivered_twice_it_is_written_once(db: psycopg.Connection) -> None:
    first = receive(db, "ktos@inny.test", external_id="<1@inny.test>")
    again = receive(db, "ktos@inny.test", external_id="<1@inny.test>")
    other = receive(db, "ktos@inny.test", external_id="<2@inny.test>")
    assert again == first
    assert other["message_id"] != first["message_id"]
    said = one(
        db, "select count(*) from public.ticket_messages where ticket_id = %s", first["ticket_id"]
    )
    assert said == 2


def test_a_reply_goes_on_with_its_subject(db: psycopg.Connection) -> None:
    first = receive(db, "ktos@inny.test", subject="Wizyta w sobotę")
    reply = receive(db, "ktos@inny.test", subject="RE: Odp: wizyta w Sobote")
    other = receive(db, "ktos@inny.test", subject="Faktura")
    assert (reply["ticket_id"], reply["is_new_ticket"]) == (first["ticket_id"], False)
    assert other["is_new_ticket"]


def test_a_quoted_number_is_heeded_for_the_clients_own_ticket_only(db: psycopg.Connection) -> None:
    foreign = a_ticket(db, a_client(db), channel="email")
    number = one(db, "select number from public.support_tickets where id = %s", foreign)
    mine = receive(db, "ktos@inny.test", subject="Pytanie")
    wrong = receive(db, "ktos@inny.test", subject="Inne", number=number)
    right = receive(db, "ktos@inny.test", subject="Inne niż było", number=mine["number"])
    assert wrong["ticket_id"] not in {str(foreign), mine["ticket_id"]}
    assert right["ticket_id"] == mine["ticket_id"]


def test_the_number_of_a_merged_ticket_leads_to_the_one_it_went_on_in(
    db: psycopg.Connection,
) -> None:
    first = receive(db, "ktos@inny.test", subject="Wizyta")
    second = receive(db, "ktos@inny.test", subject="Termin")
    with acting_as(db, "authenticated", a_manager(db)):
        db.execute(
            "select public.merge_tickets(%s, %s, %s, 'To samo')",
            [second["ticket_id"], first["ticket_id"], ticket_version(db, second)],
        )
    reply = receive(db, "ktos@inny.test", subject="Jeszcze", number=second["number"])
    assert reply["ticket_id"] == first["ticket_id"]


def ticket_version(db: psycopg.Connection, answer: Any) -> Any:
    return one(db, "select version from public.support_tickets where id = %s", answer["ticket_id"])


def test_a_conversation_goes_on_until_it_is_solved(db: psycopg.Connection) -> None:
    first = receive(db, "zofia.w", channel="instagram")
    second = receive(db, "@zofia.w", "Jestem", channel="instagram")
    assert second["ticket_id"] == first["ticket_id"]
    solve(db, first)
    third = receive(db, "zofia.w", "Jeszcze coś", channel="instagram")
    assert third["is_new_ticket"]


def test_an_email_reply_reopens_what_was_solved(db: psycopg.Connection) -> None:
    first = receive(db, "ktos@inny.test", subject="Wizyta")
    solve(db, first)
    reply = receive(db, "ktos@inny.test", subject="Re: Wizyta")
    assert reply["ticket_id"] == first["ticket_id"]
    assert (ticket(db, reply)["cycle"], ticket(db, reply)["resolved_at"]) == (2, None)


def solve(db: psycopg.Connection, answer: Any) -> None:
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [answer["ticket_id"]],
    )


def test_a_clients_own_channel_of_the_portal_is_left_alone(db: psycopg.Connection) -> None:
    client = a_client(db)
    known_at(db, client, "email", "druga@klient.test")
    chat = a_ticket(db, client, channel="chat")
    answer = receive(db, "druga@klient.test")
    assert answer["ticket_id"] != str(chat)


def test_control_characters_do_not_stop_a_message(db: psycopg.Connection) -> None:
    answer = receive(db, "ktos@inny.test", "Dzień\u0007 dobry\r\nAnna", subject="\u0001\u0002")
    body = one(db, "select body from public.ticket_messages where id = %s", answer["message_id"])
    assert body == "Dzień dobry\nAnna"
    assert ticket(db, answer)["subject"] == "Dzień dobry"


def test_a_language_nobody_here_speaks_is_only_a_wish(db: psycopg.Connection) -> None:
    assert ticket(db, receive(db, "ktos@inny.test", language="pt"))["language"] == "en"


# --------------------------------------------------------------------------------------------------
# Questions and answers
# --------------------------------------------------------------------------------------------------
def uncertain(db: psycopg.Connection, tier: str = "vip_platinum") -> tuple[UUID, Any]:
    """A client whose number a stranger writes from, and the answer to that message."""
    vip = a_client(db, tier)
    known_at(db, vip, "phone", "600100200")
    return vip, receive(db, "48600100200", channel="whatsapp", name="Zosia")


def test_staff_see_the_question_with_names_and_reasons(db: psycopg.Connection) -> None:
    vip, answer = uncertain(db)
    with acting_as(db, "authenticated", an_agent(db)):
        [asked] = [
            check
            for check in one(db, "select public.get_identity_checks()")
            if check["id"] == answer["check_id"]
        ]
    assert asked["display_name"] == "Zosia"
    assert asked["candidates"] == [
        {
            "client_id": str(vip),
            "score": 70,
            "reasons": [{"code": "same_number", "points": 70}],
            "display_name": "Zofia Wiśniewska",
            "tier": "vip_platinum",
        }
    ]


def test_a_confirmed_writer_is_the_client_from_then_on(db: psycopg.Connection) -> None:
    vip, answer = uncertain(db)
    agent = an_agent(db)
    merge = confirm(db, agent, answer["check_id"], vip)
    assert (merge["kept_client_id"], merge["merged_client_id"]) == (str(vip), answer["client_id"])
    assert ticket(db, answer)["client_id"] == str(vip)
    with acting_as(db, "authenticated", vip):
        assert one(db, "select count(*) from public.my_tickets") == 1
    later = receive(db, "48600100200", "Dziękuję", channel="whatsapp")
    assert (later["certainty"], later["ticket_id"]) == ("exact", answer["ticket_id"])


def test_a_confirmed_writer_at_a_shared_number_is_asked_about_again(db: psycopg.Connection) -> None:
    people = [a_client(db), a_client(db, "vip_gold")]
    for person in people:
        known_at(db, person, "phone", "600 100 200", is_verified=False)
    first = receive(db, "600100200", channel="phone_note")
    confirm(db, an_agent(db), first["check_id"], people[1])
    second = receive(db, "600100200", channel="phone_note")
    assert second["certainty"] == "uncertain"
    assert second["client_id"] not in {str(person) for person in people} | {first["client_id"]}


def test_a_rejected_writer_keeps_the_ticket_and_later_has_their_own_tier(
    db: psycopg.Connection,
) -> None:
    _, answer = uncertain(db)
    with acting_as(db, "authenticated", an_agent(db)):
        db.execute("select public.reject_identity(%s, 'Oddzwoniłam')", [answer["check_id"]])
    assert ticket(db, answer)["tier"] == "vip_platinum"
    solve(db, answer)
    later = receive(db, "48600100200", channel="whatsapp")
    assert (later["client_id"], later["tier"]) == (answer["client_id"], "standard")
    assert (later["certainty"], later["check_id"]) == ("exact", None)


def test_a_question_is_answered_once(db: psycopg.Connection) -> None:
    vip, answer = uncertain(db)
    agent = an_agent(db)
    confirm(db, agent, answer["check_id"], vip)
    with acting_as(db, "authenticated", agent):
        with refused(db, "PT409", "check_is_decided"):
            db.execute("select public.reject_identity(%s)", [answer["check_id"]])
        with refused(db, "PT409", "check_is_decided"):
            db.execute("select public.confirm_identity(%s, %s, 'Znowu')", [answer["check_id"], vip])


def test_an_agent_chooses_among_the_candidates_a_manager_beyond(db: psycopg.Connection) -> None:
    _, answer = uncertain(db)
    other = a_client(db)
    with acting_as(db, "authenticated", an_agent(db)), refused(db, "PT404", "client_not_found"):
        db.execute("select public.confirm_identity(%s, %s, 'To on')", [answer["check_id"], other])
    merge = confirm(db, a_manager(db), answer["check_id"], other)
    assert merge["kept_client_id"] == str(other)


def test_only_a_manager_lets_an_account_see_another_clients_tickets(db: psycopg.Connection) -> None:
    vip = a_client(db, "vip_platinum")
    known_at(db, vip, "email", "prywatny@klient.test")
    a_ticket(db, vip)
    newcomer = a_person(db, email="prywatny@klient.test")
    check_id = one(db, "select id from public.identity_checks where client_id = %s", newcomer)
    with acting_as(db, "authenticated", an_agent(db)), refused(db, "PT403", "manager_required"):
        db.execute("select public.confirm_identity(%s, %s, 'To ona')", [check_id, vip])
    confirm(db, a_manager(db), str(check_id), vip)
    with acting_as(db, "authenticated", newcomer):
        assert one(db, "select private.my_client_id()") == vip


def test_whoever_wrote_first_and_signed_up_later_keeps_the_account(db: psycopg.Connection) -> None:
    answer = receive(db, "nowa@klient.test")
    account = a_person(db, email="nowa@klient.test")
    check_id = one(db, "select id from public.identity_checks where client_id = %s", account)
    merge = confirm(db, a_manager(db), str(check_id), UUID(answer["client_id"]))
    assert merge["kept_client_id"] == str(account)
    assert ticket(db, answer)["client_id"] == str(account)


def test_a_foreign_question_answers_like_none(db: psycopg.Connection) -> None:
    vip, answer = uncertain(db)
    for person, check_id in [(a_client(db), None), (an_agent(db), str(uuid4()))]:
        expected = ("PT403", "staff_required") if check_id is None else ("PT404", "check_not_found")
        with acting_as(db, "authenticated", person), refused(db, *expected):
            db.execute(
                "select public.confirm_identity(%s, %s, 'Ja')",
                [check_id or answer["check_id"], vip],
            )


# --------------------------------------------------------------------------------------------------
# Opening on behalf
# --------------------------------------------------------------------------------------------------
OPEN: LiteralString = (
    "select public.open_ticket('Wizyta', 'Proszę o termin', 'email', p_client_id => %s)"
)


def test_an_assistant_may_open_a_ticket_for_the_principal(db: psycopg.Connection) -> None:
    principal, assistant = a_client(db, "vip_platinum"), a_client(db)
    with acting_as(db, "authenticated", assistant), refused(db, "PT404", "client_not_found"):
        db.execute(OPEN, [principal])
    with acting_as(db, "service_role"):
        db.execute(
            "select public.set_client_delegate(%s, 'assistant', 'Upoważnienie', %s)",
            [principal, assistant],
        )
    with acting_as(db, "authenticated", assistant):
        opened = one(db, OPEN, principal)
    assert (opened["client_id"], opened["message"]["author_id"]) == (str(principal), str(assistant))


def test_a_ticket_for_a_duplicate_is_the_kept_clients(db: psycopg.Connection) -> None:
    kept, duplicate = a_client(db, "vip_gold"), a_client(db)
    with acting_as(db, "service_role"):
        db.execute("select public.merge_clients(%s, %s, 'Ta sama osoba')", [kept, duplicate])
    for person in (duplicate, kept):
        with acting_as(db, "authenticated", person):
            opened = one(db, OPEN, None)
            assert (opened["client_id"], opened["tier"]) == (str(kept), "vip_gold")
    with acting_as(db, "authenticated", an_agent(db)):
        assert one(db, OPEN, duplicate)["client_id"] == str(kept)
