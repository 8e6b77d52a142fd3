"""The gate: one reason for each contact that is not made, and what ends what was planned."""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.orchestrator.router import call, claim
from tests.database.vip.outreach_desk import Desk, a_desk_for_outreach, with_adapter
from tests.factories import a_client, a_manager, a_staff_member, a_ticket
from tests.support.acting import acting_as, refused

HOUSE: LiteralString = (
    "update public.outreach_hours set quiet_from_minute = 1200, quiet_until_minute = 540,"
    " quiet_weekdays = '{7}', calendar_id = '00000000-0000-4000-8000-0000000000c1'"
)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_for_outreach(db)


def test_who_agreed_is_told_in_the_app(desk: Desk) -> None:
    desk.agree()
    outreach = desk.queue()
    assert desk.state(outreach) == ("queued", None)
    assert desk.run() == ["recorded"]
    assert desk.state(outreach) == ("delivered", None)
    assert desk.told(desk.client, "outreach") == 1


def test_one_of_a_kind_goes_once_however_often_it_is_asked_for(desk: Desk) -> None:
    desk.agree()
    first = desk.queue(key="2026")
    assert desk.queue(key="2026") == first
    assert desk.queue(key="2027") != first
    desk.run()
    assert desk.queue(key="2026") == first
    assert desk.told(desk.client, "outreach") == 2


def test_ids_of_nobody_lead_to_nothing_and_unknown_words_are_refused(desk: Desk) -> None:
    assert desk.queue(client=uuid4()) is None
    with refused(desk.db, "PT422", "unknown_purpose"):
        desk.queue("spam")
    with refused(desk.db, "PT422", "unknown_channel"):
        desk.queue(channel="fax")


def restrict(desk: Desk) -> None:
    desk.as_(desk.client, """set_outreach_preferences('{"is_restricted": true}')""")


def close(desk: Desk) -> None:
    desk.db.execute("update auth.users set deleted_at = now() where id = %s", [desk.client])


def merge(desk: Desk) -> None:
    kept = a_client(desk.db)
    desk.as_(desk.manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, desk.client)


def complain(desk: Desk) -> None:
    a_ticket(desk.db, desk.client, category="complaint")


@pytest.mark.parametrize(
    ("purpose", "before", "reason"),
    [
        ("marketing", None, None),
        ("marketing", complain, "recent_complaint"),
        ("marketing", restrict, "restricted"),
        ("marketing", close, "client_closed"),
        ("marketing", merge, "client_merged"),
        ("feedback", complain, None),
        ("service_reminder", restrict, "restricted"),
        ("service_reminder", complain, None),
    ],
)
def test_each_reason_is_found_when_queued_and_again_when_sent(
    desk: Desk, purpose: str, before: Any, reason: str | None
) -> None:
    desk.agree(purpose)
    planned = desk.queue(purpose)
    if before:
        before(desk)
    late = desk.queue(purpose)
    desk.run()
    expected = ("delivered", None) if reason is None else ("suppressed", reason)
    assert desk.state(late) == expected
    # What a client asked for ends it at once, what merely became unseemly when it would go.
    ended = ("cancelled", reason) if before in (restrict, merge) else expected
    assert desk.state(planned) == ended


@pytest.mark.parametrize(
    ("agreed", "purpose", "state"),
    [
        (("marketing", "in_app", "v1"), "marketing", ("queued", None)),
        (("marketing", "in_app", "v0"), "marketing", ("suppressed", "no_consent")),
        (("marketing", "email", "v1"), "marketing", ("suppressed", "no_adapter")),
        (("marketing", "phone", "v1"), "marketing", ("suppressed", "no_consent")),
        (("feedback", "in_app", "v1"), "marketing", ("suppressed", "no_consent")),
        (("white_glove_contact", "in_app", "v7"), "white_glove_contact", ("queued", None)),
        (None, "service_reminder", ("queued", None)),
        (None, "feedback", ("suppressed", "no_consent")),
    ],
)
def test_a_consent_counts_for_its_purpose_channel_and_present_wording(
    desk: Desk, agreed: tuple[str, str, str] | None, purpose: str, state: tuple[str, str | None]
) -> None:
    with_adapter(desk, "email")
    desk.db.execute("update public.webhooks set is_active = false")
    if agreed:
        desk.agree(*agreed)
    assert desk.state(desk.queue(purpose)) == state


