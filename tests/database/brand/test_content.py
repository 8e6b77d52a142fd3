"""What the house has ready to say: who writes it, who approves it, and what is made of it."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_manager, a_ticket, an_admin, an_agent
from tests.support.calling import call, refusal, rows

ASK: LiteralString = "request_brand_content(%s, %s, %s, %s)"
SAVE: LiteralString = "save_content_block(%s, %s, %s, %s, '{chat}', '{standard}')"
VALUES: dict[str, dict[str, str]] = {
    "pl": {
        "treatment": "masaż twarzy",
        "date": "24 listopada",
        "time": "17.30",
        "number": "1024",
        "question": "preferowana godzina",
        "event": "Wieczór z muzyką Chopina",
    },
    "en": {
        "treatment": "facial massage",
        "date": "24 November",
        "time": "5.30 pm",
        "number": "1024",
        "question": "the hour you prefer",
        "event": "An Evening with Chopin",
    },
}
NAMES = {
    "female": ("Anna", "Kasia", "Małgorzata Maria", "Beatrycze", "Nicole", "Xi"),
    "male": ("Tomasz", "Marek", "Kuba", "Jean-Luc", "Jerzy", "Bo"),
    None: ("Anna", "Tomasz", "Sasha"),
}
PEOPLE = st.sampled_from(["female", "male", None]).flatmap(
    lambda gender: st.fixed_dictionaries(
        {
            "gender": st.just(gender),
            "given_name": st.sampled_from([*NAMES[gender], None]),
            "family_name": st.sampled_from(["Nowak", "Kowalska", "de la Cruz", "Adam", None]),
            "form_of_address": st.sampled_from(["formal", "first_name"]),
            "tier": st.sampled_from(["standard", "premium", "vip_gold", "vip_platinum"]),
        }
    )
)
# Each block for each sample client; the channels take turns, so that every pair comes up.
SHIPPED = """
    select (text.block).key, (person.sample).tier, (person.sample).gender, place.channel,
        made.content
    from (
        select block, row_number() over (order by block.key) as number
        from public.content_blocks block where block.locale = %s
    ) text
    cross join (
        select sample, row_number() over () as number
        from private.list_sample_clients(null) sample
    ) person
    join (
        select channel, row_number() over (order by channel) as number from public.channels
    ) place on place.number = (text.number + person.number + person.number / 6) %% 6 + 1
    cross join lateral (
        select private.compose_content(
            text.block, person.sample, place.channel, %s, 'Ewa Zielińska'
        ) as content
    ) made
"""
MADE = """
    select made.content
    from public.content_blocks block,
        jsonb_populate_record(null::public.profiles, %(person)s) person,
        private.compose_content(block, person, %(channel)s, %(values)s, 'Jan Nowak') made (content)
    where block.locale = %(locale)s and block.key = %(key)s
"""


class Desk:
    """An agent with a ticket of Anna, two managers who may write and approve."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.client, self.agent = a_client(db), an_agent(db)
        self.author, self.approver = a_manager(db), an_admin(db)
        a_ticket(db, self.client, assignee_id=self.agent)
        self.describe(given_name="Anna", family_name="Nowak", gender="female")

    def describe(self, **details: Any) -> None:
        self.db.execute(
            "update public.profiles set given_name = %(given_name)s, gender = %(gender)s,"
            " family_name = %(family_name)s, form_of_address = %(form)s where id = %(client)s",
            {"given_name": None, "family_name": None, "gender": None, "form": "formal"}
            | details
            | {"client": self.client},
        )

    def ask(self, purpose: str, channel: str = "chat", **values: str) -> Any:
        return call(self.db, self.agent, ASK, self.client, purpose, channel, Jsonb(values))

    def draft(self, body: str, key: str = "open_house", locale: str = "pl") -> UUID:
        saved = call(self.db, self.author, SAVE, key, locale, key, body)
        return UUID(saved["id"])

    def hold(self, block_id: UUID) -> Any:
        return call(self.db, self.approver, "approve_content_block(%s, 'Lato')", block_id)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_no_text_of_the_house_is_blocked_or_warned_of_for_anybody_anywhere(
    db: psycopg.Connection, locale: str
) -> None:
    found = db.execute(SHIPPED, [locale, Jsonb(VALUES[locale])]).fetchall()
    assert len({key for key, *_ in found}) >= 12
    assert len(found) == len({key for key, *_ in found}) * 24
    for key, tier, gender, channel, made in found:
        told = (key, tier, gender, channel, made)
        assert made["brand_check"]["verdict"] == "pass", told
        assert not {"{", "|"} & set(made["text"]), told


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    person=PEOPLE,
    channel=st.sampled_from(["chat", "email", "whatsapp", "instagram", "phone", "phone_note"]),
    locale=st.sampled_from(["pl", "en"]),
    key=st.sampled_from(["invitation", "treatment_follow_up", "apology_for_service"]),
)
def test_whatever_somebody_is_called_the_gate_lets_their_message_through(
    db: psycopg.Connection, person: dict[str, Any], channel: str, locale: str, key: str
) -> None:
    row = db.execute(
        MADE,
        {
            "person": Jsonb(person),
            "channel": channel,
            "values": Jsonb(VALUES[locale]),
            "locale": locale,
            "key": key,
        },
    ).fetchone()
    assert row is not None
    assert row[0]["brand_check"]["verdict"] != "block", row[0]
    assert "{" not in row[0]["text"]


