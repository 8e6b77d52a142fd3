"""Outreach in people's hands: what clients wish, what staff see and do, what admins set."""

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.vip.outreach_desk import Desk, a_desk_for_outreach
from tests.factories import a_client, a_desk, a_manager, a_staff_member
from tests.support.acting import acting_as, refused

SET = "set_outreach_preferences(%s)"


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_for_outreach(db)


def a_task(desk: Desk, **changes: Any) -> Any:
    return desk.one(
        "select private.open_outreach_task(%s, 'care_call', %s, now(), now() + interval '1 day',"
        " '1', '{}')",
        desk.client,
        changes.get("owner"),
    )


def test_a_client_says_how_they_want_to_be_contacted(desk: Desk) -> None:
    desk.agree("marketing", "email")
    wish = {
        "channels": ["sms", "email"],
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "name_day": "02-29",
    }
    answer = desk.as_(desk.client, SET, Jsonb(wish))
    assert {name: answer[name] for name in wish} == wish
    assert desk.as_(desk.client, "get_outreach_preferences()") == answer
    agreed = {one["purpose"]: one["agreed_channels"] for one in answer["purposes"]}
    assert agreed["marketing"] == ["email"]
    assert agreed["feedback"] == []
    assert "sms" in agreed["service_reminder"]
    back = desk.as_(desk.client, SET, Jsonb({"quiet_from": None, "quiet_until": None}))
    assert (back["has_own_hours"], back["channels"]) == (False, ["sms", "email"])


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({}, "preferences_required"),
        ([], "preferences_required"),
        ({"channels": ["fax"]}, "unknown_channel"),
        ({"channels": ["sms", "sms"]}, "unknown_channel"),
        ({"channels": "sms"}, "preference_malformed"),
        ({"quiet_from": "22:00"}, "quiet_hours_incomplete"),
        ({"quiet_from": "22:00", "quiet_until": None}, "quiet_hours_incomplete"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "preference_malformed"),
        ({"quiet_from": "22:00", "quiet_until": "24:00"}, "preference_malformed"),
        ({"name_day": "04-31"}, "preference_malformed"),
        ({"name_day": 4}, "preference_malformed"),
        ({"is_restricted": "yes"}, "preference_malformed"),
        ({"tier": "vip_gold"}, "preference_malformed"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(desk: Desk, wish: Any, message: str) -> None:
    code = "PT400" if message == "preferences_required" else "PT422"
    with refused(desk.db, code, message):
        desk.as_(desk.client, SET, Jsonb(wish))


def test_who_keeps_a_client_may_write_their_wishes_down_others_may_not_even_read(
    desk: Desk,
) -> None:
    mine = "get_outreach_preferences(%s)"
    for person in (desk.agent, desk.manager):
        desk.as_(person, "set_outreach_preferences('{\"channels\": []}', %s)", desk.client)
        assert desk.as_(person, mine, desk.client)["client_id"] == str(desk.client)
    for person in (a_client(desk.db), a_manager(desk.db, desk_id=a_desk(desk.db))):
        with refused(desk.db, "PT404", "client_not_found"):
            desk.as_(person, mine, desk.client)
        with refused(desk.db, "PT404", "client_not_found"):
            desk.as_(person, "set_outreach_preferences('{\"channels\": []}', %s)", desk.client)


def test_restricting_ends_what_is_planned_in_the_same_breath(desk: Desk) -> None:
    desk.agree()
    outreach = desk.queue()
    reminder = desk.queue("service_reminder")
    desk.as_(desk.client, SET, Jsonb({"is_restricted": True}))
    assert desk.state(outreach) == desk.state(reminder) == ("cancelled", "restricted")
    desk.as_(desk.client, SET, Jsonb({"is_restricted": False}))
    desk.run()
    assert desk.state(outreach) == ("cancelled", "restricted")
    assert desk.state(desk.queue()) == ("queued", None)


def test_staff_call_off_what_nobody_has_received(desk: Desk) -> None:
    desk.agree()
    planned, sent = desk.queue(), desk.queue()
    answer = desk.as_(desk.agent, "cancel_outreach(%s, 'Klientka jest w żałobie')", planned)
    assert (answer["state"], answer["reason"]) == ("cancelled", "by_staff")
    assert answer["cancelled_by"] == str(desk.agent)
    desk.run()
    with refused(desk.db, "PT409", "outreach_is_over"):
        desk.as_(desk.manager, "cancel_outreach(%s, 'Nie')", sent)


def test_nobody_else_calls_anything_off(desk: Desk) -> None:
    desk.agree()
    outreach = desk.queue()
    far = a_desk(desk.db)
    for person, code in (
        (desk.client, "PT403"),
        (a_client(desk.db), "PT403"),
        (a_staff_member(desk.db, desk_id=far), "PT404"),
        (a_manager(desk.db, desk_id=far), "PT404"),
        (a_staff_member(desk.db, "quality_auditor"), "PT403"),
    ):
        with refused(desk.db, code):
            desk.as_(person, "cancel_outreach(%s, 'Nie')", outreach)
    assert desk.state(outreach) == ("queued", None)


def test_clients_see_what_reached_them_and_no_plans(desk: Desk) -> None:
    desk.agree()
    reached = desk.queue()
    desk.run()
    desk.queue()
    a_task(desk)
    assert [one["id"] for one in desk.as_(desk.client, "get_outreach()")] == [str(reached)]
    assert len(desk.as_(desk.agent, "get_outreach(%s)", desk.client)) == 2
    with acting_as(desk.db, "authenticated", desk.client):
        assert desk.db.execute("select 1 from public.outreach_tasks").fetchall() == []
        assert desk.db.execute("select 1 from public.outreach_attempts").fetchall() == [(1,)]


def test_the_owner_does_the_task_and_says_what_came_of_it(desk: Desk) -> None:
    desk.agree("marketing", "phone")
    task = a_task(desk)
    (mine,) = desk.as_(desk.agent, "get_outreach_tasks()")
    assert (mine["id"], mine["client_name"]) == (str(task), "Zofia Wrońska")
    done = desk.as_(desk.agent, "complete_outreach_task(%s, 'booked', 'Piątek, 17:00')", task)
    assert (done["state"], done["outcome"], done["closed_by"]) == (
        "done",
        "booked",
        str(desk.agent),
    )
    assert desk.one("select count(*) from private.timers where subject_id = %s", task) == 0
    with refused(desk.db, "PT409", "task_is_closed"):
        desk.as_(desk.agent, "dismiss_outreach_task(%s, 'Zbędne')", task)


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        ("complete_outreach_task(%s, 'perhaps')", "PT422", "unknown_outcome"),
        ("complete_outreach_task(%s, null)", "PT422", "unknown_outcome"),
        ("complete_outreach_task(%s, 'reached', '')", "PT400", "note_required"),
        ("complete_outreach_task(%s, 'reached', null, 99)", "PT409", "stale_version"),
        ("assign_outreach_task(%s, gen_random_uuid())", "PT403", "manager_required"),
    ],
)
def test_what_makes_no_sense_about_a_task_is_refused(
    desk: Desk, call: str, code: str, message: str
) -> None:
    task = a_task(desk)
    with refused(desk.db, code, message):
        desk.as_(desk.agent, call, task)