def test_new_words_ask_for_consent_anew(desk: Desk) -> None:
    desk.agree()
    outreach = desk.queue()
    admin = a_staff_member(desk.db, "admin")
    desk.as_(admin, "publish_consent_wording('marketing', 'v2', 'Zgoda', 'Consent')")
    desk.run()
    assert desk.state(outreach) == ("suppressed", "no_consent")
    desk.agree(version="v2")
    assert desk.state(desk.queue()) == ("queued", None)


# Withdrawal ---------------------------------------------------------------------------------


def test_withdrawing_cancels_what_is_queued_at_once_and_gives_nothing_back(desk: Desk) -> None:
    with_adapter(desk, "phone")
    desk.agree("marketing", "sms")
    marketing = desk.queue()
    reminder = desk.queue("service_reminder", channel="sms")
    desk.withdraw("marketing", "sms")
    assert desk.state(marketing) == ("cancelled", "consent_withdrawn")
    desk.agree("marketing", "sms")
    desk.run()
    assert desk.state(marketing) == ("cancelled", "consent_withdrawn")
    assert desk.state(reminder) == ("sent", None)


def test_what_goes_by_a_channel_that_is_still_agreed_goes_on(desk: Desk) -> None:
    desk.agree("marketing", "in_app")
    desk.agree("marketing", "phone")
    outreach = desk.queue()
    desk.withdraw("marketing", "phone")
    assert desk.state(outreach) == ("queued", None)


def test_a_new_wording_given_in_one_breath_cancels_nothing(desk: Desk) -> None:
    desk.agree("white_glove_contact", "in_app", "v1")
    outreach = desk.queue("white_glove_contact")
    desk.agree("white_glove_contact", "in_app", "v2")
    assert desk.state(outreach) == ("queued", None)


def test_a_reminder_never_goes_by_the_channel_that_was_taken_back_for_it(desk: Desk) -> None:
    desk.agree("service_reminder", "in_app")
    desk.withdraw("service_reminder", "in_app")
    assert desk.state(desk.queue("service_reminder", channel="in_app"))[1] == "no_consent"


def test_what_an_adapter_has_not_taken_yet_is_called_back(desk: Desk) -> None:
    with_adapter(desk, "email")
    desk.agree("marketing", "email")
    taken, untaken = desk.queue(), desk.queue()
    desk.run()
    words = desk.as_server("take_outreach(%s)", taken)
    assert (words["channel"], words["address"]) == ("email", f"{desk.client}@example.test")
    desk.withdraw()
    assert desk.state(taken) == ("sent", None)
    assert desk.state(untaken) == ("cancelled", "consent_withdrawn")
    with refused(desk.db, "PT409", "outreach_not_released"):
        desk.as_server("take_outreach(%s)", untaken)


# Channels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "agreed", "channel"),
    [
        ([], ["email", "whatsapp", "in_app"], "email"),
        (["whatsapp"], ["email", "whatsapp", "in_app"], "whatsapp"),
        (["whatsapp", "in_app"], ["email", "in_app"], "in_app"),
        (["sms"], ["sms", "email"], "email"),  # no proved number
        (["phone"], ["phone", "in_app"], "in_app"),  # only people call
    ],
)
def test_the_first_open_channel_in_the_clients_order_is_taken(
    desk: Desk, wish: list[str], agreed: list[str], channel: str
) -> None:
    with_adapter(desk, "email", "whatsapp")
    for one in agreed:
        desk.agree("marketing", one)
    names = str(wish).replace("'", '"')
    desk.as_(desk.client, "set_outreach_preferences(%s)", f'{{"channels": {names}}}')
    outreach = desk.queue()
    desk.run()
    assert desk.read(outreach)["channel"] == channel


