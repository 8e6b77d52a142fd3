"""The doors of white-glove services: promised fields, refusals, and who sees what."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.vip.white_glove_desk import Desk, a_desk_at_work, with_partners
from tests.factories import a_client, a_desk, a_manager, a_staff_member, an_agent
from tests.support.acting import acting_as, refused

PROMISED = {
    "id", "client_id", "service_type", "status", "priority", "scheduled_at", "assigned_agent_id",
    "customizations", "progress", "notifications", "created_at", "updated_at",
}  # fmt: skip
INTERNAL = {"requested_by", "desk_id", "tier", "history", "partner_requests", "collides_with_ids"}


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_at_work(db)


def service_of(desk: Desk) -> UUID:
    with_partners(desk, "chauffeur", "Srebrna Limuzyna")
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    return service


def seen(desk: Desk, person: UUID, table: LiteralString) -> int:
    with acting_as(desk.db, "authenticated", person):
        row = desk.db.execute(f"select count(*) from public.{table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


# What is answered ---------------------------------------------------------------------------


@pytest.mark.parametrize("function", ["trigger", "activate"])
def test_both_methods_answer_with_the_promised_fields(desk: Desk, function: str) -> None:
    answer = desk.as_(
        desk.agent,
        f"{function}_white_glove_service(%s, 'private_session', now() + interval '1 day', %s)",
        desk.client,
        '{"music": "Chopin"}',
    )
    assert answer.keys() >= PROMISED
    assert (answer["status"], answer["priority"]) == ("requested", "urgent")
    assert answer["customizations"] == {"music": "Chopin"}
    assert answer["progress"] == {"done": 0, "total": 6, "percent": 0, "current": []}
    assert len(answer["steps"]) == 6


def test_the_priority_follows_the_tier(db: psycopg.Connection) -> None:
    desk = a_desk_at_work(db, "vip_gold")
    assert desk.read(desk.ask("welcome"))["priority"] == "high"


def test_the_client_sees_what_concerns_them(desk: Desk) -> None:
    with_partners(desk, "therapist", "Ręce Mokotowa")
    service = desk.begin("at_home_treatment", 24)
    desk.complete(service, "contraindications")
    shown = desk.as_(desk.client, "get_white_glove_service(%s)", service)
    assert shown.keys() >= PROMISED
    assert not shown.keys() & INTERNAL
    assert "equipment" not in [step["step_key"] for step in shown["steps"]]
    assert not {key for step in shown["steps"] for key in step} & {"owner_id", "attempt", "id"}
    assert desk.read(service).keys() >= PROMISED | INTERNAL


def test_what_staff_note_is_not_for_the_client(desk: Desk) -> None:
    service = desk.begin("welcome")
    step = desk.step(service, "introduction")["id"]
    desk.as_(desk.agent, "complete_white_glove_step(%s, 'Trudna rozmowa')", step)
    assert "Trudna rozmowa" in str(desk.read(service))
    shown = desk.as_(desk.client, "get_white_glove_service(%s)", service)
    assert "Trudna rozmowa" not in str(shown)
    assert seen(desk, desk.client, "white_glove_history") == 0


def test_the_same_key_is_the_same_service(desk: Desk) -> None:
    call = "activate_white_glove_service(%s, 'welcome', p_idempotency_key => 'raz')"
    first, second = (desk.as_(desk.client, call, desk.client) for _ in "ab")
    assert first == second


def test_somebody_who_keeps_another_copy_is_told(desk: Desk) -> None:
    service = desk.begin("welcome")
    version = desk.read(service)["version"]
    with refused(desk.db, "PT409", "version_stale"):
        desk.as_(desk.client, "cancel_white_glove_service(%s, 'x', %s)", service, version - 1)
    desk.as_(desk.client, "cancel_white_glove_service(%s, 'x', %s)", service, version)


# Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        ("'spa_na_marsie'", "PT422", "unknown_service_type"),
        ("null", "PT422", "unknown_service_type"),
        ("'transfer'", "PT422", "schedule_required"),
        ("'transfer', now() - interval '1 s'", "PT422", "schedule_out_of_range"),
        ("'transfer', 'infinity'", "PT422", "schedule_out_of_range"),
        ("'welcome', null, '[]'", "PT422", "customizations_malformed"),
        ("'welcome', null, null", "PT422", "customizations_malformed"),
        (
            "'welcome', null, jsonb_build_object('a', repeat('x', 9000))",
            "PT413",
            "customizations_too_long",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(desk: Desk, call: str, code: str, message: str) -> None:
    with refused(desk.db, code, message):
        desk.as_(desk.client, f"activate_white_glove_service(%s, {call})", desk.client)


@pytest.mark.parametrize("tier", ["standard", "premium"])
def test_a_tier_without_white_glove_has_none(db: psycopg.Connection, tier: str) -> None:
    desk = a_desk_at_work(db, tier)
    with refused(db, "PT403", "tier_not_entitled"):
        desk.ask("welcome")


def test_what_is_switched_off_is_not_offered(desk: Desk) -> None:
    desk.db.execute(
        "update public.feature_flags set is_enabled = false where flag = 'white_glove_service'"
    )
    with refused(desk.db, "PT409", "white_glove_disabled"):
        desk.ask("welcome")


def test_a_step_is_done_once_and_by_whom_it_waits_for(desk: Desk) -> None:
    service = service_of(desk)
    for key, message in (
        ("route", "step_not_open"),
        ("arrival", "step_not_open"),
        ("car", "step_is_not_a_task"),
        ("confirmation", "step_is_not_a_task"),
        ("reminder", "step_is_not_a_task"),
    ):
        step = desk.step(service, key)["id"]
        with refused(desk.db, "PT409", message):
            desk.as_(desk.agent, "complete_white_glove_step(%s)", step)
    with refused(desk.db, "PT409", "nothing_to_confirm"):
        desk.confirm(service)


def test_what_was_delivered_is_not_cancelled(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.complete(service, "introduction", "preferences")
    with refused(desk.db, "PT409", "service_not_cancellable"):
        desk.as_(desk.client, "cancel_white_glove_service(%s, 'Za późno')", service)
    with refused(desk.db, "PT409", "service_not_held"):
        desk.as_(desk.manager, "resume_white_glove_service(%s, 'Po co')", service)


def test_an_answered_request_is_not_answered_again(desk: Desk) -> None:
    service = service_of(desk)
    request = desk.read(service)["partner_requests"][0]["id"]
    desk.decline(service)
    for answer in (True, False):
        with refused(desk.db, "PT409", "request_not_open"):
            desk.as_(desk.agent, "answer_partner_request(%s, %s)", request, answer)
    with refused(desk.db, "PT400", "answer_required"):
        desk.as_(desk.agent, "answer_partner_request(%s, null)", request)


def test_reasons_are_needed(desk: Desk) -> None:
    service = desk.begin("welcome")
    step = desk.step(service, "introduction")["id"]
    for person, call, row in (
        (desk.agent, "fail_white_glove_step(%s, ' ')", step),
        (desk.client, "cancel_white_glove_service(%s, null)", service),
        (desk.manager, "resume_white_glove_service(%s, '')", service),
    ):
        with refused(desk.db, "PT400", "reason_required"):
            desk.as_(person, call, row)


# Who ----------------------------------------------------------------------------------------

ACTS: dict[str, str] = {
    "get_white_glove_service(%(service)s)": "client agent manager auditor admin",
    "confirm_white_glove_service(%(service)s)": "client",
    "decline_white_glove_service(%(service)s, 'Nie')": "client",
    "cancel_white_glove_service(%(service)s, 'Nie')": "client agent manager admin",
    "start_white_glove_step(%(step)s)": "agent manager admin",
    "complete_white_glove_step(%(step)s)": "agent manager admin",
    "fail_white_glove_step(%(step)s, 'Nie')": "agent manager admin",
    "answer_partner_request(%(request)s, true)": "agent manager admin",
    "resume_white_glove_service(%(service)s, 'Dalej')": "manager admin",
}


def people_around(desk: Desk) -> dict[str, UUID]:
    far = a_desk(desk.db)
    return {
        "client": desk.client,
        "agent": desk.agent,
        "manager": desk.manager,
        "auditor": a_staff_member(desk.db, "quality_auditor"),
        "admin": a_staff_member(desk.db, "admin"),
        "foreign": a_client(desk.db, "vip_gold"),
        "elsewhere": an_agent(desk.db, desk_id=far),
        "manager elsewhere": a_manager(desk.db, desk_id=far),
    }


@pytest.mark.parametrize("act", ACTS)
def test_everybody_does_only_what_is_theirs(desk: Desk, act: str) -> None:
    service = service_of(desk)
    rows: dict[str, Any] = {
        "service": service,
        "step": desk.step(service, "arrival")["id"],
        "request": desk.read(service)["partner_requests"][0]["id"],
    }
    for name, person in people_around(desk).items():
        answer, unknown = (told(desk, person, act, rows), told(desk, person, act, strange(rows)))
        if name in ACTS[act].split():
            assert answer[0] in ("ok", "PT409"), name
        elif name in ("foreign", "elsewhere", "manager elsewhere"):
            assert answer == unknown
            assert answer[0] == "PT404"
        else:
            assert answer[0] == "PT403", (name, answer)


def strange(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: uuid4() for name in rows}


def told(desk: Desk, person: UUID, act: str, rows: dict[str, Any]) -> tuple[str, str]:
    try:
        with desk.db.transaction(force_rollback=True), acting_as(desk.db, "authenticated", person):
            desk.db.execute(f"select public.{act}".encode(), rows)
    except psycopg.Error as error:
        return str(error.sqlstate), str(error.diag.message_primary)
    return "ok", ""


TABLES: dict[LiteralString, str] = {
    "white_glove_services": "client agent manager auditor admin",
    "white_glove_steps": "client agent manager auditor admin",
    "partner_requests": "agent manager auditor admin",
    "white_glove_history": "agent manager auditor admin",
    "partners": "agent manager auditor admin elsewhere manager-elsewhere",
}


@pytest.mark.parametrize("table", TABLES)
def test_everybody_sees_only_what_concerns_them(desk: Desk, table: LiteralString) -> None:
    service_of(desk)
    readers = {
        name.replace(" ", "-")
        for name, person in people_around(desk).items()
        if seen(desk, person, table)
    }
    assert readers == set(TABLES[table].split())


def test_hidden_steps_stay_hidden_from_the_client(desk: Desk) -> None:
    desk.begin("at_home_treatment", 24)
    shown = seen(desk, desk.client, "white_glove_steps")
    assert shown == seen(desk, desk.agent, "white_glove_steps") - 1


def test_an_agent_who_is_the_client_is_nothing_but_the_client(desk: Desk) -> None:
    desk.db.execute("update public.profiles set tier = 'vip_gold' where id = %s", [desk.deputy])
    service = desk.ask("welcome", client=desk.deputy)
    desk.run()
    assert seen(desk, desk.deputy, "white_glove_history") == 0
    step = desk.step(service, "introduction")
    assert step["owner_id"] != str(desk.deputy)
    with refused(desk.db, "PT403", "agent_required"):
        desk.as_(desk.deputy, "complete_white_glove_step(%s)", step["id"])


def test_a_client_only_asks_for_themselves_and_does_not_trigger(desk: Desk) -> None:
    stranger = a_client(desk.db, "vip_platinum")
    for whom in (desk.client, uuid4(), None):
        with refused(desk.db, "PT404", "client_not_found"):
            desk.as_(stranger, "activate_white_glove_service(%s, 'welcome')", whom)
    with refused(desk.db, "PT403", "agent_required"):
        desk.as_(desk.client, "trigger_white_glove_service(%s, 'welcome')", desk.client)


def test_a_delegate_asks_for_whom_they_speak_for(desk: Desk) -> None:
    delegate = a_client(desk.db)
    desk.as_(
        desk.manager,
        "set_client_delegate(%s, 'assistant', 'Pisemnie', %s)",
        desk.client,
        delegate,
    )
    answer = desk.as_(delegate, "activate_white_glove_service(%s, 'welcome')", desk.client)
    assert answer["client_id"] == str(desk.client)
    assert not answer.keys() & INTERNAL


def test_managers_keep_the_list_of_partners(desk: Desk) -> None:
    saved = desk.as_(desk.manager, "save_partner('Orchidea', 'florist', 5)")
    again = "save_partner('Orchidea Plus', 'florist', 6, false, %s, 'Nowa nazwa')"
    assert desk.as_(desk.manager, again, saved["id"])["is_active"] is False
    with refused(desk.db, "PT403", "manager_required"):
        desk.as_(desk.agent, "save_partner('Inna', 'florist')")
    with refused(desk.db, "PT409", "partner_name_taken"):
        desk.as_(desk.manager, "save_partner('Orchidea Plus', 'florist')")
    with refused(desk.db, "PT422", "partner_malformed"):
        desk.as_(desk.manager, "save_partner('Inna', 'Kwiaty!')")


def test_a_duplicates_service_moves_to_the_client_that_is_kept(desk: Desk) -> None:
    duplicate = a_client(desk.db, "vip_gold")
    service = desk.ask("private_session", 24, client=duplicate)
    desk.as_(desk.manager, "merge_clients(%s, %s, 'Ta sama osoba')", desk.client, duplicate)
    assert desk.read(service)["client_id"] == str(desk.client)


def test_a_duplicate_with_a_service_at_the_same_time_is_not_merged(desk: Desk) -> None:
    duplicate = a_client(desk.db, "vip_gold")
    desk.ask("private_session", 24)
    desk.ask("private_session", 25, client=duplicate)
    with refused(desk.db, "PT409", "services_collide"):
        desk.as_(desk.manager, "merge_clients(%s, %s, 'Ta sama')", desk.client, duplicate)