@pytest.mark.parametrize(
    ("details", "channel", "tier", "opening"),
    [
        ({"gender": "female"}, "chat", "vip_gold", "Szanowna Pani,"),
        ({"gender": "male"}, "email", "standard", "Szanowny Panie,"),
        ({"given_name": "Anna"}, "email", "vip_gold", "Szanowni Państwo,"),
        ({"gender": "female", "given_name": "Anna"}, "chat", "standard", "Dzień dobry,"),
        (
            {"gender": "male", "given_name": "Marek", "form": "first_name"},
            "chat",
            "vip_gold",
            "Panie Marku,",
        ),
        (
            {"gender": "female", "given_name": "Anna", "form": "first_name"},
            "email",
            "premium",
            "Dzień dobry, Pani Anno,",
        ),
        # Of two given names the first one is called.
        (
            {"gender": "female", "given_name": "Anna Maria", "form": "first_name"},
            "chat",
            "vip_gold",
            "Pani Anno,",
        ),
    ],
)
def test_the_profile_alone_decides_how_somebody_is_addressed(
    desk: Desk, details: dict[str, str], channel: str, tier: str, opening: str
) -> None:
    desk.describe(**details)
    desk.db.execute("update public.profiles set tier = %s where id = %s", [tier, desk.client])
    made = desk.ask("thanks_for_visit", channel)
    assert made["text"].splitlines()[0] == opening
    assert made["brand_check"]["verdict"] == "pass"


def test_a_language_without_a_text_is_said_to_fall_back(desk: Desk) -> None:
    desk.db.execute(
        "update public.profiles set preferred_languages = '{de}' where id = %s", [desk.client]
    )
    made = desk.ask("thanks_for_visit")
    assert (made["wanted_language"], made["language"], made["is_fallback"]) == ("de", "en", True)
    assert made["text"].startswith("Dear Ms Nowak,\n")
    polish = call(
        desk.db, desk.agent, "request_brand_content(%s, 'thanks_for_visit', 'chat', '{}', 'pl')",
        desk.client,
    )  # fmt: skip
    assert (polish["language"], polish["is_fallback"]) == ("pl", False)


def test_a_message_made_here_passes_the_gate_when_it_is_sent(desk: Desk) -> None:
    made = desk.ask("visit_confirmed", treatment="masaż", date="24 listopada", time="17.30")
    ticket = a_ticket(desk.db, desk.client, assignee_id=desk.agent)
    said = call(desk.db, desk.agent, "reply_to_ticket(%s, %s)", ticket, made["text"])
    assert said["brand_check"]["verdict"] == "pass"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"date": "24 listopada"}, "content_values_missing"),
        ({"date": "24", "time": "{{date}}"}, "content_values_malformed"),
        ({"date": "24", "time": 17}, "content_values_malformed"),
        ({"date": "24", "time": "x" * 121}, "content_values_malformed"),
        ({"date": "24", "time": "17, hej, nie da się"}, "brand_blocked"),
    ],
)
def test_a_gap_is_never_left_open_nor_filled_with_what_the_house_does_not_say(
    desk: Desk, values: dict[str, Any], code: str
) -> None:
    told = refusal(desk.db, desk.agent, ASK, desk.client, "visit_moved", "chat", Jsonb(values))
    assert told[:2] == ("PT422", code)


def test_what_is_not_known_is_refused_by_its_name(desk: Desk) -> None:
    for arguments, code in (
        ([desk.client, "no_such_thing", "chat"], "content_not_found"),
        ([desk.author, "thanks_for_visit", "chat"], "client_not_found"),
        ([desk.client, "thanks_for_visit", "pigeon"], "unknown_channel"),
    ):
        assert refusal(desk.db, desk.agent, ASK, *arguments, Jsonb({}))[1] == code


def test_nobody_approves_what_they_wrote_at(desk: Desk) -> None:
    block = desk.draft("zapraszamy w sobotę.")
    call(desk.db, desk.approver, SAVE, "open_house", "pl", "open_house", "zapraszamy w niedzielę.")
    for person in (desk.author, desk.approver):
        told = refusal(desk.db, person, "approve_content_block(%s)", block)
        assert told[:2] == ("PT403", "own_content")
    assert refusal(desk.db, desk.agent, ASK, desk.client, "open_house", "chat", Jsonb({}))[1] == (
        "content_not_found"
    )
    held = call(desk.db, an_admin(desk.db), "approve_content_block(%s)", block)
    assert (held["state"], held["version"]) == ("approved", 1)
    assert desk.ask("open_house")["text"] == "Dzień dobry,\nzapraszamy w niedzielę."