def delivery(desk: Desk, outreach: UUID) -> Any:
    return desk.one(
        "select delivery.body from private.webhook_deliveries delivery"
        " join public.outreach_attempts made on made.id = delivery.outreach_attempt_id"
        " where made.outreach_id = %s order by made.attempt desc",
        outreach,
    )


def test_an_adapter_is_told_by_signed_webhook_without_words_or_address(desk: Desk) -> None:
    with_adapter(desk, "email")
    desk.agree("marketing", "email")
    outreach = desk.queue()
    desk.run()
    body = delivery(desk, outreach)
    assert '"type": "outreach.released"' in body
    assert str(outreach) in body
    assert "example.test" not in body
    assert "Dzień dobry" not in body


def test_the_sender_of_webhooks_is_given_what_was_released(desk: Desk) -> None:
    with_adapter(desk, "email")
    desk.agree("marketing", "email")
    desk.queue()
    desk.run()
    (job,) = claim(desk.db, "performance.webhooks")
    with acting_as(desk.db, "service_role"):
        contexts = call(desk.db, "webhook_contexts", {"p_delivery_ids": [job.subject_id]})
    (due,) = contexts["deliveries"]
    assert (due["id"], due["secrets"]) == (str(job.subject_id), ["s" * 40])


def test_what_bounces_goes_by_the_next_channel_once(desk: Desk) -> None:
    with_adapter(desk, "email", "whatsapp")
    for channel in ("email", "whatsapp", "in_app"):
        desk.agree("marketing", channel)
    outreach = desk.queue()
    desk.run()
    answer = desk.as_server("acknowledge_outreach(%s, 1, 'bounced', 'mailbox_full')", outreach)
    assert (answer["state"], answer["channel"]) == ("queued", "whatsapp")
    desk.run()
    desk.as_server("acknowledge_outreach(%s, 2, 'bounced')", outreach)
    desk.run()
    assert desk.state(outreach) == ("bounced", "bounced")
    assert desk.read(outreach)["bounced_channels"] == ["email", "whatsapp"]


def test_an_acknowledgement_said_twice_changes_nothing_and_otherwise_is_refused(desk: Desk) -> None:
    with_adapter(desk, "email")
    desk.agree("marketing", "email")
    outreach = desk.queue()
    desk.run()
    for _ in range(2):
        desk.as_server("acknowledge_outreach(%s, 1, 'delivered')", outreach)
    assert desk.state(outreach) == ("delivered", None)
    for said, code, message in (
        ("acknowledge_outreach(%s, 1, 'bounced')", "PT409", "already_acknowledged"),
        ("acknowledge_outreach(%s, 2, 'delivered')", "PT404", "attempt_not_found"),
        ("acknowledge_outreach(%s, 1, 'lost')", "PT422", "unknown_result"),
        ("acknowledge_outreach(%s, 1, 'delivered', 'Ala ma kota')", "PT422", "detail_malformed"),
    ):
        with refused(desk.db, code, message):
            desk.as_server(said, outreach)


def test_an_adapter_that_cannot_be_reached_counts_as_a_bounce(desk: Desk) -> None:
    with_adapter(desk, "email")
    desk.agree("marketing", "email")
    desk.agree("marketing", "in_app")
    outreach = desk.queue()
    desk.run()
    desk.db.execute("update private.webhook_deliveries set state = 'dead', settled_at = now()")
    desk.run()
    assert desk.state(outreach) == ("delivered", None)
    assert desk.read(outreach)["channel"] == "in_app"


# Time ---------------------------------------------------------------------------------------


