"""Addresses and whose they are: one spelling, one owner, and nothing proved by saying so."""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_desk, a_manager, a_person, a_vip_profile, an_agent
from tests.support.acting import acting_as, refused

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BLANKS = "\u00a0\u2009\u200b\u3000\ufeff "


def one(db: psycopg.Connection, statement: LiteralString, *values: Any) -> Any:
    """The single value of the single row."""
    row = db.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def normalised(db: psycopg.Connection, kind: str, value: str) -> Any:
    return one(db, "select private.normalise_address(%s, %s)", kind, value)


def resolve(db: psycopg.Connection, kind: str, value: str, name: str | None = None) -> Any:
    return one(db, "select private.resolve_client(%s, %s, %s)", kind, value, name)


def add_identity(
    db: psycopg.Connection, client_id: UUID, kind: str, value: str, *, is_verified: bool = True
) -> Any:
    with acting_as(db, "service_role"):
        return one(
            db,
            "select public.add_client_identity(%s, %s, %s, %s, 'Podała przy wizycie')",
            client_id,
            kind,
            value,
            is_verified,
        )


def add_delegate(
    db: psycopg.Connection,
    client_id: UUID,
    *,
    kind: str = "assistant",
    delegate: UUID | None = None,
    contact_kind: str | None = None,
    contact: str | None = None,
    is_authorised: bool = True,
    ends_at: datetime | None = None,
) -> Any:
    with acting_as(db, "service_role"):
        return one(
            db,
            "select public.set_client_delegate(%s, %s, 'Upoważnienie', %s, %s, %s, null, %s, %s)",
            *(client_id, kind, delegate, contact_kind, contact, is_authorised, ends_at),
        )


# --------------------------------------------------------------------------------------------------
# One spelling
# --------------------------------------------------------------------------------------------------
NUMBERS = {
    "600 100 200": "+48600100200",
    "+48 600-100-200": "+48600100200",
    "0048 600 100 200": "+48600100200",
    "48600100200": "+48600100200",
    "(22) 123 45 67": "+48221234567",
    "022 123 45 67": "+48221234567",
    "+48 (0) 22 123 45 67": "+48221234567",
    "\u00a0600\u2011100\u2011200": "+48600100200",
    "+49 151 12345678": "+4915112345678",
    "0049/151/12345678": "+4915112345678",
    "600100200 wew. 5": None,
    "600100200#5": None,
    "600100200,5": None,
    "+48 600 100 20": None,
    "+48 0600100200": None,
    "4915112345678": None,
    "112": None,
    "++48600100200": None,
    "٦٠٠١٠٠٢٠٠": None,
    "": None,
}


@pytest.mark.parametrize(("written", "meant"), NUMBERS.items())
def test_a_number_has_one_spelling_and_no_extension(
    db: psycopg.Connection, written: str, meant: str | None
) -> None:
    assert normalised(db, "phone", written) == meant


def test_whatsapp_names_people_by_the_whole_number_without_a_plus(db: psycopg.Connection) -> None:
    assert normalised(db, "whatsapp", "4915112345678") == "+4915112345678"
    assert normalised(db, "whatsapp", "48600100200") == normalised(db, "phone", "600100200")


@pytest.mark.parametrize("blank", BLANKS)
def test_an_email_address_is_lower_case_and_trimmed_of_every_blank(
    db: psycopg.Connection, blank: str
) -> None:
    assert normalised(db, "email", f"{blank}Zofia.W@KLIENT.test{blank}") == "zofia.w@klient.test"


@pytest.mark.parametrize(
    "value",
    ["zofia", "a@b", "a@@b.pl", "a b@c.pl", "<a@b.pl>", "a@b.pl,c@d.pl", "a\u200b@b.pl", ""],
)
def test_what_is_no_email_address_is_none(db: psycopg.Connection, value: str) -> None:
    assert normalised(db, "email", value) is None


def test_letters_that_only_look_alike_stay_different_addresses(db: psycopg.Connection) -> None:
    assert normalised(db, "email", "ｚofia@klient.test") != "zofia@klient.test"


def test_a_handle_is_lower_case_without_its_at(db: psycopg.Connection) -> None:
    assert normalised(db, "instagram", " @Zofia.W_ ") == "zofia.w_"
    assert normalised(db, "instagram", "zofia w") is None


