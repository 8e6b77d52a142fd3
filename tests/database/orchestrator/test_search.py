"""Search: which words find which, what comes first, and that nobody finds what they cannot see."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import a_client, a_desk, a_manager, a_message, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call, refusal
from tests.support.house import EVERYBODY, House, a_house

SEARCH: LiteralString = "search_tickets(%s)"

# What is typed, what is written.
SAME: tuple[tuple[str, str], ...] = (
    ("zolc", "Żółć"),
    ("żółć", "zolc"),
    ("ŻÓŁĆ", "żółć"),
    ("faktury", "faktura"),
    ("faktura", "fakturami"),
    ("fakturę", "faktury"),
    ("faktur", "Faktura"),
    ("wizyta", "wizytę"),
    ("wizyty", "wizyt"),
    ("wizycie", "wizyta"),
    ("wizyta", "wizycie"),
    ("karnet", "karnecie"),
    ("karnecie", "karnetów"),
    ("klient", "klientami"),
    ("klientka", "klientce"),
    ("klientce", "klientki"),
    ("klientów", "klient"),
    ("zabieg", "zabiegów"),
    ("zabiegach", "zabiegiem"),
    ("usługa", "usłudze"),
    ("usłudze", "usługi"),
    ("skóra", "skórze"),
    ("skórze", "skóry"),
    ("masaż", "masaże"),
    ("masażu", "masażem"),
    ("rezerwacja", "rezerwacji"),
    ("rezerwacje", "rezerwacją"),
    ("anulować", "anuluję"),
    ("anuluję", "anulowanie"),
    ("anulowała", "anulować"),
    ("przełożyć", "przełożyła"),
    ("zapłacić", "zapłaciłam"),
    ("zapłaciłem", "zapłacić"),
    ("problem", "problemy"),
    ("problemu", "problem"),
    ("system", "systemem"),
    ("systemie", "system"),
    ("płatność", "płatności"),
    ("kosmetyczka", "kosmetyczki"),
    ("pani", "panią"),
    ("nowy", "nowego"),
    ("nowa", "nowymi"),
    ("gabinet", "gabinecie"),
    ("Łódź", "lodz"),
    ("café", "cafe"),
    ("Müller", "muller"),
    ("Straße", "strasse"),
    ("bookings", "booking"),
    ("booking", "booked"),
    ("booked", "bookings"),
    ("treatment", "treatments"),
    ("massages", "massage"),
    ("company", "companies"),
    ("companies", "company"),
    ("invoice", "invoices"),
    ("courses", "course"),
    ("memberships", "membership"),
    ("clients", "client"),
    ("waiting", "waited"),
    ("nail", "nails"),
    ("1200", "1200,00 zł"),
    ("Привет", "привет"),
    ("jan", "jan@example.test"),
    ("example", "https://example.test/faktura"),
)
DIFFERENT: tuple[tuple[str, str], ...] = (
    ("karta ", "kara"),
    ("kara ", "karta"),
    ("kot ", "kotara"),
    ("praca ", "pralka"),
    ("reklama ", "reklamacja"),
    ("general ", "generous"),
    ("masa ", "masaż"),
    ("kawa ", "kawior"),
    ("book ", "boot"),
    ("ring ", "rose"),
    ("king ", "kong"),
    ("bar ", "barwa"),
    ("dom ", "domino"),
    ("spa ", "spacer"),
    ("12 ", "1200"),
    ("termin ", "terminal"),
)


class Desk:
    """A desk with a client, an agent who has a ticket, and a manager."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.desk_id = a_desk(db)
        self.client = a_client(db, desk_id=self.desk_id, name="Zofia Wrońska")
        self.agent = an_agent(db, desk_id=self.desk_id)
        self.manager = a_manager(db, desk_id=self.desk_id)

    def ticket(self, subject: str, *bodies: str, **details: Any) -> UUID:
        details.setdefault("assignee_id", self.agent)
        ticket_id = a_ticket(self.db, self.client, desk_id=self.desk_id, subject=subject, **details)
        for body in bodies:
            a_message(self.db, ticket_id, self.client, body)
        return ticket_id

    def found(self, query: str, person: UUID | None = None) -> list[UUID]:
        answer = call(self.db, person or self.manager, SEARCH, query)
        return [UUID(ticket["id"]) for ticket in answer["tickets"]]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


