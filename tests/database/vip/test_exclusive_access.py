"""Exclusive access: who is let in, how many, who is next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.vip.exclusive_house import Salon, a_salon, an_item
from tests.factories import an_agent
from tests.support.acting import acting_as, refused

AHEAD = datetime.now(UTC) + timedelta(days=2)
BEFORE = datetime.now(UTC) - timedelta(days=2)


@pytest.fixture
def salon(db: psycopg.Connection) -> Salon:
    return a_salon(db)


def test_places_go_to_who_asks_first_and_then_there_is_a_list(salon: Salon) -> None:
    item = salon.item(capacity=2)
    clients = [salon.client() for _ in range(4)]
    answers = [salon.reserve(item, client) for client in clients]
    assert [answer["state"] for answer in answers] == ["reserved", "reserved", "waiting", "waiting"]
    assert [answer["position"] for answer in answers] == [None, None, 1, 2]
    assert salon.taken(item) == (2, {"vip_platinum": 2, "vip_gold": 0})


def test_a_tier_has_no_more_than_its_quota(salon: Salon) -> None:
    item = salon.item(quotas={"vip_platinum": 3, "vip_gold": 1})
    gold = [salon.client("vip_gold") for _ in range(2)]
    assert [salon.reserve(item, each)["state"] for each in gold] == ["reserved", "waiting"]
    # Who waits for a place of their tier does not keep another tier's place empty.
    assert salon.reserve(item, salon.client())["state"] == "reserved"


def test_asking_twice_is_asking_once(salon: Salon) -> None:
    item, client = salon.item(), salon.client()
    assert salon.reserve(item, client) == salon.reserve(item, client)
    assert salon.states(item) == ["reserved"]


def test_a_key_lets_in_whose_tier_has_no_quota(salon: Salon) -> None:
    item = salon.item(quotas={"vip_platinum": 1}, access_key="orchid_evening")
    stranger, friend = salon.client("vip_gold"), salon.client("vip_gold", "orchid_evening")
    with refused(salon.db, "PT404", "item_not_found"):
        salon.reserve(item, stranger)
    assert salon.reserve(item, friend)["state"] == "reserved"


def test_a_key_without_a_vip_tier_opens_nothing(salon: Salon) -> None:
    item = salon.item(access_key="orchid_evening")
    with refused(salon.db, "PT404", "item_not_found"):
        salon.reserve(item, salon.client("premium", "orchid_evening"))


def test_staff_are_told_why_a_client_is_not_let_in(salon: Salon) -> None:
    item, client = salon.item(quotas={}), salon.client()
    with refused(salon.db, "PT403", "client_not_entitled"):
        salon.as_(salon.manager, "reserve_exclusive_access(%s, %s)", item, client)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"opens_at": AHEAD.isoformat()}, "item_opens_later"),
        ({"opens_at": (BEFORE - timedelta(2)).isoformat(), "closes_at": BEFORE.isoformat()}, None),
    ],
)
def test_outside_of_its_window_nothing_is_reserved(
    salon: Salon, changes: dict[str, str], message: str | None
) -> None:
    item, client = salon.item(**changes), salon.client()
    with refused(salon.db, "PT409", message or "item_not_open"):
        salon.reserve(item, client)


def test_switched_off_nothing_is_reserved(salon: Salon) -> None:
    item, client = salon.item(), salon.client()
    salon.db.execute(
        "update public.feature_flags set is_enabled = false where flag = 'vip_services'"
    )
    with refused(salon.db, "PT409", "vip_services_disabled"):
        salon.reserve(item, client)


# The waiting list ---------------------------------------------------------------------------


def test_a_place_given_back_is_offered_to_the_first_who_waits(salon: Salon) -> None:
    item = salon.item(capacity=1)
    holder, first, second = (salon.client() for _ in range(3))
    for client in (holder, first, second):
        salon.reserve(item, client)
    assert salon.release(item, holder)["state"] == "released"
    salon.run()
    assert salon.states(item) == ["released", "offered", "waiting"]
    assert salon.told(first) == ["exclusive_place_offered"]
    assert salon.taken(item)[0] == 1
    assert salon.reserve(item, first)["state"] == "reserved"


def test_between_release_and_offer_nobody_overtakes(salon: Salon) -> None:
    item = salon.item(capacity=1)
    holder, first, newcomer = (salon.client() for _ in range(3))
    salon.reserve(item, holder)
    salon.reserve(item, first)
    salon.release(item, holder)
    assert salon.reserve(item, newcomer)["state"] == "waiting"
    salon.run()
    assert salon.states(item) == ["released", "offered", "waiting"]


def test_who_lets_the_deadline_pass_is_passed_over(salon: Salon) -> None:
    item = salon.item(capacity=1)
    holder, first, second = (salon.client() for _ in range(3))
    for client in (holder, first, second):
        salon.reserve(item, client)
    salon.release(item, holder)
    salon.run()
    salon.deadline_passes(item)
    assert salon.states(item) == ["released", "lapsed", "offered"]
    assert salon.told(first) == ["exclusive_place_offered", "exclusive_offer_expired"]
    # Their place went on: they may ask again, and stand at the end.
    assert salon.reserve(item, first)["state"] == "waiting"


def test_an_offer_past_its_deadline_is_not_accepted_even_before_the_timer_fires(
    salon: Salon,
) -> None:
    item = salon.item(capacity=1)
    holder, first = salon.client(), salon.client()
    salon.reserve(item, holder)
    salon.reserve(item, first)
    salon.release(item, holder)
    salon.run()
    salon.db.execute(
        "update public.exclusive_reservations set offer_expires_at = now() - interval '1 s'"
        " where item_id = %s and state = 'offered'",
        [item],
    )
    with refused(salon.db, "PT410", "offer_expired"):
        salon.reserve(item, first)


def test_who_declines_makes_room_for_the_next(salon: Salon) -> None:
    item = salon.item(capacity=1)
    holder, first, second = (salon.client() for _ in range(3))
    for client in (holder, first, second):
        salon.reserve(item, client)
    salon.release(item, holder)
    salon.run()
    assert salon.release(item, first)["state"] == "declined"
    salon.run()
    assert salon.states(item) == ["released", "declined", "offered"]


def test_a_lower_tier_meanwhile_passes_a_waiting_client_over_but_takes_no_place_away(
    salon: Salon,
) -> None:
    item = salon.item(capacity=1)
    holder, first, second = (salon.client() for _ in range(3))
    for client in (holder, first, second):
        salon.reserve(item, client)
    salon.db.execute(
        "update public.profiles set tier = 'premium' where id = any(%s)", [[holder, first]]
    )
    assert salon.states(item) == ["reserved", "waiting", "waiting"]
    salon.release(item, holder)
    salon.run()
    assert salon.states(item) == ["released", "lapsed", "offered"]


def test_more_places_are_offered_at_once(salon: Salon) -> None:
    item = salon.item(capacity=1)
    for _ in range(4):
        salon.reserve(item, salon.client())
    salon.as_(salon.manager, "save_exclusive_item(%s, %s)", Jsonb({"capacity": 3}), item)
    salon.run()
    assert salon.states(item) == ["reserved", "offered", "offered", "waiting"]


def test_the_list_ends_with_the_window(salon: Salon) -> None:
    item, waiting = salon.item(capacity=1), salon.client()
    salon.reserve(item, salon.client())
    salon.reserve(item, waiting)
    salon.db.execute("select set_config('luxury.change_reason', '', true)")
    salon.db.execute(
        "update public.exclusive_items set closes_at = now() - interval '1 s' where id = %s", [item]
    )
    salon.run()
    assert salon.states(item) == ["reserved", "lapsed"]
    assert salon.told(waiting) == ["exclusive_list_closed"]


def test_a_client_who_is_gone_leaves_a_place_to_others(salon: Salon) -> None:
    item = salon.item(capacity=1)
    holder, first = salon.client(), salon.client()
    salon.reserve(item, holder)
    salon.reserve(item, first)
    salon.db.execute("delete from auth.users where id = %s", [holder])
    salon.run()
    assert salon.states(item) == ["offered"]
    assert salon.taken(item)[0] == 1


def test_two_records_of_one_client_hold_one_place(salon: Salon) -> None:
    item, other = salon.item(), salon.item()
    kept, duplicate = salon.client(), salon.client()
    salon.reserve(item, kept)
    salon.reserve(item, duplicate)
    salon.reserve(other, duplicate)
    salon.as_(salon.manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, duplicate)
    assert salon.states(item) == ["reserved", "released"]
    assert salon.taken(item)[0] == 1
    row = salon.db.execute(
        "select client_id from public.exclusive_reservations where item_id = %s", [other]
    ).fetchone()
    assert row == (kept,)


# The inventory ------------------------------------------------------------------------------


def test_a_cancelled_event_tells_everybody(salon: Salon) -> None:
    item, agent = salon.item(capacity=1), an_agent(salon.db)
    holder, waiting = salon.client(), salon.client()
    salon.db.execute(
        "update public.vip_client_profiles set dedicated_agent_id = %s where client_id = %s",
        [agent, holder],
    )
    salon.reserve(item, holder)
    salon.reserve(item, waiting)
    answer = salon.as_(salon.manager, "cancel_exclusive_item(%s, 'Artysta zachorował')", item)
    assert answer["status"] == "cancelled"
    assert salon.states(item) == ["cancelled", "cancelled"]
    assert salon.taken(item)[0] == 0
    for person in (holder, waiting, agent):
        assert salon.told(person) == ["exclusive_item_cancelled"]
    salon.run()
    with refused(salon.db, "PT409", "item_not_open"):
        salon.reserve(item, holder)
    told = salon.as_(holder, "get_exclusive_items()")
    assert [each["status"] for each in told] == ["cancelled"]


def test_a_closed_list_keeps_the_places_that_were_given(salon: Salon) -> None:
    item = salon.item(capacity=1)
    holder, waiting = salon.client(), salon.client()
    salon.reserve(item, holder)
    salon.reserve(item, waiting)
    salon.as_(salon.manager, "close_exclusive_item(%s, 'Lista dla prasy')", item)
    salon.run()
    assert salon.states(item) == ["reserved", "lapsed"]
    assert salon.release(item, holder)["state"] == "released"


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"capacity": 0}, "PT422", "item_makes_no_sense"),
        ({"capacity": None}, "PT400", "item_incomplete"),
        ({"capacity": "many"}, "PT422", "item_malformed"),
        ({"starts_at": "soon"}, "PT422", "item_malformed"),
        ({"kind": "disco"}, "PT422", "item_makes_no_sense"),
        ({"title_pl": " "}, "PT400", "title_pl_required"),
        ({"quotas": {"standard": 1}}, "PT422", "quotas_malformed"),
        ({"quotas": {"vip_gold": 0}}, "PT422", "quotas_malformed"),
        ({"quotas": []}, "PT422", "quotas_malformed"),
        ({"taken_count": 0}, "PT422", "unknown_field"),
        ({"desk_id": None}, "PT404", "desk_not_found"),
    ],
)
def test_an_item_must_make_sense(
    salon: Salon, changes: dict[str, Any], code: str, message: str
) -> None:
    with refused(salon.db, code, message):
        salon.item(**changes)


def test_there_are_never_fewer_places_than_are_taken(salon: Salon) -> None:
    item = salon.item()
    for _ in range(2):
        salon.reserve(item, salon.client())
    for change in ({"capacity": 1}, {"quotas": {"vip_platinum": 1}}):
        with refused(salon.db, "PT422", "item_makes_no_sense"):
            salon.as_(salon.manager, "save_exclusive_item(%s, %s)", Jsonb(change), item)


def test_two_managers_notice_each_other(salon: Salon) -> None:
    item = salon.item()
    salon.as_(salon.manager, "save_exclusive_item(%s, %s, 1)", Jsonb({"title_en": "Orchids"}), item)
    with refused(salon.db, "PT409", "version_stale"):
        salon.as_(salon.manager, "save_exclusive_item(%s, %s, 1)", Jsonb({"capacity": 9}), item)


def test_every_step_is_history(salon: Salon) -> None:
    item, client = salon.item(), salon.client()
    salon.reserve(item, client)
    salon.as_(client, "release_exclusive_access(%s, null, 'Wyjazd')", item)
    changes = salon.db.execute(
        "select from_state, to_state, reason, changed_by"
        " from public.exclusive_reservation_changes change"
        " join public.exclusive_reservations mine on mine.id = change.reservation_id"
        " where mine.item_id = %s order by change.id",
        [item],
    ).fetchall()
    assert changes == [(None, "reserved", None, client), ("reserved", "released", "Wyjazd", client)]
    kept = salon.db.execute(
        "select count(*) from private.configuration_history"
        " where table_name = 'public.exclusive_items' and row_key = %s",
        [str(item)],
    ).fetchone()
    assert kept == (1,), "reservations are no change of configuration"


def test_a_client_sees_what_they_are_let_in_to_and_whether_there_is_room(salon: Salon) -> None:
    item = salon.item(capacity=1, quotas={"vip_platinum": 1})
    holder, other, gold = salon.client(), salon.client(), salon.client("vip_gold")
    salon.reserve(item, holder)
    (told,) = salon.as_(other, "get_exclusive_items()")
    assert (told["id"], told["has_free_place"], told["reservation"]) == (str(item), False, None)
    assert "capacity" not in told
    assert salon.as_(gold, "get_exclusive_items()") == []
    (staff,) = salon.as_(salon.manager, "get_exclusive_items(%s)", holder)
    assert (staff["taken_count"], staff["reservation"]["state"]) == (1, "reserved")
    with acting_as(salon.db, "authenticated", gold):
        assert salon.db.execute("select id from public.exclusive_items").fetchall() == []
    with acting_as(salon.db, "authenticated", other):
        assert salon.db.execute("select id from public.exclusive_items").fetchall() == [(item,)]
        assert salon.db.execute("select 1 from public.exclusive_reservations").fetchall() == []


# Keys and services of one client ------------------------------------------------------------


def test_who_gives_a_key_says_why_and_it_is_history(salon: Salon) -> None:
    client = salon.client("vip_gold", "old_key")
    answer = salon.as_(
        salon.manager,
        "set_client_privileges(%s, '{orchid_evening,tea_room}', null, 'Jubileusz')",
        client,
    )
    assert answer["exclusive_access"] == ["orchid_evening", "tea_room"]
    changes = salon.db.execute(
        "select field, old_value, new_value, reason from public.vip_profile_changes"
        " where client_id = %s and field = 'exclusive_access' and reason is not null"
        " order by old_value, new_value",
        [client],
    ).fetchall()
    assert changes == [
        ("exclusive_access", "old_key", None, "Jubileusz"),
        ("exclusive_access", None, "orchid_evening", "Jubileusz"),
        ("exclusive_access", None, "tea_room", "Jubileusz"),
    ]
    with refused(salon.db, "PT422", "words_malformed"):
        salon.as_(
            salon.manager, "set_client_privileges(%s, '{Nie Tak}', null, 'Jubileusz')", client
        )


def test_an_item_of_the_house_is_for_admins_to_keep(salon: Salon) -> None:
    with refused(salon.db, "PT404", "desk_not_found"):
        salon.as_(salon.manager, "save_exclusive_item(%s)", Jsonb(an_item(desk_id=None)))