WRITTEN = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"\A[+0(]{0,3}[0-9 ()./-]{0,20}\Z"),
    st.from_regex(r"\A[@ ]?[A-Za-z0-9._]{0,32}\Z"),
    st.builds("{}@{}.{}".format, st.text(max_size=10), st.text(max_size=10), st.text(max_size=4)),
).filter(lambda text: "\x00" not in text)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["email", "phone", "whatsapp", "instagram"]), WRITTEN)
def test_saying_it_again_changes_nothing(db: psycopg.Connection, kind: str, written: str) -> None:
    try:
        written.encode()
    except UnicodeEncodeError:
        return
    once = normalised(db, kind, written)
    assert once is None or normalised(db, kind, once) == once


def test_names_are_compared_without_case_marks_and_punctuation(db: psycopg.Connection) -> None:
    folded = one(db, "select private.fold_name('  Łucja  ŻÓŁĆ-Straße, Ørsted ')")
    assert folded == "lucja zolc strase orsted"


# --------------------------------------------------------------------------------------------------
# Accounts
# --------------------------------------------------------------------------------------------------
def confirm(db: psycopg.Connection, account_id: UUID) -> None:
    """Auth wrote to the address, and the person followed the link."""
    db.execute(
        "update auth.users set confirmation_sent_at = %s, email_confirmed_at = %s where id = %s",
        [NOW, NOW + timedelta(minutes=2), account_id],
    )


def identities(db: psycopg.Connection, client_id: UUID) -> list[tuple[Any, ...]]:
    return db.execute(
        "select kind, value, is_verified, source from public.client_identities"
        " where client_id = %s order by kind, value",
        [client_id],
    ).fetchall()


def test_signing_up_writes_the_address_down_and_proves_nothing(db: psycopg.Connection) -> None:
    account = a_person(db, email="Nowa@Klient.test")
    assert identities(db, account) == [("email", "nowa@klient.test", False, "account")]
    found = resolve(db, "email", "nowa@klient.test")
    assert found["certainty"] == "uncertain"
    assert found["candidates"][0]["reasons"] == [{"code": "claimed_address", "points": 50}]


def test_an_address_confirmed_without_asking_is_no_proof(db: psycopg.Connection) -> None:
    account = a_person(db, email="nowa@klient.test")
    db.execute("update auth.users set email_confirmed_at = now() where id = %s", [account])
    assert resolve(db, "email", "nowa@klient.test")["certainty"] == "uncertain"


def test_a_confirmed_address_is_its_owners(db: psycopg.Connection) -> None:
    account = a_person(db, email="nowa@klient.test")
    confirm(db, account)
    found = resolve(db, "email", " NOWA@klient.test")
    assert (found["certainty"], found["client_id"]) == ("exact", str(account))


def test_a_changed_address_replaces_the_old_one(db: psycopg.Connection) -> None:
    account = a_person(db, email="stara@klient.test")
    confirm(db, account)
    db.execute("update auth.users set email = 'inna@klient.test' where id = %s", [account])
    assert identities(db, account) == [("email", "inna@klient.test", False, "account")]
    db.execute(
        "update auth.users set email_change = 'trzecia@klient.test', email_change_sent_at = now()"
        " where id = %s",
        [account],
    )
    db.execute("update auth.users set email = 'trzecia@klient.test' where id = %s", [account])
    assert identities(db, account) == [("email", "trzecia@klient.test", True, "account")]


def test_a_number_comes_from_auth_without_its_plus(db: psycopg.Connection) -> None:
    account = a_person(db, email="nowa@klient.test")
    db.execute("update auth.users set phone = '48600100200' where id = %s", [account])
    assert ("phone", "+48600100200", False, "account") in identities(db, account)


def test_signing_up_with_a_known_address_takes_nothing_over(db: psycopg.Connection) -> None:
    vip = a_client(db, "vip_platinum")
    add_identity(db, vip, "email", "prywatny@klient.test")
    newcomer = a_person(db, email="prywatny@klient.test")
    confirm(db, newcomer)
    found = resolve(db, "email", "prywatny@klient.test")
    assert (found["certainty"], found["client_id"]) == ("exact", str(vip))
    assert identities(db, newcomer) == [("email", "prywatny@klient.test", False, "account")]
    asked = db.execute(
        "select client_id, ticket_id, status, candidates -> 0 ->> 'client_id'"
        " from public.identity_checks where contact_value = 'prywatny@klient.test'"
    ).fetchall()
    assert asked == [(newcomer, None, "open", str(vip))]


