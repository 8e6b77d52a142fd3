"""White-glove services from request to end: forward, back, and whatever comes in between."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from tests.database.vip.white_glove_desk import (
    Desk,
    a_desk_at_work,
    decide,
    on_leave,
    record,
    with_partners,
)
from tests.factories import a_client, a_vip_profile
from tests.support.acting import refused

TRANSFER = ("route", "car", "confirmation", "reminder", "arrival", "return_ride", "feedback")


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_at_work(db)


def confirmed_transfer(desk: Desk) -> UUID:
    """A transfer tomorrow that the client has confirmed."""
    if not desk.partners:
        with_partners(desk, "chauffeur", "Srebrna Limuzyna", "Wilanów Car")
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    desk.accept(service)
    desk.confirm(service)
    assert desk.status(service) == "confirmed"
    return service


# Forward ------------------------------------------------------------------------------------


def test_a_welcome_goes_from_request_to_closed(desk: Desk) -> None:
    with_partners(desk, "florist", "Kwiaciarnia Powiśle")
    desk.as_(desk.client, "give_consent(%s, 'white_glove_contact', 'email', 'v1')", desk.client)
    service = desk.begin("welcome")
    assert desk.status(service) == "confirmed"
    desk.complete(service, "introduction")
    assert desk.states(service)["welcome_letter"] == "done"
    desk.complete(service, "preferences")
    assert desk.status(service) == "waiting_partner"
    desk.accept(service)
    assert desk.status(service) == "delivered"
    desk.confirm(service)
    read = desk.read(service)
    assert (read["status"], read["progress"]["percent"]) == ("closed", 100)
    assert [n["kind"] for n in read["notifications"]] == [
        "white_glove_notice",
        "white_glove_confirmation_asked",
    ]
    statuses = [state for key, state, _ in desk.history(service) if key is None]
    assert statuses == [
        *("requested", "qualified", "planned", "confirmed", "in_progress"),
        *("waiting_partner", "in_progress", "delivered", "verified", "closed"),
    ]


def test_steps_wait_for_what_they_depend_on_and_are_due_by_the_agreed_time(desk: Desk) -> None:
    with_partners(desk, "chauffeur", "Srebrna Limuzyna")
    service = desk.begin("transfer", 24)
    read = desk.read(service)
    assert desk.states(service)["car"] == "waiting"
    assert desk.step(service, "route")["owner_id"] == str(desk.concierge)
    assert read["assigned_agent_id"] == str(desk.agent)
    row = desk.db.execute(
        "select service.scheduled_at - step.due_at from public.white_glove_services service"
        " join public.white_glove_steps step on step.service_id = service.id"
        " where service.id = %s and step.step_key = 'car'",
        [service],
    ).fetchone()
    assert row == (timedelta(hours=2),)
    desk.complete(service, "route")
    assert desk.status(service) == "waiting_partner"
    assert desk.states(service)["confirmation"] == "waiting"
    desk.accept(service)
    assert desk.status(service) == "waiting_client"


def test_an_overdue_step_is_told_its_owner_and_then_the_manager_once_each(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.time_passes(hours=4, seconds=1)
    assert desk.told(desk.agent, "white_glove_step_overdue") == 1
    assert desk.told(desk.manager, "white_glove_step_overdue") == 0
    desk.time_passes(minutes=30)
    desk.time_passes(minutes=30)
    assert desk.told(desk.agent, "white_glove_step_overdue") == 1
    assert desk.told(desk.manager, "white_glove_step_overdue") == 1
    desk.complete(service, "introduction")
    assert desk.states(service)["introduction"] == "done"


def test_a_client_who_says_nothing_after_days_is_content(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.complete(service, "introduction", "preferences")
    assert desk.status(service) == "delivered"
    desk.time_passes(days=3, seconds=1)
    assert desk.status(service) == "closed"
    assert desk.step(service, "feedback")["result"] == "unanswered"


def test_a_task_is_tried_as_often_as_the_playbook_says_then_a_manager_decides(desk: Desk) -> None:
    service = desk.begin("welcome")
    for tries in (1, 2, 3):
        step = desk.step(service, "introduction")
        assert (step["state"], step["attempt"]) == ("ready", tries)
        desk.as_(desk.agent, "fail_white_glove_step(%s, 'Nie odbiera')", step["id"])
        desk.run()
    assert desk.status(service) == "recovery"
    assert desk.told(desk.manager, "white_glove_recovery") == 1
    desk.as_(desk.manager, "resume_white_glove_service(%s, 'Inny numer')", service)
    desk.run()
    assert desk.status(service) == "in_progress"
    desk.complete(service, "introduction", "preferences")
    assert desk.status(service) == "delivered"


def test_a_client_who_is_not_content_brings_it_to_a_manager(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.complete(service, "introduction", "preferences")
    desk.as_(desk.client, "decline_white_glove_service(%s, 'Kwiaty zwiędły')", service)
    desk.run()
    assert desk.status(service) == "recovery"
    desk.as_(desk.manager, "resume_white_glove_service(%s, 'Przeproszono')", service)
    desk.run()
    assert desk.status(service) == "delivered"
    desk.confirm(service)
    assert desk.status(service) == "closed"


# Back ---------------------------------------------------------------------------------------


def test_cancelling_undoes_what_was_done_the_last_first(desk: Desk) -> None:
    service = confirmed_transfer(desk)
    desk.as_(desk.client, "cancel_white_glove_service(%s, 'Zmiana planów')", service)
    desk.run()
    states = desk.states(service)
    assert (states["car"], states["route"]) == ("compensated", "compensating")
    assert states["arrival"] == "skipped"
    assert desk.told(desk.agent, "white_glove_partner_called_off") == 1
    assert desk.told(desk.concierge, "white_glove_undo_asked") == 1
    desk.complete(service, "route")
    assert desk.undone(service) == ["car", "route"]
    assert desk.status(service) == "cancelled"
    assert [r["state"] for r in desk.read(service)["partner_requests"]] == ["withdrawn"]
    assert desk.run() == []


def test_undoing_waits_for_each_person_before_it_goes_further_back(desk: Desk) -> None:
    with_partners(desk, "therapist", "Ręce Mokotowa")
    service = desk.begin("at_home_treatment", 24)
    desk.complete(service, "contraindications")
    desk.accept(service)
    desk.complete(service, "equipment")
    desk.as_(desk.manager, "cancel_white_glove_service(%s, 'Choroba')", service)
    desk.run()
    states = desk.states(service)
    assert (states["equipment"], states["therapist"]) == ("compensating", "done")
    desk.complete(service, "equipment")
    assert desk.undone(service) == ["equipment", "therapist"]
    # Nothing undoes a conversation.
    assert desk.states(service)["contraindications"] == "done"


def test_a_client_who_declines_the_plan_cancels_it(desk: Desk) -> None:
    with_partners(desk, "chauffeur", "Srebrna Limuzyna")
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    desk.accept(service)
    desk.as_(desk.client, "decline_white_glove_service(%s, 'Za wcześnie')", service)
    desk.run()
    assert desk.status(service) == "cancelled"
    assert desk.undone(service) == ["car"]


def test_an_undo_nobody_does_is_told_the_manager(desk: Desk) -> None:
    service = confirmed_transfer(desk)
    desk.as_(desk.client, "cancel_white_glove_service(%s, 'Zmiana planów')", service)
    desk.run()
    desk.time_passes(hours=2, minutes=31)
    assert desk.told(desk.concierge, "white_glove_step_overdue") == 1
    assert desk.told(desk.manager, "white_glove_step_overdue") == 1


# A partner that fails -----------------------------------------------------------------------


def test_the_next_partner_is_asked_when_one_declines_or_says_nothing(desk: Desk) -> None:
    with_partners(desk, "chauffeur", "Pierwszy", "Drugi", "Trzeci")
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    assert desk.decline(service) == desk.partners[0]
    desk.time_passes(minutes=30, seconds=1)
    requests = desk.read(service)["partner_requests"]
    assert [r["state"] for r in requests] == ["declined", "timed_out", "asked"]
    assert desk.accept(service) == desk.partners[2]
    assert desk.status(service) == "waiting_client"


def test_when_every_partner_fails_what_was_done_is_undone_and_the_service_ends(desk: Desk) -> None:
    with_partners(desk, "chauffeur", "Pierwszy", "Drugi")
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    desk.decline(service)
    desk.decline(service)
    assert desk.status(service) == "recovery"
    assert desk.told(desk.manager, "white_glove_recovery") == 1
    assert desk.step(service, "car")["result"] == "partners_exhausted"
    assert desk.states(service)["route"] == "compensating"
    desk.complete(service, "route")
    assert desk.status(service) == "cancelled"
    assert desk.told(desk.client, "white_glove_cancelled") == 1
    assert desk.undone(service) == ["route"]


def test_a_partner_who_agreed_and_fails_is_replaced(desk: Desk) -> None:
    service = confirmed_transfer(desk)
    desk.decline(service)
    assert desk.states(service)["car"] == "in_progress"
    assert desk.accept(service) == desk.partners[1]
    assert desk.states(service)["car"] == "done"
    assert desk.status(service) == "confirmed"


def test_a_partner_who_is_a_courtesy_is_left_out(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.complete(service, "introduction", "preferences")
    assert desk.states(service)["flowers"] == "skipped"
    assert desk.status(service) == "delivered"


# Collisions ---------------------------------------------------------------------------------


def test_a_second_service_of_a_client_at_the_same_time_is_refused_with_the_firsts_id(
    desk: Desk,
) -> None:
    first = desk.begin("transfer", 24)
    with pytest.raises(psycopg.Error) as caught, desk.db.transaction():
        desk.ask("private_session", 25)
    told = caught.value.diag
    assert (told.sqlstate, told.message_primary) == ("PT409", "service_collides")
    assert told.message_detail == str(first)
    desk.db.execute("reset role")
    after = desk.ask("private_session", 27.1)
    assert after != first


def test_what_has_no_agreed_time_runs_once_at_a_time(desk: Desk) -> None:
    first = desk.begin("welcome")
    with refused(desk.db, "PT409", "service_collides"):
        desk.ask("welcome")
    desk.as_(desk.client, "cancel_white_glove_service(%s, 'Nie teraz')", first)
    desk.run()
    assert desk.begin("welcome") != first


def another_client_of(desk: Desk) -> UUID:
    client = a_client(desk.db, "vip_gold")
    a_vip_profile(desk.db, client, dedicated_agent_id=desk.agent)
    return client


def test_an_agent_who_is_engaged_at_that_time_is_spared(desk: Desk) -> None:
    desk.begin("private_session", 24)
    second = desk.begin("private_session", 25, client=another_client_of(desk))
    read = desk.read(second)
    assert read["assigned_agent_id"] not in (None, str(desk.agent))
    assert read["collides_with_ids"] == []


def test_two_services_of_one_batch_do_not_take_the_same_agent(desk: Desk) -> None:
    other = another_client_of(desk)
    services = [desk.ask("private_session", 24), desk.ask("private_session", 24.5, client=other)]
    desk.run()
    agents = {desk.read(service)["assigned_agent_id"] for service in services}
    assert len(agents) == 2


def test_where_nobody_else_is_free_the_collision_is_flagged_and_told(desk: Desk) -> None:
    for person in (desk.deputy, desk.relationship_manager, desk.concierge):
        on_leave(desk.db, person)
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline'"
        " where role in ('agent', 'concierge', 'relationship_manager') and id <> all(%s)",
        [[desk.agent, desk.deputy, desk.relationship_manager, desk.concierge]],
    )
    first = desk.begin("private_session", 24)
    second = desk.begin("private_session", 25, client=another_client_of(desk))
    read = desk.read(second)
    assert read["assigned_agent_id"] == str(desk.agent)
    assert read["collides_with_ids"] == [str(first)]
    assert desk.told(desk.manager, "white_glove_collision") == 1


# Leave --------------------------------------------------------------------------------------


def test_steps_of_a_dedicated_agent_on_leave_go_to_the_deputy_then_the_manager_of_relations(
    desk: Desk,
) -> None:
    on_leave(desk.db, desk.agent)
    service = desk.begin("welcome")
    assert desk.step(service, "introduction")["owner_id"] == str(desk.deputy)
    on_leave(desk.db, desk.deputy)
    desk.run()
    assert desk.step(service, "introduction")["owner_id"] == str(desk.relationship_manager)
    assert desk.told(desk.relationship_manager, "white_glove_step_given") == 1
    assert desk.read(service)["assigned_agent_id"] == str(desk.relationship_manager)


def test_leave_that_ends_before_a_step_is_due_takes_nothing_away(desk: Desk) -> None:
    service = desk.begin("private_session", 72)
    on_leave(desk.db, desk.agent, days=1)
    desk.run()
    assert desk.step(service, "session")["owner_id"] == str(desk.agent)


def test_an_agent_who_leaves_the_house_is_replaced(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [desk.agent],
    )
    desk.run()
    assert desk.step(service, "introduction")["owner_id"] == str(desk.deputy)


# Tier and consent ---------------------------------------------------------------------------


def lower_tier(desk: Desk) -> None:
    desk.as_(desk.manager, "set_client_tier(%s, 'premium', 'Koniec roku')", desk.client)


def test_a_tier_lowered_midway_keeps_what_was_promised_and_allows_nothing_new(desk: Desk) -> None:
    service = confirmed_transfer(desk)
    lower_tier(desk)
    desk.run()
    assert desk.status(service) == "confirmed"
    desk.complete(service, "arrival", "return_ride")
    desk.confirm(service)
    with refused(desk.db, "PT403", "tier_not_entitled"):
        desk.ask("welcome")


def test_a_tier_lowered_before_the_house_has_looked_at_it_ends_it(desk: Desk) -> None:
    service = desk.ask("welcome")
    lower_tier(desk)
    desk.run()
    assert desk.status(service) == "cancelled"
    assert set(desk.states(service).values()) == {"skipped"}


def test_a_consent_withdrawn_midway_cancels_the_queued_contact_in_its_own_transaction(
    desk: Desk,
) -> None:
    agree = "give_consent(%s, 'white_glove_contact', 'whatsapp', 'v1')"
    desk.as_(desk.client, agree, desk.client)
    service = confirmed_transfer(desk)
    assert desk.states(service)["reminder"] == "ready"
    withdraw = "withdraw_consent(%s, 'white_glove_contact')"
    assert desk.as_(desk.client, withdraw, desk.client)["channels"] == ["whatsapp"]
    step = desk.step(service, "reminder")
    assert (step["state"], step["result"]) == ("skipped", "consent_withdrawn")
    desk.run()
    desk.time_passes(hours=24)
    assert desk.told(desk.client, "white_glove_notice") == 0
    desk.complete(service, "arrival", "return_ride")
    assert desk.status(service) == "delivered"


def test_a_contact_goes_out_when_it_is_due_if_the_client_agreed(desk: Desk) -> None:
    agree = "give_consent(%s, 'white_glove_contact', 'whatsapp', %s)"
    desk.as_(desk.client, agree, desk.client, "v1")
    service = confirmed_transfer(desk)
    # A new wording is no withdrawal.
    desk.as_(desk.client, agree, desk.client, "v2")
    assert desk.states(service)["reminder"] == "ready"
    desk.time_passes(hours=23, minutes=31)
    assert desk.states(service)["reminder"] == "done"
    assert desk.told(desk.client, "white_glove_notice") == 1


def test_without_consent_nothing_is_sent(desk: Desk) -> None:
    service = confirmed_transfer(desk)
    desk.time_passes(hours=23, minutes=31)
    assert desk.step(service, "reminder")["result"] == "no_consent"
    assert desk.told(desk.client, "white_glove_notice") == 0


# The write ----------------------------------------------------------------------------------


def test_what_changed_between_read_and_write_is_read_afresh(desk: Desk) -> None:
    service = desk.ask("welcome")
    jobs = desk.jobs()
    plan = decide(desk.db, jobs)
    on_leave(desk.db, desk.agent)
    assert record(desk.db, jobs, plan) == {service: "stale"}
    assert desk.status(service) == "requested"
    assert record(desk.db, jobs, decide(desk.db, jobs)) == {service: "recorded"}
    assert desk.step(service, "introduction")["owner_id"] == str(desk.deputy)


def test_what_is_over_needs_nothing(desk: Desk) -> None:
    service = desk.ask("welcome")
    jobs = desk.jobs()
    plan = decide(desk.db, jobs)
    desk.db.execute("delete from public.white_glove_services where id = %s", [service])
    assert record(desk.db, jobs, plan) == {service: "gone"}