def moment(desk: Desk, at: str, zone: str = "Europe/Warsaw") -> str:
    """The next allowed moment as that zone's clocks show it."""
    return str(
        desk.one(
            "select private.find_loud_moment(%s::timestamp at time zone %s, %s,"
            " house.quiet_from_minute, house.quiet_until_minute) at time zone %s"
            " from public.outreach_hours house",
            at,
            zone,
            zone,
            zone,
        )
    )


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-11-20 12:00", "2026-11-20 12:00:00"),
        ("2026-11-20 19:59:59", "2026-11-20 19:59:59"),
        ("2026-11-20 20:00", "2026-11-21 09:00:00"),
        ("2026-11-21 08:59:59", "2026-11-21 09:00:00"),
        ("2026-11-21 20:00", "2026-11-23 09:00:00"),  # Sunday between
        ("2026-12-23 20:00", "2026-12-28 09:00:00"),  # Christmas Eve to Sunday
        ("2027-03-27 20:00", "2027-03-30 09:00:00"),  # Easter, and the night of the jump
        ("2026-10-24 21:00", "2026-10-26 09:00:00"),  # the longer night
        ("2027-05-26 20:30", "2027-05-28 09:00:00"),  # Corpus Christi
        ("2027-04-30 20:30", "2027-05-04 09:00:00"),  # 1 May, Sunday, 3 May
    ],
)
def test_quiet_hours_sundays_and_holidays_are_kept_by_the_clock(
    desk: Desk, at: str, allowed: str
) -> None:
    desk.db.execute(HOUSE)
    assert moment(desk, at) == allowed


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_quiet_hours_are_those_of_the_clients_own_zone(desk: Desk, zone: str) -> None:
    desk.db.execute(HOUSE)
    assert moment(desk, "2026-11-20 20:30", zone) == "2026-11-21 09:00:00"


@pytest.mark.parametrize(
    ("hours", "at", "allowed"),
    [
        ((150, 180), "2027-03-28 01:15", "2027-03-28 01:15:00"),
        ((150, 180), "2026-10-25 02:40", "2026-10-25 03:00:00"),
        ((720, 840), "2026-11-20 13:00", "2026-11-20 14:00:00"),  # not over midnight
        ((1380, 60), "2026-11-20 23:30", "2026-11-21 01:00:00"),
    ],
)
def test_odd_hours_are_kept_too(desk: Desk, hours: tuple[int, int], at: str, allowed: str) -> None:
    desk.db.execute(
        "update public.outreach_hours set quiet_from_minute = %s, quiet_until_minute = %s", hours
    )
    assert moment(desk, at) == allowed


def test_what_is_not_allowed_now_waits_for_its_moment_and_is_judged_then(desk: Desk) -> None:
    desk.db.execute(HOUSE)
    desk.agree()
    # A Saturday evening, some way ahead.
    evening = datetime(2027, 11, 20, 20, 30, tzinfo=UTC)
    outreach = desk.queue(at=evening)
    assert desk.read(outreach)["due_at"] == "2027-11-22T08:00:00+00:00"
    due_at = desk.one("select due_at from private.timers where subject_id = %s", outreach)
    assert due_at == datetime(2027, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "state"), [(10, "suppressed"), (48, "queued")])
def test_what_cannot_wait_so_long_is_held_back(desk: Desk, hours: int, state: str) -> None:
    desk.db.execute(HOUSE)
    desk.agree()
    evening = datetime(2027, 11, 20, 20, 30, tzinfo=UTC)
    expires_at = (evening + timedelta(hours=hours)).isoformat()
    outreach = desk.queue(at=evening, details={"expires_at": expires_at})
    reason = "quiet_hours" if state == "suppressed" else None
    assert desk.state(outreach) == (state, reason)