def test_metadata_of_a_sign_up_says_nothing_about_identity(db: psycopg.Connection) -> None:
    vip = a_client(db, "vip_platinum")
    add_identity(db, vip, "email", "prywatny@klient.test")
    newcomer = a_person(
        db,
        metadata={
            "display_name": "Zofia Wiśniewska",
            "email": "prywatny@klient.test",
            "phone": "600100200",
            "client_id": str(vip),
            "merged_into_id": str(vip),
        },
    )
    with acting_as(db, "authenticated", newcomer):
        assert one(db, "select private.my_client_id()") == newcomer
        assert one(db, "select count(*) from public.client_identities") == 1


def test_an_account_goes_with_its_profile_and_addresses(db: psycopg.Connection) -> None:
    account = a_person(db, email="nowa@klient.test")
    db.execute("delete from auth.users where id = %s", [account])
    assert one(db, "select count(*) from public.profiles where id = %s", account) == 0
    assert resolve(db, "email", "nowa@klient.test")["certainty"] == "unknown"


def test_nobody_without_an_account_works_here(db: psycopg.Connection) -> None:
    writer = one(
        db,
        "insert into public.profiles (id, has_account, display_name)"
        " values (gen_random_uuid(), false, 'Anna') returning id",
    )
    with acting_as(db, "service_role"), refused(db, "PT404", "person_not_found"):
        db.execute("select public.set_staff_role(%s, 'agent')", [writer])
    with refused(db, "23503"):
        db.execute(
            "insert into public.staff_members (id, desk_id, role)"
            " values (%s, private.default_desk_id(), 'agent')",
            [writer],
        )


def test_only_accounts_register(db: psycopg.Connection) -> None:
    writer = one(
        db,
        "insert into public.profiles (id, has_account, display_name)"
        " values (gen_random_uuid(), false, 'Anna') returning id",
    )
    account = a_person(db)
    told = db.execute(
        "select subject_id from public.events where kind = 'client.registered'"
        " and subject_id = any (%s)",
        [[writer, account]],
    ).fetchall()
    assert told == [(account,)]


# --------------------------------------------------------------------------------------------------
# Resolution
# --------------------------------------------------------------------------------------------------
def reasons(found: Any, client_id: UUID) -> dict[str, int]:
    [candidate] = [c for c in found["candidates"] if c["client_id"] == str(client_id)]
    parts = {reason["code"]: reason["points"] for reason in candidate["reasons"]}
    assert sum(parts.values()) == candidate["score"]
    return parts


def test_nobody_known_is_unknown(db: psycopg.Connection) -> None:
    assert resolve(db, "email", "ktos@inny.test", "Zofia Wiśniewska") == {
        "client_id": None,
        "certainty": "unknown",
        "candidates": [],
    }


def test_a_second_address_of_a_client_is_theirs(db: psycopg.Connection) -> None:
    client = a_client(db, "vip_platinum")
    add_identity(db, client, "email", "druga@klient.test")
    found = resolve(db, "email", "Druga@klient.test")
    assert (found["certainty"], found["client_id"]) == ("exact", str(client))


def test_a_number_several_people_share_is_uncertain(db: psycopg.Connection) -> None:
    people = [a_client(db), a_client(db, "vip_gold")]
    for person in people:
        add_identity(db, person, "phone", "600 100 200", is_verified=False)
    found = resolve(db, "phone", "+48600100200")
    assert found["certainty"] == "uncertain"
    for person in people:
        assert reasons(found, person) == {"shared_address": 70}


def test_the_same_number_in_another_kind_is_a_clue(db: psycopg.Connection) -> None:
    client = a_client(db)
    add_identity(db, client, "phone", "600 100 200")
    found = resolve(db, "whatsapp", "48600100200")
    assert (found["certainty"], found["client_id"]) == ("uncertain", None)
    assert reasons(found, client) == {"same_number": 70}


def test_the_same_name_counts_beside_a_similar_address_only(db: psycopg.Connection) -> None:
    client = a_client(db, name="Zofia Wiśniewska")
    add_identity(db, client, "email", "zofia.wisniewska@klient.test")
    found = resolve(db, "email", "zofia.wisniewska7@inny.test", "ZOFIA WISNIEWSKA")
    assert found["certainty"] == "uncertain"
    assert reasons(found, client).keys() == {"same_name", "similar_address"}
    assert resolve(db, "email", "qwerty@inny.test", "Zofia Wiśniewska")["certainty"] == "unknown"
    assert resolve(db, "email", "zofia.wisniewska7@inny.test")["certainty"] == "unknown"