# -- Words -----------------------------------------------------------------------------------------


def test_words_find_their_other_forms(desk: Desk) -> None:
    missed = []
    for typed, written in SAME:
        row = desk.db.execute(
            "select bool_and(private.read_words(%s) @@ query) from private.parse_search(%s)",
            [written, typed + " "],
        ).fetchone()
        missed += [] if row == (True,) else [(typed, written)]
    assert missed == []
    assert len(SAME) + len(DIFFERENT) >= 60


def test_words_find_no_other_words(desk: Desk) -> None:
    wrong = []
    for typed, written in DIFFERENT:
        row = desk.db.execute(
            "select bool_or(private.read_words(%s) @@ query) from private.parse_search(%s)",
            [written, typed],
        ).fetchone()
        wrong += [] if row == (False,) else [(typed, written)]
    assert wrong == []


@pytest.mark.parametrize("typed", ["bo", "boo", "book", "booki", "bookin", "booking", "bookings"])
def test_a_word_finds_while_it_is_typed(desk: Desk, typed: str) -> None:
    ticket_id = desk.ticket("Your booking", "Thank you")
    assert desk.found(typed) == [ticket_id]


def test_all_words_must_be_somewhere_in_the_ticket(desk: Desk) -> None:
    both = desk.ticket("Zgubiona bransoletka", "Została w szatni", "Srebrna, z bursztynem")
    desk.ticket("Zgubiony szalik", "Został w szatni")
    assert desk.found("bransoletka szatnia bursztyn") == [both]
    assert desk.found("wrońska w szatni bransoletki") == [both]
    assert desk.found("bransoletka kuchnia") == []


def test_a_phrase_is_its_words_in_a_row(desk: Desk) -> None:
    row = desk.ticket("A", "Proszę o biały płaszcz kąpielowy")
    desk.ticket("B", "Płaszcz biały jak śnieg")
    assert desk.found('"biały płaszcz"') == [row]
    assert desk.found('"białego płaszcza" kąpielowy') == [row]
    assert len(desk.found("biały płaszcz")) == 2


def test_common_words_do_not_stand_in_the_way(desk: Desk) -> None:
    ticket_id = desk.ticket("Przełożenie wizyty", "Sobota")
    assert desk.found("wizyta na sobotę") == [ticket_id]
    assert desk.found("the wizyta and sobota") == [ticket_id]


# -- Order, pages, snippets ------------------------------------------------------------------------


def test_the_number_comes_first_then_subjects_then_messages(desk: Desk) -> None:
    numbered = desk.ticket("Inna sprawa")
    row = desk.db.execute(
        "select number::text from public.support_tickets where id = %s", [numbered]
    ).fetchone()
    assert row
    in_message = desk.ticket("Pytanie", f"W sprawie {row[0]}")
    in_subject = desk.ticket(f"Do {row[0]}")
    assert desk.found(row[0]) == [numbered, in_subject, in_message]
    assert desk.found("#" + row[0])[0] == numbered


def test_among_equals_the_one_that_moved_last_comes_first(desk: Desk) -> None:
    tickets = [desk.ticket("Masaż", waiting_seconds=3600 * n) for n in range(1, 4)]
    for hours, ticket_id in enumerate(tickets, 1):
        desk.db.execute(
            "update public.support_tickets set last_message_at = now() - make_interval(mins => %s)"
            " where id = %s",
            [hours, ticket_id],
        )
    assert desk.found("masaż") == tickets