def test_beyond_the_cap_an_outreach_waits_for_room_or_is_held_back(desk: Desk) -> None:
    desk.agree()
    desk.db.execute(
        "update public.outreach_purposes set cap_count = 2, cap_days = 3"
        " where purpose = 'marketing'"
    )
    sent = [desk.queue() for _ in range(2)]
    desk.run()
    patient, hasty = (
        desk.queue(),
        desk.queue(details={"expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}),
    )
    assert [desk.state(one)[0] for one in sent] == ["delivered", "delivered"]
    assert desk.state(patient) == ("queued", None)
    assert desk.state(hasty) == ("suppressed", "frequency_cap")
    desk.time_passes(days=3)
    desk.run()
    assert desk.state(patient) == ("delivered", None)


def test_another_purpose_has_a_cap_of_its_own(desk: Desk) -> None:
    desk.agree()
    desk.agree("feedback")
    desk.db.execute("update public.outreach_purposes set cap_count = 1")
    desk.queue()
    desk.run()
    asked = desk.queue("feedback")
    desk.run()
    assert desk.state(asked) == ("delivered", None)


# Tasks --------------------------------------------------------------------------------------


def open_task(desk: Desk, purpose: str | None = None, key: str = "1") -> Any:
    details = f'{{"purpose": "{purpose}"}}' if purpose else '{"reason": "health_fell"}'
    return desk.one(
        "select private.open_outreach_task(%s, 'care_call', null, now(), now() + interval '1 day',"
        " %s, %s)",
        desk.client,
        key,
        details,
    )


def test_a_task_goes_to_the_clients_own_people_and_they_are_told(desk: Desk) -> None:
    task = desk.task(open_task(desk))
    assert (task["owner_id"], task["reason"]) == (str(desk.agent), "health_fell")
    assert desk.told(desk.agent, "outreach_task_opened") == 1
    assert open_task(desk) == UUID(task["id"])


def test_who_is_on_leave_gets_no_task(desk: Desk) -> None:
    deputy = a_staff_member(desk.db)
    desk.db.execute(
        "update public.vip_client_profiles set deputy_agent_id = %s where client_id = %s",
        [deputy, desk.client],
    )
    desk.db.execute(
        "insert into public.staff_absences (staff_id, starts_at, ends_at)"
        " values (%s, now() - interval '1 day', now() + interval '1 day')",
        [desk.agent],
    )
    assert desk.task(open_task(desk))["owner_id"] == str(deputy)


def test_a_task_with_a_purpose_asks_for_consent_by_any_way_people_use(desk: Desk) -> None:
    assert open_task(desk, "marketing") is None
    desk.agree("marketing", "phone")
    task = open_task(desk, "marketing")
    assert desk.task(task)["state"] == "open"
    desk.withdraw("marketing", "phone")
    closed = desk.task(task)
    assert (closed["state"], closed["outcome"]) == ("cancelled", "consent_withdrawn")


def test_a_task_of_the_houses_own_stays_when_consents_go(desk: Desk) -> None:
    desk.agree()
    task = open_task(desk)
    desk.withdraw()
    assert desk.task(task)["state"] == "open"


def test_a_task_past_its_time_is_brought_to_mind_once(desk: Desk) -> None:
    open_task(desk)
    desk.run()
    assert desk.told(desk.agent, "outreach_task_overdue") == 0
    desk.time_passes(days=2)
    desk.run()
    assert desk.told(desk.agent, "outreach_task_overdue") == 1
    assert desk.told(desk.manager, "outreach_task_overdue") == 1


def test_a_task_goes_with_the_client_who_turns_out_to_be_another(desk: Desk) -> None:
    kept = a_client(desk.db)
    task = open_task(desk)
    desk.as_(desk.manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, desk.client)
    assert desk.task(task)["client_id"] == str(kept)


def test_what_is_planned_moves_with_the_client_to_another_desk(desk: Desk) -> None:
    desk.agree()
    outreach, task = desk.queue(), open_task(desk)
    row = desk.db.execute(
        "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
    ).fetchone()
    assert row
    desk.as_(desk.manager, "set_client_desk(%s, %s, 'Przeprowadzka')", desk.client, row[0])
    assert desk.read(outreach)["desk_id"] == desk.task(task)["desk_id"] == str(row[0])
    assert a_manager(desk.db) != desk.manager