def test_an_assistant_leads_to_whom_they_write_for(db: psycopg.Connection) -> None:
    principal, assistant = a_client(db, "vip_platinum"), a_client(db)
    add_identity(db, assistant, "email", "basia@biuro.test")
    add_delegate(db, principal, delegate=assistant)
    found = resolve(db, "email", "basia@biuro.test")
    assert (found["certainty"], found["client_id"]) == ("delegate", str(principal))


def test_an_assistant_may_be_an_address_alone(db: psycopg.Connection) -> None:
    principal = a_client(db, "vip_platinum")
    add_delegate(db, principal, contact_kind="email", contact="Basia@biuro.test")
    found = resolve(db, "email", "basia@biuro.test")
    assert (found["certainty"], found["client_id"]) == ("delegate", str(principal))


def test_an_assistant_of_two_is_uncertain(db: psycopg.Connection) -> None:
    principals = [a_client(db), a_client(db, "vip_gold")]
    for principal in principals:
        add_delegate(db, principal, contact_kind="email", contact="basia@biuro.test")
    found = resolve(db, "email", "basia@biuro.test")
    assert found["certainty"] == "uncertain"
    assert {c["client_id"] for c in found["candidates"]} == {str(p) for p in principals}


def test_a_delegate_who_may_not_act_is_asked_about(db: psycopg.Connection) -> None:
    principal = a_client(db)
    add_delegate(
        db, principal, contact_kind="email", contact="basia@biuro.test", is_authorised=False
    )
    found = resolve(db, "email", "basia@biuro.test")
    assert (found["certainty"], reasons(found, principal)) == ("uncertain", {"assistant_of": 60})


def test_an_assistants_time_ends(db: psycopg.Connection) -> None:
    principal = a_client(db)
    ends_at = one(db, "select now()")
    add_delegate(db, principal, contact_kind="email", contact="basia@biuro.test", ends_at=ends_at)
    assert resolve(db, "email", "basia@biuro.test")["certainty"] == "unknown"


def test_a_member_of_the_household_writes_for_themselves(db: psycopg.Connection) -> None:
    mother, daughter = a_client(db, "vip_gold"), a_client(db)
    add_identity(db, daughter, "email", "ola@dom.test")
    add_delegate(db, mother, kind="household", delegate=daughter)
    found = resolve(db, "email", "ola@dom.test")
    assert (found["certainty"], found["client_id"]) == ("exact", str(daughter))


def test_a_claim_does_not_make_a_proved_owner_uncertain(db: psycopg.Connection) -> None:
    vip = a_client(db, "vip_platinum")
    add_identity(db, vip, "email", "druga@klient.test")
    a_person(db, email="druga@klient.test")
    assert resolve(db, "email", "druga@klient.test")["certainty"] == "exact"


# --------------------------------------------------------------------------------------------------
# Staff
# --------------------------------------------------------------------------------------------------
def test_a_proved_address_has_one_owner(db: psycopg.Connection) -> None:
    first, second = a_client(db), a_client(db)
    add_identity(db, first, "phone", "600100200")
    with acting_as(db, "service_role"), refused(db, "PT409", "address_taken"):
        db.execute(
            "select public.add_client_identity(%s, 'phone', '+48600100200', true, 'Rodzina')",
            [second],
        )


def test_managers_and_the_personal_agent_keep_addresses(db: psycopg.Connection) -> None:
    desk, client = a_desk(db), a_client(db, "vip_gold")
    keeper, agent = an_agent(db), an_agent(db)
    a_vip_profile(db, client, dedicated_agent_id=keeper)
    call: LiteralString = "select public.add_client_identity(%s, 'instagram', %s, true, 'Z wizyty')"
    for person, expected in {
        keeper: None,
        a_manager(db): None,
        agent: "PT404",
        a_manager(db, desk_id=desk): "PT404",
        client: "PT403",
    }.items():
        with acting_as(db, "authenticated", person):
            if expected is None:
                db.execute(call, [client, "@zofia.w"])
            else:
                with refused(db, expected):
                    db.execute(call, [client, "@zofia.w"])