def test_pages_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    tickets = {desk.ticket("Masaż stóp", waiting_seconds=n) for n in range(7)}
    seen: list[str] = []
    after = None
    while True:
        page = call(desk.db, desk.manager, "search_tickets('masaz', 3, %s)", after)
        seen += [ticket["id"] for ticket in page["tickets"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == 7
    assert {UUID(each) for each in seen} == tickets


def test_a_snippet_is_plain_text_with_marked_pieces(desk: Desk) -> None:
    body = "<b>Uwaga</b> & proszę: <script>alert('faktura')</script> przed fakturą \ue000x"
    desk.ticket("Pytanie", "Dzień dobry", body)
    [found] = call(desk.db, desk.manager, SEARCH, "faktura")["tickets"]
    snippet = found["match"]["snippet"]
    assert [piece["text"] for piece in snippet if piece["is_match"]] == ["faktura", "fakturą"]
    assert not any("\ue000" in piece["text"] for piece in snippet)
    assert "".join(piece["text"] for piece in snippet) in body.replace("\ue000", "")


def test_a_ticket_found_by_its_head_has_no_snippet(desk: Desk) -> None:
    desk.ticket("Bransoletka", "Dzień dobry")
    [found] = call(desk.db, desk.client, SEARCH, "bransoletka")["tickets"]
    assert found["match"] is None
    assert found["subject"] == "Bransoletka"


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (None, ("PT400", "query_required")),
        ("  ", ("PT400", "query_required")),
        ("a" * 201, ("PT413", "query_too_long")),
        ("\x1b[2J", ("PT422", "query_malformed")),
        ("?!…", ("PT422", "query_without_words")),
        ('""', ("PT422", "query_without_words")),
        ("jeden dwa trzy cztery piec szesc siedem osiem dziewiec", ("PT422", "query_too_long")),
    ],
)
def test_a_bad_query_is_refused(desk: Desk, query: str | None, told: tuple[str, str]) -> None:
    assert refusal(desk.db, desk.manager, SEARCH, query)[:2] == told


def test_a_bad_cursor_is_refused(desk: Desk) -> None:
    for cursor in ("", "x", "1/2/3", "1;drop/1", "1/" + "9" * 40):
        told = refusal(desk.db, desk.manager, "search_tickets('a', 5, %s)", cursor)
        assert told[:2] == ("PT422", "cursor_malformed")


def test_too_many_searches_are_refused(desk: Desk) -> None:
    desk.db.execute(
        "insert into private.rate_buckets (actor_id, action, tokens, refilled_at)"
        " values (%s, 'search_tickets', 0, now() + interval '1 hour')",
        [desk.agent],
    )
    assert refusal(desk.db, desk.agent, SEARCH, "masaż")[:2] == ("PT429", "too_many_requests")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_no_query_is_an_error(desk: Desk, query: str) -> None:
    query = query.replace("\0", "")
    desk.db.execute("delete from private.rate_buckets")
    try:
        with desk.db.transaction(), acting_as(desk.db, "authenticated", desk.manager):
            desk.db.execute("select public.search_tickets(%s)", [query])
        code = None
    except psycopg.Error as error:
        desk.db.execute("reset role")
        code = error.sqlstate
    assert code in (None, "PT400", "PT413", "PT422")


# -- The index -------------------------------------------------------------------------------------


def documents(db: psycopg.Connection, ticket_id: UUID) -> list[Any]:
    return db.execute(
        "select xmin, ctid, message_id from private.search_documents where ticket_id = %s"
        " order by id",
        [ticket_id],
    ).fetchall()


def test_what_changes_is_found_by_its_new_words(desk: Desk) -> None:
    ticket_id = desk.ticket("Masaż", "Sobota")
    desk.db.execute("update public.support_tickets set subject = 'Sauna'")
    desk.db.execute("update public.ticket_messages set body = 'Niedziela'")
    desk.db.execute(
        "update public.profiles set display_name = 'Ewa Lis' where id = %s", [desk.client]
    )
    assert desk.found("masaz") == desk.found("sobota") == desk.found("wronska") == []
    assert desk.found("lis sauna niedziela") == [ticket_id]