def test_agents_take_tasks_and_managers_give_them(desk: Desk) -> None:
    colleague = a_staff_member(desk.db)
    task = a_task(desk)
    taken = desk.as_(colleague, "assign_outreach_task(%s, %s)", task, colleague)
    assert taken["owner_id"] == str(colleague)
    given = desk.as_(desk.manager, "assign_outreach_task(%s, %s)", task, desk.agent)
    assert given["owner_id"] == str(desk.agent)
    far = a_staff_member(desk.db, desk_id=a_desk(desk.db))
    with refused(desk.db, "PT404", "agent_not_found"):
        desk.as_(desk.manager, "assign_outreach_task(%s, %s)", task, far)
    with refused(desk.db, "PT404", "task_not_found"):
        desk.as_(far, "complete_outreach_task(%s, 'reached')", task)


def test_admins_set_caps_hours_and_words_and_each_change_is_history(desk: Desk) -> None:
    admin = a_staff_member(desk.db, "admin")
    purpose = desk.as_(admin, "set_outreach_purpose('marketing', 1, 7, 24, 'Mniej')")
    assert (purpose["cap_count"], purpose["cap_days"], purpose["keep_hours"]) == (1, 7, 24)
    hours = desk.as_(admin, "set_outreach_hours('21:00', '08:00', '{6,7}', null)")
    assert (hours["quiet_from_minute"], hours["quiet_weekdays"]) == (1260, [6, 7])
    desk.as_(admin, "publish_consent_wording('feedback', 'v2', 'Zgoda', 'Consent', 'Prawnik')")
    for table in ("outreach_purposes", "outreach_hours", "consent_wordings"):
        assert desk.as_(admin, "get_configuration_history(%s)", table)


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        ("set_outreach_purpose('marketing', 0)", "PT422", "purpose_out_of_range"),
        ("set_outreach_purpose('spam', 1)", "PT404", "purpose_not_found"),
        ("set_outreach_hours('21', '08:00', '{7}', null)", "PT422", "hours_malformed"),
        ("set_outreach_hours('21:00', '08:00', '{0}', null)", "PT422", "hours_malformed"),
        (
            "set_outreach_hours('21:00', '08:00', '{1,2,3,4,5,6,7}', null)",
            "PT422",
            "hours_malformed",
        ),
        (
            "set_outreach_hours('21:00', '08:00', '{7}', gen_random_uuid())",
            "PT404",
            "calendar_not_found",
        ),
        ("publish_consent_wording('spam', 'v2', 'a', 'b')", "PT422", "unknown_purpose"),
        ("publish_consent_wording('feedback', 'v1', 'a', 'b')", "PT409", "wording_exists"),
        ("publish_consent_wording('feedback', 'v2', '', 'b')", "PT400", "text_pl_required"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    desk: Desk, call: str, code: str, message: str
) -> None:
    admin = a_staff_member(desk.db, "admin")
    with refused(desk.db, code, message):
        desk.as_(admin, call)
    with refused(desk.db, "PT403", "admin_required"):
        desk.as_(desk.manager, call)