def test_who_changed_an_address_when_and_why_is_kept(db: psycopg.Connection) -> None:
    client, manager = a_client(db), a_manager(db)
    with acting_as(db, "authenticated", manager):
        added = one(
            db,
            "select public.add_client_identity(%s, 'email', 'druga@klient.test', true, 'Telefon')",
            client,
        )
        db.execute("select public.remove_client_identity(%s, 'Pomyłka')", [added["id"]])
    told = db.execute(
        "select action, reason, changed_by from private.identity_changes"
        " where row_id = %s order by id",
        [added["id"]],
    ).fetchall()
    assert told == [("added", "Telefon", manager), ("removed", "Pomyłka", manager)]
    details = one(
        db,
        "select string_agg(details::text, '') from private.identity_changes where row_id = %s",
        added["id"],
    )
    assert "druga" not in details


def test_the_address_an_account_signs_in_with_is_not_removed_here(db: psycopg.Connection) -> None:
    client = a_client(db)
    identity = one(db, "select id from public.client_identities where client_id = %s", client)
    with acting_as(db, "service_role"), refused(db, "PT409", "account_address"):
        db.execute("select public.remove_client_identity(%s, 'Porządki')", [identity])


def test_a_client_sees_their_own_addresses_alone(db: psycopg.Connection) -> None:
    client, other = a_client(db), a_client(db)
    add_identity(db, client, "email", "druga@klient.test")
    add_delegate(db, client, delegate=other)
    with acting_as(db, "authenticated", client):
        assert one(db, "select count(*) from public.client_identities") == 2
        assert one(db, "select count(*) from public.client_delegates") == 1
    with acting_as(db, "authenticated", other):
        assert one(db, "select count(*) from public.client_identities") == 1
        assert one(db, "select count(*) from public.client_delegates") == 0


def found_by(db: psycopg.Connection, person: UUID, query: str) -> set[UUID]:
    with acting_as(db, "authenticated", person):
        return {UUID(c["id"]) for c in one(db, "select public.find_clients(%s)", query)}


def test_staff_find_a_client_by_an_exact_address_and_managers_by_name(
    db: psycopg.Connection,
) -> None:
    client = a_client(db, name="Żaneta Gęś")
    add_identity(db, client, "phone", "600100200", is_verified=False)
    agent, manager = an_agent(db), a_manager(db)
    assert found_by(db, agent, "600-100-200") == {client}
    assert found_by(db, agent, "600-100-20") == set()
    assert found_by(db, agent, "Żaneta Gęś") == set()
    assert found_by(db, manager, "zaneta GES") == {client}
    assert found_by(db, manager, "%%") == set()
    assert found_by(db, a_manager(db, desk_id=a_desk(db)), "zaneta") == set()


def test_looking_up_clients_has_a_limit(db: psycopg.Connection) -> None:
    agent = an_agent(db)
    with acting_as(db, "authenticated", agent):
        for _ in range(20):
            db.execute("select public.find_clients('600100200')")
        with refused(db, "PT429", "too_many_requests"):
            db.execute("select public.find_clients('600100200')")


def test_contacts_are_shown_to_those_who_work_with_the_client(db: psycopg.Connection) -> None:
    client, keeper, agent = a_client(db, "vip_gold"), an_agent(db), an_agent(db)
    a_vip_profile(db, client, dedicated_agent_id=keeper)
    add_identity(db, client, "email", "druga@klient.test")
    for person in (keeper, a_manager(db)):
        with acting_as(db, "authenticated", person):
            contacts = one(db, "select public.get_client_contacts(%s)", client)
        assert "druga@klient.test" in {known["value"] for known in contacts["identities"]}
    for person in (agent, a_manager(db, desk_id=a_desk(db))):
        with acting_as(db, "authenticated", person), refused(db, "PT404", "client_not_found"):
            db.execute("select public.get_client_contacts(%s)", [client])
    with acting_as(db, "authenticated", agent), refused(db, "PT404", "client_not_found"):
        db.execute("select public.get_client_contacts(%s)", [uuid4()])


def test_what_auth_sends_twice_encoded_or_odd_never_stops_a_sign_up(db: psycopg.Connection) -> None:
    for email in ("a" * 70 + "@b.pl", "x y@b.pl", "nie-adres"):
        db.execute(
            "insert into auth.users (id, email, aud, role, raw_user_meta_data)"
            " values (gen_random_uuid(), %s, 'authenticated', 'authenticated', %s)",
            [email, Jsonb({})],
        )