def test_a_ticket_at_another_desk_is_found_there(desk: Desk) -> None:
    other = a_desk(desk.db)
    ticket_id = desk.ticket("Masaż", "Sobota", assignee_id=None)
    desk.db.execute(
        "update public.support_tickets set desk_id = %s where id = %s", [other, ticket_id]
    )
    assert desk.found("masaz sobota") == []
    assert desk.found("masaz sobota", a_manager(desk.db, desk_id=other)) == [ticket_id]


def test_a_change_of_state_leaves_the_index_alone(desk: Desk) -> None:
    ticket_id = desk.ticket("Masaż", "Sobota")
    before = documents(desk.db, ticket_id)
    call(desk.db, desk.agent, "set_ticket_status(%s, 'pending', 1)", ticket_id)
    call(desk.db, desk.agent, "resolve_ticket(%s, 'Gotowe', 2)", ticket_id)
    assert documents(desk.db, ticket_id) == before


def test_what_is_deleted_cannot_be_found(desk: Desk) -> None:
    ticket_id = desk.ticket("Masaż", "Sobota", "Niedziela")
    assert len(documents(desk.db, ticket_id)) == 3
    desk.db.execute("delete from public.ticket_messages where body = 'Sobota'")
    assert len(documents(desk.db, ticket_id)) == 2
    desk.db.execute("delete from public.support_tickets where id = %s", [ticket_id])
    assert documents(desk.db, ticket_id) == []


# -- Who finds what --------------------------------------------------------------------------------

NOTE = "Notatka: alergia na lateks"
QUESTIONS = ("dzień dobry", "wizyta", "sobota", "lateks", "stała klientka", "zofia", "notatka")


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    house = a_house(db)
    for name in ("held", "busy", "far", "waiting", "left_behind"):
        a_message(
            db,
            house.tickets[name],
            house.people["manager"],
            NOTE,
            author_kind="agent",
            is_internal=True,
        )
    # Somebody who works here and is also the client of a ticket with notes.
    db.execute(
        "update public.support_tickets set client_id = %(auditor)s where id = %(busy)s", house.names
    )
    return house


def visible_matches(db: psycopg.Connection, question: str) -> set[UUID]:
    """The truth: every word somewhere in what the policies show of the ticket."""
    rows = db.execute(
        """
        select ticket.id
        from public.support_tickets ticket
        left join public.my_tickets mine on mine.id = ticket.id
        cross join lateral (
            select array_agg(private.read_words(part.text)) as words
            from (
                select ticket.number || ' ' || ticket.subject || ' ' || coalesce(
                    private.list_ticket_people(ticket.id) ->> ticket.client_id::text, ''
                ) as text
                union all
                select message.body from public.ticket_messages message
                where message.ticket_id = ticket.id
            ) part
        ) said
        where not exists (
            select from private.parse_search(%s) term
            where not exists (select from unnest(said.words) w where w @@ term.query)
        )
        """,
        [question],
    ).fetchall()
    return {ticket_id for (ticket_id,) in rows}


@pytest.mark.parametrize("person", [p for p in EVERYBODY if p not in ("visitor", "service")])
def test_everybody_finds_exactly_what_the_policies_show_them(
    db: psycopg.Connection, house: House, person: str
) -> None:
    for question in QUESTIONS:
        with house.act(db, person):
            visible = visible_matches(db, question)
            row = db.execute("select public.search_tickets(%s, 50)", [question]).fetchone()
        assert row
        found = {UUID(ticket["id"]) for ticket in row[0]["tickets"]}
        # An admin sees what other tests left behind as well, and there is a limit.
        assert found == visible or (len(found) == 50 and found < visible), question
        shown = str(row[0])
        if person in ("client", "other_client", "stranger", "revoked", "banned"):
            assert "lateks" not in shown


def test_a_note_about_oneself_is_not_found(db: psycopg.Connection, house: House) -> None:
    with house.act(db, "auditor"):
        row = db.execute("select public.search_tickets('lateks', 50)").fetchone()
    assert row
    found = {house.name_of(UUID(ticket["id"])) for ticket in row[0]["tickets"]}
    assert found == {"held", "waiting", "left_behind"}