def test_a_text_that_the_gate_would_stop_is_not_approved(desk: Desk) -> None:
    block = desk.draft("prosimy, aby zadzwoniła pani jutro.")
    told = refusal(desk.db, desk.approver, "approve_content_block(%s)", block)
    assert told[:2] == ("PT422", "brand_blocked")


def test_a_new_version_takes_the_place_of_the_old_one_and_keeps_it(desk: Desk) -> None:
    desk.hold(desk.draft("zapraszamy w sobotę."))
    second = desk.draft("zapraszamy w niedzielę.")
    assert desk.ask("open_house")["block"]["version"] == 1
    desk.hold(second)
    assert desk.ask("open_house")["block"]["version"] == 2
    kept = rows(
        desk.db,
        desk.agent,
        "select version, state from public.content_blocks where key = 'open_house' order by 1",
    )
    assert kept == [(1, "retired"), (2, "approved")]
    told = refusal(desk.db, desk.approver, "approve_content_block(%s)", second)
    assert told[:2] == ("PT409", "content_is_not_a_draft")
    history = call(
        desk.db, desk.approver, "get_configuration_history('content_blocks', 'open_house')"
    )
    assert {change["reason"] for change in history} >= {"Lato"}


def test_a_version_of_the_future_leaves_the_present_one_until_then(desk: Desk) -> None:
    desk.hold(desk.draft("zapraszamy w sobotę."))
    later = call(
        desk.db, desk.author, "save_content_block('open_house', 'pl', 'open_house',"
        " 'zapraszamy wiosną.', '{chat}', '{standard}', current_date + 30)",
    )  # fmt: skip
    desk.hold(UUID(later["id"]))
    assert desk.ask("open_house")["block"]["version"] == 1
    kept = rows(
        desk.db,
        desk.agent,
        "select version, state, ends_on - current_date from public.content_blocks"
        " where key = 'open_house' order by 1",
    )
    assert kept == [(1, "approved", 29), (2, "approved", None)]


def test_what_is_retired_or_out_of_its_time_is_missing(desk: Desk) -> None:
    def missing(*locales: str) -> set[tuple[str, str, str, str]]:
        told = call(desk.db, desk.agent, "get_missing_content(%s)", list(locales) or None)
        return {(gap["what"], gap["key"], gap["locale"], gap["reason"]) for gap in told["missing"]}

    assert missing() == set()
    assert len(missing("pl", "de")) >= 12
    block = desk.draft("zapraszamy w sobotę.")
    assert missing() == {
        ("block", "open_house", "pl", "draft"),
        ("block", "open_house", "en", "none"),
    }
    desk.hold(block)
    desk.db.execute(
        "update public.content_blocks set starts_on = '2026-01-01', ends_on = '2026-01-02'"
        " where id = %s",
        [block],
    )
    assert ("block", "open_house", "pl", "expired") in missing()
    call(desk.db, desk.author, "retire_content_block(%s)", block)
    assert missing() == set()
    call(desk.db, desk.author, "save_brand_asset('menu', 'document', 'menu.pdf', 'Spa', 'pl')")
    assert missing() == {("asset", "menu", "en", "none")}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("zapraszamy {{}}", "content_gap_malformed"),
        ("zapraszamy {{Pan|Pani}}", "content_gap_malformed"),
        ("zapraszamy {date}", "content_gap_malformed"),
        ("zapraszamy {{date}", "content_gap_malformed"),
    ],
)
def test_gaps_that_nobody_could_fill_are_refused(desk: Desk, body: str, code: str) -> None:
    told = refusal(desk.db, desk.author, SAVE, "open_house", "pl", "open_house", body)
    assert told[:2] == ("PT422", code)


@pytest.mark.parametrize(
    ("key", "locale", "code"),
    [
        ("Otwarte Drzwi", "pl", "content_malformed"),
        (None, "pl", "content_malformed"),
        ("open_house", "xx", "unknown_language"),
    ],
)
def test_texts_need_a_key_and_a_language_of_the_house(
    desk: Desk, key: str | None, locale: str, code: str
) -> None:
    told = refusal(desk.db, desk.author, SAVE, key, locale, "open_house", "zapraszamy.")
    assert told[:2] == ("PT422", code)


def test_an_asset_is_saved_as_its_next_version(desk: Desk) -> None:
    for number in (1, 2):
        saved = call(
            desk.db, desk.author, "save_brand_asset('logo_dark', 'logo', %s, 'Jasne tło')",
            f"logos/dark_{number}.svg",
        )  # fmt: skip
        assert (saved["version"], saved["state"]) == (number, "active")
    states = rows(desk.db, desk.agent, "select state from public.brand_assets order by version")
    assert states == [("retired",), ("active",)]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("logo", "http://dom.test/logo.svg"),
        ("logo", "../secrets"),
        ("logo", "javascript:alert(1)"),
        ("hologram", "logo.svg"),
        (None, "logo.svg"),
    ],
)
def test_an_asset_lies_in_a_safe_place(desk: Desk, kind: str | None, path: str) -> None:
    told = refusal(desk.db, desk.author, "save_brand_asset('logo', %s, %s, 'Tło')", kind, path)
    assert told[:2] == ("PT422", "asset_malformed")
