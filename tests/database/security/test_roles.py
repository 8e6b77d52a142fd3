"""Who may see and do what: one table a question, complete by comparison with the catalogue."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.support.house import EVERYBODY, House, a_house

Rows = set[str]


@pytest.fixture(scope="module")
def built(database_url: str) -> Iterator[tuple[psycopg.Connection, House]]:
    """One house for all questions; it is gone with the connection."""
    with psycopg.connect(database_url) as connection:
        yield connection, a_house(connection)
        connection.rollback()


@pytest.fixture
def db(built: tuple[psycopg.Connection, House]) -> Iterator[psycopg.Connection]:
    """The house's own connection, as it was after the test."""
    with built[0].transaction(force_rollback=True):
        yield built[0]


@pytest.fixture
def house(built: tuple[psycopg.Connection, House]) -> House:
    return built[1]


# What each role may do with each table and view at all; rows are the policies' business.
READ = {"authenticated": {"SELECT"}, "service_role": {"SELECT"}}
TABLES: dict[str, dict[str, set[str]]] = {
    "ai_model_trials": READ,
    "ai_models": READ,
    "ai_predictions": READ,
    "ai_settings": READ,
    "alert_metrics": READ,
    "alert_rules": READ,
    "alert_steps": READ,
    "alerts": READ,
    "attribution_models": READ,
    "brand_assets": READ,
    "brand_checks": READ,
    "brand_guidelines": READ,
    "brand_phrases": READ,
    "brand_resolution_checks": READ,
    "brand_rules": READ,
    "brand_versions": READ,
    "book_handover_items": READ,
    "book_handovers": READ,
    "cache_lifetimes": READ,
    "calendar_exception_hours": READ,
    "calendar_exceptions": READ,
    "calendar_hours": READ,
    "calendars": READ,
    "channels": READ,
    "client_delegates": READ,
    "client_identities": READ,
    "client_journeys": READ,
    "client_preferences": READ,
    "client_merge_items": READ,
    "client_merges": READ,
    "client_tier_periods": READ,
    "consent_purposes": READ,
    "consent_wordings": READ,
    "consents": READ,
    "contact_channels": READ,
    "cost_rates": READ,
    "content_blocks": READ,
    "corrective_action_changes": READ,
    "corrective_actions": READ,
    "current_promise_targets": READ,
    "desks": READ,
    "events": {"service_role": {"SELECT"}},
    "executive_figures": READ,
    "exclusive_items": READ,
    "exclusive_quotas": READ,
    "exclusive_reservation_changes": READ,
    "exclusive_reservations": READ,
    "experience_scores": READ,
    "experience_weights": READ,
    "fairness_alarms": READ,
    "fairness_limits": READ,
    "feature_definitions": READ,
    "feature_snapshots": READ,
    "prediction_advice": READ,
    "prediction_factors": READ,
    "prediction_requests": READ,
    "profiling_objections": READ,
    "retention_plays": READ,
    "feature_flags": READ | {"anon": {"SELECT(flag)", "SELECT(is_enabled)", "SELECT(variable)"}},
    "handling_rules": READ,
    "identity_checks": READ,
    "insight_runs": READ,
    "improvement_rules": READ,
    "journey_insights": READ,
    "kpis": READ,
    "judgement_corrections": READ,
    "macro_uses": READ,
    "macros": READ,
    "metric_benchmarks": READ,
    "metric_definitions": READ,
    "metric_monitors": READ,
    "membership_plans": READ,
    "memberships": READ,
    "holiday_rules": READ,
    "holiday_sets": READ,
    "message_judgements": READ,
    "my_tickets": {"authenticated": {"SELECT"}},
    "name_days": READ,
    "notifications": READ,
    "occasion_rules": READ,
    "occasions": READ,
    "outreach": READ,
    "outreach_attempts": READ,
    "outreach_hours": READ,
    "outreach_preferences": READ,
    "outreach_purposes": READ,
    "outreach_tasks": READ,
    "partner_requests": READ,
    "partners": READ,
    "performance_metrics": READ,
    "playbook_steps": READ,
    "playbooks": READ,
    "presence_settings": READ,
    "products": READ,
    "profiles": READ
    | {
        "authenticated": {
            "SELECT",
            "UPDATE(display_name)",
            "UPDATE(locale)",
            "UPDATE(preferred_languages)",
            "UPDATE(time_zone)",
        }
    },
    "promise_notices": READ,
    "promise_spans": READ,
    "promise_targets": READ,
    "recovery_approvals": READ,
    "recovery_budgets": READ,
    "recovery_cases": READ,
    "recovery_causes": READ,
    "recovery_gestures": READ,
    "recovery_history": READ,
    "recovery_kpis": READ,
    "reply_budgets": READ,
    "reply_drafts": READ,
    "reply_service_days": READ,
    "reply_templates": READ,
    "recovery_triggers": READ,
    "reports": READ,
    "purchases": READ,
    "quality_audits": READ,
    "quality_calibrations": READ,
    "quality_check_results": READ,
    "quality_checks": READ,
    "quality_disputes": READ,
    "quality_findings": READ,
    "quality_reviews": READ,
    "quality_samples": READ,
    "quality_standards": READ,
    "rescue_decisions": READ,
    "retention_rules": READ,
    "routing_decisions": READ,
    "routing_explanations": READ,
    "routing_phrases": READ,
    "routing_requests": READ,
    "saved_views": READ,
    "sentiment_analyses": READ,
    "service_levels": READ,
    "skills": READ,
    "staff_absences": READ,
    "staff_members": READ,
    "staff_skills": READ,
    "strategic_insights": READ,
    "success_goal_updates": READ,
    "success_goals": READ,
    "support_tickets": READ,
    "survey_answers": READ,
    "survey_questionnaires": READ,
    "survey_questions": READ,
    "survey_rules": READ,
    "survey_texts": READ,
    "surveys": READ,
    "ticket_assignments": READ,
    "ticket_categories": READ,
    "ticket_cycle_history": READ,
    "ticket_cycles": READ,
    "ticket_drafts": {"authenticated": {"SELECT"}},
    "ticket_events": READ,
    "ticket_followers": READ,
    "ticket_links": READ,
    "ticket_merges": READ,
    "ticket_messages": READ,
    "ticket_promises": READ,
    "ticket_suggestions": READ,
    "treatments": READ,
    "triage_impacts": READ,
    "triage_priorities": READ,
    "vip_client_profiles": READ,
    "vip_profile_changes": READ,
    "vip_profile_reads": READ,
    "vip_recommendations": READ,
    "vip_wellness_reports": READ,
    "visits": READ,
    "wait_budgets": READ,
    "wellness_settings": READ,
    "workflow_dry_runs": READ,
    "workflow_events": READ,
    "workflow_fields": READ,
    "workflow_runs": READ,
    "workflows": READ,
    "white_glove_collisions": READ,
    "white_glove_history": READ,
    "white_glove_services": READ,
    "white_glove_steps": READ,
    "webhooks": READ,
}

GRANTED = """
    select privilege_type from information_schema.table_privileges
    where table_schema = 'public' and table_name = %(table)s and grantee = %(role)s
    union
    select privilege_type || '(' || column_name || ')'
    from information_schema.column_privileges cell
    where table_schema = 'public' and table_name = %(table)s and grantee = %(role)s
        and not exists (
            select from information_schema.table_privileges whole
            where whole.table_schema = 'public' and whole.table_name = cell.table_name
                and whole.grantee = cell.grantee and whole.privilege_type = cell.privilege_type
        )
"""


def test_every_table_and_view_is_in_the_matrix(db: psycopg.Connection) -> None:
    found = db.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition"
    )
    assert {name for (name,) in found} == set(TABLES)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_each_role_holds_only_these_rights(db: psycopg.Connection, table: str) -> None:
    found = {
        role: {right for (right,) in db.execute(GRANTED, {"table": table, "role": role})}
        for role in ("anon", "authenticated", "service_role")
    }
    assert {role: rights for role, rights in found.items() if rights} == TABLES[table]


# Which rows everybody sees. A key column names the row; people not named see nothing.
ALL_NEAR = "waiting held on_hold solved busy left_behind"
ASSIGNED = "held on_hold busy left_behind"
OVERSEERS = ("manager", "executive", "auditor")
TICKETS = {
    "client": "waiting held on_hold solved",
    "other_client": "busy left_behind far",
    "agent": "waiting held on_hold solved",
    "colleague": "waiting busy",
    "outsider": "far",
    "other_manager": "far",
    "admin": f"{ALL_NEAR} far",
    "service": f"{ALL_NEAR} far",
} | dict.fromkeys(OVERSEERS, ALL_NEAR)
NEAR_STAFF = "agent colleague auditor executive manager admin revoked banned"
NEAR_PEOPLE = f"{NEAR_STAFF} client"
VISIBLE: dict[str, tuple[LiteralString, dict[str, str]]] = {
    "support_tickets": ("id", TICKETS),
    "ticket_messages": ("ticket_id", TICKETS),
    "ticket_events": ("ticket_id", TICKETS),
    "my_tickets": ("id", {k: v for k, v in TICKETS.items() if "client" in k}),
    "ticket_cycle_history": ("ticket_id", TICKETS),
    "desks": (
        "id",
        dict.fromkeys(NEAR_STAFF.split()[:5], "near_desk")
        | dict.fromkeys(("outsider", "other_manager"), "far_desk")
        | dict.fromkeys(("admin", "service"), "near_desk far_desk"),
    ),
    "staff_members": (
        "id",
        dict.fromkeys(NEAR_STAFF.split()[:5], NEAR_STAFF)
        | dict.fromkeys(("outsider", "other_manager"), "outsider other_manager")
        | dict.fromkeys(("admin", "service"), f"{NEAR_STAFF} outsider other_manager"),
    ),
    "staff_skills": (
        "staff_id",
        dict.fromkeys(NEAR_STAFF.split()[:5], NEAR_STAFF)
        | dict.fromkeys(("outsider", "other_manager"), "outsider other_manager")
        | dict.fromkeys(("admin", "service"), f"{NEAR_STAFF} outsider other_manager"),
    ),
    "profiles": (
        "id",
        {name: name for name in ("stranger", "client", "other_client", "revoked", "banned")}
        | {
            "agent": NEAR_PEOPLE,
            "colleague": f"{NEAR_PEOPLE} other_client",
            "outsider": "outsider other_manager other_client",
            "other_manager": "outsider other_manager other_client",
            "admin": " ".join({*EVERYBODY} - {"visitor", "service"}),
            "service": " ".join({*EVERYBODY} - {"visitor", "service"}),
        }
        | dict.fromkeys(OVERSEERS, f"{NEAR_PEOPLE} other_client"),
    ),
    "vip_client_profiles": (
        "client_id",
        dict.fromkeys(("agent", "colleague", *OVERSEERS, "admin", "service"), "client"),
    ),
    "client_identities": (
        "client_id",
        {name: name for name in EVERYBODY if name not in ("visitor", "service")}
        | {"service": " ".join({*EVERYBODY} - {"visitor", "service"})},
    ),
    "ticket_assignments": (
        "ticket_id",
        {
            "agent": "held on_hold",
            "colleague": "busy",
            "admin": ASSIGNED,
            "service": ASSIGNED,
        }
        | dict.fromkeys(OVERSEERS, ASSIGNED),
    ),
    "vip_profile_changes": (
        "client_id",
        dict.fromkeys((*OVERSEERS, "admin", "service"), "client other_client"),
    ),
}


def seen(db: psycopg.Connection, house: House, table: str, column: str) -> Rows:
    """Names of the house's rows that the acting person sees."""
    rows = db.execute(
        SQL("select distinct {} from public.{}").format(Identifier(column), Identifier(table))
    )
    return {house.name_of(row_id) for (row_id,) in rows} & set(house.names)


@pytest.mark.parametrize("table", sorted(VISIBLE))
def test_everybody_sees_exactly_these_rows(
    db: psycopg.Connection, house: House, table: str
) -> None:
    column, rows = VISIBLE[table]
    readers = {"authenticated", "service_role"} & set(TABLES[table])
    people = set(EVERYBODY) - {"visitor"} - (set() if len(readers) == 2 else {"service"})
    found = {}
    for person in people:
        with house.act(db, person):
            found[person] = seen(db, house, table, column)
    assert found == {person: set(rows.get(person, "").split()) for person in people}


def test_notes_are_for_staff_alone(db: psycopg.Connection, house: House) -> None:
    for person, is_shown in {"client": False, "agent": True, "auditor": True}.items():
        with house.act(db, person):
            for table in ("ticket_messages", "ticket_events"):
                notes = db.execute(
                    SQL("select 1 from public.{} where is_internal").format(Identifier(table))
                )
                assert bool(notes.fetchall()) is is_shown, (person, table)


def test_an_agent_who_is_the_client_reads_no_note_about_themselves(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "update public.support_tickets set client_id = %(colleague)s where id = %(held)s",
        house.names,
    )
    with house.act(db, "colleague"):
        bodies = db.execute(
            "select is_internal from public.ticket_messages where ticket_id = %(held)s", house.names
        )
        assert bodies.fetchall() == [(False,)]


@pytest.mark.parametrize(
    "table",
    [
        "ai_settings",
        "attribution_models",
        "brand_guidelines",
        "brand_phrases",
        "brand_rules",
        "brand_versions",
        "cache_lifetimes",
        "content_blocks",
        "executive_figures",
        "handling_rules",
        "improvement_rules",
        "experience_weights",
        "kpis",
        "metric_benchmarks",
        "metric_definitions",
        "metric_monitors",
        "occasion_rules",
        "quality_standards",
        "retention_rules",
        "skills",
        "survey_texts",
        "triage_impacts",
        "triage_priorities",
        "workflow_events",
        "workflow_fields",
    ],
)
def test_only_staff_read_how_the_house_works(
    db: psycopg.Connection, house: House, table: str
) -> None:
    for person, is_shown in {"client": False, "revoked": False, "agent": True}.items():
        with house.act(db, person):
            rows = db.execute(SQL("select 1 from public.{}").format(Identifier(table))).fetchall()
            assert bool(rows) is is_shown, person


@pytest.mark.parametrize(
    "table",
    [
        "calendar_hours",
        "calendars",
        "channels",
        "consent_wordings",
        "contact_channels",
        "holiday_rules",
        "holiday_sets",
        "name_days",
        "outreach_hours",
        "outreach_purposes",
        "membership_plans",
        "products",
        "service_levels",
        "ticket_categories",
        "treatments",
    ],
)
def test_everybody_signed_in_reads_what_can_be_chosen(
    db: psycopg.Connection, house: House, table: str
) -> None:
    with house.act(db, "stranger"):
        assert db.execute(SQL("select 1 from public.{}").format(Identifier(table))).fetchall()


def test_a_visitor_reads_the_public_flags_and_nothing_else(
    db: psycopg.Connection, house: House
) -> None:
    db.execute("update public.feature_flags set is_public = false where flag = 'brand_consistency'")
    with house.act(db, "visitor"):
        flags = {flag for (flag,) in db.execute("select flag from public.feature_flags")}
    assert "luxury_support" in flags
    assert "brand_consistency" not in flags


# Who may call what, with which answer. Everybody is in every line; tickets are named above.
VISITORS = "visitor"
NOT_STAFF = "stranger client other_client revoked banned"
NO_MANAGER = f"{NOT_STAFF} agent colleague auditor executive outsider"
SIGNED_IN = " ".join(name for name in EVERYBODY if name not in ("visitor", "service"))
ADMINS_ONLY = {
    "ok": "admin service",
    "42501": VISITORS,
    "PT403": f"{NO_MANAGER} manager other_manager",
}
STRANGERS_TO_HELD = "stranger other_client colleague outsider other_manager revoked banned"
UNPRIVILEGED = f"{VISITORS} service"
BOOK_MANAGERS = {
    "ok": "manager admin service",
    "42501": VISITORS,
    "PT403": NO_MANAGER,
    "PT404": "other_manager",
}
NO_SUCH_GESTURE = {
    "42501": UNPRIVILEGED,
    "PT403": NOT_STAFF,
    "PT404": "agent colleague auditor executive manager admin outsider other_manager",
}
WORK_ON_HELD = {
    "ok": "agent manager admin",
    "42501": UNPRIVILEGED,
    "PT403": f"{NOT_STAFF} auditor executive",
    "PT404": "colleague outsider other_manager",
}
ALL_STAFF = "agent colleague auditor executive manager admin outsider other_manager"
# Who looks after the client: the desk's managers, and the agent personally.
KEEPERS = {
    "ok": "agent manager admin service",
    "42501": VISITORS,
    "PT403": NOT_STAFF,
    "PT404": "colleague auditor executive outsider other_manager",
}
MANAGERS = {
    "ok": "manager admin service",
    "42501": VISITORS,
    "PT403": NO_MANAGER,
    "PT404": "other_manager",
}
THE_ASSIGNEE = {
    "ok": "agent",
    "42501": UNPRIVILEGED,
    "PT403": f"{NOT_STAFF} manager auditor executive admin",
    "PT404": "colleague outsider other_manager",
}
LOOK_AT_HELD = WORK_ON_HELD | {
    "ok": "agent manager auditor executive admin",
    "PT403": NOT_STAFF,
}
ANY_STAFF = {
    "ok": "agent colleague auditor executive manager admin outsider other_manager",
    "42501": UNPRIVILEGED,
    "PT403": NOT_STAFF,
}
STAFF_AND_SERVERS = ANY_STAFF | {"ok": f"{ALL_STAFF} service", "42501": VISITORS}
MONITORING = {
    "ok": "manager admin other_manager service",
    "42501": VISITORS,
    "PT403": NO_MANAGER,
}
NO_SUCH_ALERT = {
    "PT404": ALL_STAFF,
    "42501": UNPRIVILEGED,
    "PT403": NOT_STAFF,
}
ANY_MANAGER = {
    "ok": "manager admin other_manager",
    "42501": UNPRIVILEGED,
    "PT403": NO_MANAGER,
}
NO_SUCH_WEBHOOK = ADMINS_ONLY | {"ok": "", "PT404": "admin service"}
STRANGERS_TO_CLIENT = "stranger other_client outsider other_manager revoked banned"
KNOWN_TO_STAFF = {
    "ok": "agent colleague auditor executive manager admin service",
    "42501": VISITORS,
    "PT403": NOT_STAFF,
    "PT404": "outsider other_manager",
}
SERVER_ALONE = {"42501": f"{VISITORS} {SIGNED_IN}"}
NO_SUCH_OUTREACH = {
    "42501": VISITORS,
    "PT403": NOT_STAFF,
    "PT404": f"{ALL_STAFF} service",
}
NO_SUCH_TASK = {"42501": UNPRIVILEGED, "PT403": NOT_STAFF, "PT404": ALL_STAFF}
WHO_MAY_CONSENT = {
    "ok": "client agent manager admin service",
    "42501": VISITORS,
    "PT404": f"{STRANGERS_TO_CLIENT} colleague auditor executive",
}
NONE_FOR_ANYBODY = {"ok": "", "42501": VISITORS, "PT404": f"{SIGNED_IN} service"}
NO_SUCH_PLACE = {
    "42501": VISITORS,
    "PT403": "auditor executive",
    "PT404": f"client agent colleague manager admin service {STRANGERS_TO_CLIENT}",
}
NO_SUCH_ITEM = {
    "42501": VISITORS,
    "PT403": NO_MANAGER,
    "PT404": "manager admin other_manager service",
}
NO_SUCH_QUALITY = {
    "42501": UNPRIVILEGED,
    "PT403": f"{NOT_STAFF} agent colleague executive outsider",
    "PT404": "auditor manager admin other_manager",
}
NO_SUCH_REPORT = {
    "42501": VISITORS,
    "PT403": NOT_STAFF,
    "PT404": f"{ALL_STAFF} service",
}
BUSINESS = {
    "ok": "executive manager admin other_manager service",
    "42501": VISITORS,
    "PT403": f"{NOT_STAFF} agent colleague auditor outsider",
}
VIP_READERS = "agent colleague auditor executive manager admin service"
CALLS: dict[str, tuple[LiteralString, dict[str, str]]] = {
    "open_ticket": (
        "select public.open_ticket('Wizyta', 'Dzień dobry', 'chat')",
        {"ok": SIGNED_IN, "42501": VISITORS, "PT400": "service"},
    ),
    "open_ticket for somebody": (
        "select public.open_ticket('Wizyta', 'Prosi o termin', 'phone', p_client_id => %(client)s)",
        {
            "ok": "client agent colleague auditor executive manager admin outsider other_manager"
            " service",
            "42501": VISITORS,
            "PT404": "stranger other_client revoked banned",
        },
    ),
    "reply_to_ticket": (
        "select public.reply_to_ticket(%(held)s, 'Proszę')",
        {
            "ok": "client agent manager admin",
            "42501": UNPRIVILEGED,
            "PT403": "auditor executive",
            "PT404": STRANGERS_TO_HELD,
        },
    ),
    "check_reply": ("select public.check_reply(%(held)s, 'Proszę')", LOOK_AT_HELD),
    "request_brand_validation": (
        "select public.request_brand_validation('Proszę', 'chat')",
        ANY_STAFF,
    ),
    "request_brand_content": (
        "select public.request_brand_content(%(client)s, 'thanks_for_visit', 'chat')",
        KNOWN_TO_STAFF,
    ),
    "save_content_block": (
        "select public.save_content_block('spa_day', 'pl', 'spa_day', 'zapraszamy.')",
        ANY_MANAGER,
    ),
    "approve_content_block": (
        "select public.approve_content_block(%(client)s)",
        ANY_MANAGER | {"ok": "", "PT404": ANY_MANAGER["ok"]},
    ),
    "retire_content_block": (
        "select public.retire_content_block(%(client)s)",
        ANY_MANAGER | {"ok": "", "PT404": ANY_MANAGER["ok"]},
    ),
    "save_brand_asset": (
        "select public.save_brand_asset('menu', 'document', 'menu.pdf', 'Spa')",
        ANY_MANAGER,
    ),
    "get_missing_content": ("select public.get_missing_content()", ANY_STAFF),
    "get_brand_consistency_metrics": (
        "select public.get_brand_consistency_metrics('7d')",
        ANY_STAFF,
    ),
    "get_multi_channel_experience": (
        "select public.get_multi_channel_experience('7d')",
        {
            "ok": "auditor executive manager admin other_manager",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague outsider",
        },
    ),
    "draft_brand_guidelines": ("select public.draft_brand_guidelines('Lato')", ADMINS_ONLY),
    "save_brand_guideline": (
        "select public.save_brand_guideline(1, '{}')",
        ADMINS_ONLY | {"ok": "", "PT409": "admin service"},  # the active one never changes
    ),
    "activate_brand_guidelines": ("select public.activate_brand_guidelines(1)", ADMINS_ONLY),
    "set_brand_rule": ("select public.set_brand_rule('emoji', 'hint')", ADMINS_ONLY),
    "save_brand_phrase": (
        "select public.save_brand_phrase('slang', 'pl', 'zonk')",
        ADMINS_ONLY,
    ),
    "delete_brand_phrase": (
        "select public.delete_brand_phrase(0)",
        ADMINS_ONLY | {"ok": "", "PT404": "admin service"},
    ),
    "reply_to_ticket waiting": (
        "select public.reply_to_ticket(%(waiting)s, 'Proszę')",
        {
            "ok": "client manager admin",
            "42501": UNPRIVILEGED,
            "PT403": "agent colleague auditor executive",
            "PT404": "stranger other_client outsider other_manager revoked banned",
        },
    ),
    "add_ticket_note": (
        "select public.add_ticket_note(%(held)s, 'Ważne')",
        {
            "ok": "agent manager auditor executive admin",
            "42501": UNPRIVILEGED,
            "PT403": "client",
            "PT404": STRANGERS_TO_HELD,
        },
    ),
    "follow_ticket": ("select public.follow_ticket(%(held)s)", LOOK_AT_HELD),
    "add_follower": ("select public.add_follower(%(held)s, %(colleague)s)", LOOK_AT_HELD),
    "unfollow_ticket": ("select public.unfollow_ticket(%(held)s)", LOOK_AT_HELD),
    "unfollow_ticket for somebody": (
        "select public.unfollow_ticket(%(held)s, %(colleague)s)",
        WORK_ON_HELD,
    ),
    "link_tickets": ("select public.link_tickets(%(held)s, %(waiting)s)", LOOK_AT_HELD),
    "unlink_tickets": ("select public.unlink_tickets(%(held)s, %(waiting)s)", LOOK_AT_HELD),
    "set_ticket_details": (
        "select public.set_ticket_details(%(held)s, 1, p_priority => 'high')",
        WORK_ON_HELD,
    ),
    "set_ticket_details waiting": (
        "select public.set_ticket_details(%(waiting)s, 1, p_priority => 'high')",
        {
            "ok": "agent colleague manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "snooze_ticket": ("select public.snooze_ticket(%(held)s, null, 1)", WORK_ON_HELD),
    "unsnooze_ticket": (
        "select public.unsnooze_ticket(%(held)s, 1)",
        WORK_ON_HELD | {"ok": "", "PT409": WORK_ON_HELD["ok"]},
    ),
    "merge_tickets": (
        "select public.merge_tickets(%(waiting)s, %(held)s, 1, 'Ta sama sprawa')",
        WORK_ON_HELD,
    ),
    "undo_ticket_merge": (
        "select public.undo_ticket_merge(%(held)s, 'Jednak dwie')",
        WORK_ON_HELD | {"ok": "", "PT409": WORK_ON_HELD["ok"]},
    ),
    "mark_notifications_read": (
        "select public.mark_notifications_read()",
        {"ok": SIGNED_IN, "42501": UNPRIVILEGED},
    ),
    "save_macro": ("select public.save_macro('Powitanie', 'Dzień dobry')", ANY_STAFF),
    "save_macro for the desk": (
        "select public.save_macro('M', 'x', p_scope => 'desk', p_desk_id => %(near_desk)s)",
        {
            "ok": "manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "delete_macro": (
        "select public.delete_macro((public.save_macro('M', 'x') ->> 'id')::uuid, 1)",
        ANY_STAFF,
    ),
    "preview_macro of none": (
        "select public.preview_macro(%(held)s, %(held)s)",
        ANY_STAFF | {"ok": "", "PT404": ANY_STAFF["ok"]},
    ),
    "apply_macro": (
        "select public.apply_macro((public.save_macro('M', p_actions => '[{\"note\": \"n\"}]')"
        " ->> 'id')::uuid, %(held)s, 1)",
        LOOK_AT_HELD,
    ),
    "save_view": ("select public.save_view('Moje', '{\"assignee\": \"me\"}')", ANY_STAFF),
    "delete_view": (
        "select public.delete_view('00000000-0000-4000-8000-000000000103', 1)",
        {"ok": "admin", "42501": UNPRIVILEGED, "PT403": f"{NO_MANAGER} manager other_manager"},
    ),
    "save_workflow for the desk": (
        "select public.save_workflow('W', 'ticket.opened', '{\"all\": []}',"
        ' \'[{"set_priority": "high"}]\', %(near_desk)s)',
        {
            "ok": "manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "save_workflow for the house": (
        "select public.save_workflow('W', 'ticket.opened', '{\"all\": []}',"
        ' \'[{"set_priority": "high"}]\')',
        {"ok": "admin", "42501": UNPRIVILEGED, "PT403": f"{NO_MANAGER} manager other_manager"},
    ),
    "set_workflow_active": (
        "select public.set_workflow_active('00000000-0000-4000-8000-000000000204', false, 1)",
        {"ok": "admin", "42501": UNPRIVILEGED, "PT403": f"{NO_MANAGER} manager other_manager"},
    ),
    "delete_workflow": (
        "select public.delete_workflow('00000000-0000-4000-8000-000000000204', 1)",
        {"ok": "admin", "42501": UNPRIVILEGED, "PT403": f"{NO_MANAGER} manager other_manager"},
    ),
    "request_workflow_dry_run for the desk": (
        "select public.request_workflow_dry_run(jsonb_build_object('desk_id', %(near_desk)s::uuid,"
        " 'event_kind', 'ticket.opened', 'conditions', '{\"all\": []}'::jsonb,"
        " 'actions', '[{\"set_priority\": \"high\"}]'::jsonb))",
        {
            "ok": "manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "request_workflow_dry_run of the house": (
        "select public.request_workflow_dry_run("
        "p_workflow_id => '00000000-0000-4000-8000-000000000204')",
        {"ok": "admin", "42501": UNPRIVILEGED, "PT403": f"{NO_MANAGER} manager other_manager"},
    ),
    "get_view_tickets": (
        "select public.get_view_tickets('00000000-0000-4000-8000-000000000103')",
        ANY_STAFF,
    ),
    "count_view_tickets": ("select public.count_view_tickets()", ANY_STAFF),
    "search_tickets": (
        "select public.search_tickets('wizyta')",
        {"ok": SIGNED_IN, "42501": UNPRIVILEGED},
    ),
    "save_draft": ("select public.save_draft(%(held)s, 'Szanowna Pani')", LOOK_AT_HELD),
    "discard_draft": ("select public.discard_draft(%(held)s)", LOOK_AT_HELD),
    "bulk_update_tickets": ("select public.bulk_update_tickets('[]', 'close')", ANY_STAFF),
    "assign_ticket": (
        "select public.assign_ticket(%(held)s, %(colleague)s, 1)",
        WORK_ON_HELD,
    ),
    "assign_ticket waiting": (
        "select public.assign_ticket(%(waiting)s, %(colleague)s, 1)",
        {
            "ok": "agent colleague manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "assign_ticket by force": (
        "select public.assign_ticket(%(waiting)s, %(colleague)s, 1, true)",
        {
            "ok": "manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "take_ticket": (
        "select public.take_ticket(%(waiting)s)",
        {
            "ok": "agent colleague",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} auditor executive",
            "PT404": "manager admin outsider other_manager",
        },
    ),
    "unassign_ticket": ("select public.unassign_ticket(%(held)s, 1, 'Urlop')", WORK_ON_HELD),
    "set_ticket_status": (
        "select public.set_ticket_status(%(held)s, 'pending', 1)",
        WORK_ON_HELD,
    ),
    "resolve_ticket": ("select public.resolve_ticket(%(held)s, 'Umówiono', 1)", WORK_ON_HELD),
    "reopen_ticket": (
        "select public.reopen_ticket(%(solved)s, 'Jednak nie')",
        {
            "ok": "client agent manager admin",
            "42501": UNPRIVILEGED,
            "PT403": "auditor executive",
            "PT404": STRANGERS_TO_HELD,
        },
    ),
    "close_ticket": ("select public.close_ticket(%(solved)s, 1)", WORK_ON_HELD),
    "close_ticket unsolved": (
        "select public.close_ticket(%(held)s, 1)",
        WORK_ON_HELD | {"ok": "manager admin", "PT409": "agent"},
    ),
    "get_ticket": (
        "select public.get_ticket(%(held)s)",
        {
            "ok": "client agent manager auditor executive admin",
            "42501": UNPRIVILEGED,
            "PT404": STRANGERS_TO_HELD,
        },
    ),
    "get_promises": (
        "select public.get_promises(%(held)s)",
        {
            "ok": "client agent manager auditor executive admin",
            "42501": UNPRIVILEGED,
            "PT404": STRANGERS_TO_HELD,
        },
    ),
    "make_promise": (
        "select public.make_promise(%(held)s, now() + interval '1 hour', 'Oddzwonimy')",
        WORK_ON_HELD,
    ),
    "get_desk_queue": (
        "select public.get_desk_queue()",
        {
            "ok": "agent colleague auditor executive manager admin outsider other_manager",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
        },
    ),
    "get_desk_fairness": (
        "select public.get_desk_fairness(%(near_desk)s)",
        {
            "ok": "agent colleague auditor executive manager admin",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
            "PT404": "outsider other_manager",
        },
    ),
    "set_fairness_limit": (
        "select public.set_fairness_limit('load_gini_per_hour', null, 0.4)",
        ADMINS_ONLY,
    ),
    "get_wallboard": (
        "select public.get_wallboard(%(near_desk)s)",
        {
            "ok": "auditor executive manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague",
            "PT404": "outsider other_manager",
        },
    ),
    "accept_ticket": ("select public.accept_ticket(%(held)s)", THE_ASSIGNEE),
    "decline_ticket": ("select public.decline_ticket(%(held)s, 'Zajęta')", THE_ASSIGNEE),
    "get_routing_summary": (
        "select public.get_routing_summary(%(held)s)",
        {
            "ok": "client agent manager auditor executive admin",
            "42501": UNPRIVILEGED,
            "PT404": STRANGERS_TO_HELD,
        },
    ),
    "request_ticket_routing": (
        "select public.request_ticket_routing(%(waiting)s)",
        {
            "ok": "agent colleague manager admin",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} auditor executive",
            "PT404": "outsider other_manager",
        },
    ),
    "set_presence": (
        "select public.set_presence('away')",
        {
            "ok": "agent colleague auditor executive manager admin outsider other_manager",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
        },
    ),
    "keep_presence": (
        "select public.keep_presence()",
        {
            "ok": "agent colleague auditor executive manager admin outsider other_manager",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
        },
    ),
    "set_absence": (
        "select public.set_absence(now(), now() + interval '1 day', p_staff_id => %(agent)s)",
        {
            "ok": "agent manager admin service",
            "42501": VISITORS,
            "PT403": NOT_STAFF,
            "PT404": "colleague auditor executive outsider other_manager",
        },
    ),
    "cancel_absence": (
        "select public.cancel_absence((public.set_absence("
        "now() + interval '1 day', now() + interval '2 days') ->> 'id')::uuid)",
        {
            "ok": "agent colleague auditor executive manager admin outsider other_manager",
            "42501": VISITORS,
            "PT403": NOT_STAFF,
            "PT404": "service",
        },
    ),
    "set_presence_setting": (
        "select public.set_presence_setting('ramp_seconds', 300)",
        ADMINS_ONLY,
    ),
    "add_client_identity": (
        "select public.add_client_identity(%(client)s, 'phone', '600100200', false, 'Wizyta')",
        KEEPERS,
    ),
    "remove_client_identity": (
        "select public.remove_client_identity((public.add_client_identity("
        "%(client)s, 'phone', '600100200', false, 'Wizyta') ->> 'id')::uuid, 'Pomyłka')",
        KEEPERS,
    ),
    "set_client_delegate": (
        "select public.set_client_delegate(%(client)s, 'household', 'Mąż', p_contact_kind =>"
        " 'phone', p_contact_value => '600100200')",
        KEEPERS,
    ),
    "get_client_contacts": (
        "select public.get_client_contacts(%(client)s)",
        {
            "ok": "agent colleague auditor executive manager admin",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
            "PT404": "outsider other_manager",
        },
    ),
    "activate_white_glove_service": (
        "select public.activate_white_glove_service(%(client)s, 'welcome')",
        {
            "ok": "client agent colleague manager admin service",
            "42501": VISITORS,
            "PT403": "auditor executive",
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "trigger_white_glove_service": (
        "select public.trigger_white_glove_service(%(client)s, 'welcome')",
        {
            "ok": "agent colleague manager admin service",
            "42501": VISITORS,
            "PT403": "client auditor executive",
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "get_white_glove_service of none": (
        "select public.get_white_glove_service(%(held)s)",
        NONE_FOR_ANYBODY,
    ),
    "confirm_white_glove_service of none": (
        "select public.confirm_white_glove_service(%(held)s)",
        NONE_FOR_ANYBODY,
    ),
    "decline_white_glove_service of none": (
        "select public.decline_white_glove_service(%(held)s, 'Nie')",
        NONE_FOR_ANYBODY,
    ),
    "cancel_white_glove_service of none": (
        "select public.cancel_white_glove_service(%(held)s, 'Nie')",
        NONE_FOR_ANYBODY,
    ),
    "resume_white_glove_service of none": (
        "select public.resume_white_glove_service(%(held)s, 'Dalej')",
        NONE_FOR_ANYBODY,
    ),
    "start_white_glove_step of none": (
        "select public.start_white_glove_step(%(held)s)",
        NONE_FOR_ANYBODY,
    ),
    "complete_white_glove_step of none": (
        "select public.complete_white_glove_step(%(held)s)",
        NONE_FOR_ANYBODY,
    ),
    "fail_white_glove_step of none": (
        "select public.fail_white_glove_step(%(held)s, 'Nie')",
        NONE_FOR_ANYBODY,
    ),
    "answer_partner_request of none": (
        "select public.answer_partner_request(%(held)s, true)",
        NONE_FOR_ANYBODY,
    ),
    "save_partner": (
        "select public.save_partner('Orchidea', 'florist')",
        {"ok": "manager admin other_manager service", "42501": VISITORS, "PT403": NO_MANAGER},
    ),
    "give_consent": (
        "select public.give_consent(%(client)s, 'white_glove_contact', 'email', 'v1')",
        WHO_MAY_CONSENT,
    ),
    "acknowledge_outreach of none": (
        "select public.acknowledge_outreach(%(held)s, 1, 'delivered')",
        SERVER_ALONE | {"PT404": "service"},
    ),
    "assign_outreach_task of none": (
        "select public.assign_outreach_task(%(held)s, %(agent)s)",
        NO_SUCH_TASK,
    ),
    "cancel_outreach of none": (
        "select public.cancel_outreach(%(held)s, 'Nie')",
        NO_SUCH_OUTREACH,
    ),
    "complete_outreach_task of none": (
        "select public.complete_outreach_task(%(held)s, 'reached')",
        NO_SUCH_TASK,
    ),
    "dismiss_outreach_task of none": (
        "select public.dismiss_outreach_task(%(held)s, 'Nie')",
        NO_SUCH_TASK,
    ),
    "get_client_occasions": (
        "select public.get_client_occasions(%(client)s)",
        {"ok": f"{SIGNED_IN} service", "42501": VISITORS},
    ),
    "get_outreach": (
        "select public.get_outreach()",
        {"ok": f"{SIGNED_IN} service", "42501": VISITORS},
    ),
    "get_outreach_preferences": (
        "select public.get_outreach_preferences(%(client)s)",
        {
            "ok": f"client {VIP_READERS}",
            "42501": VISITORS,
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "get_outreach_tasks": (
        "select public.get_outreach_tasks()",
        ANY_STAFF,
    ),
    "publish_consent_wording": (
        "select public.publish_consent_wording('feedback', 'v2', 'Zgoda', 'Consent')",
        ADMINS_ONLY,
    ),
    "save_occasion_rule": (
        """select public.save_occasion_rule('birthday', '{"window_hours": 24}')""",
        ADMINS_ONLY,
    ),
    "set_outreach_hours": (
        "select public.set_outreach_hours('21:00', '08:00', '{7}', null)",
        ADMINS_ONLY,
    ),
    "set_outreach_preferences": (
        """select public.set_outreach_preferences('{"channels": []}', %(client)s)""",
        WHO_MAY_CONSENT,
    ),
    "set_outreach_purpose": (
        "select public.set_outreach_purpose('marketing', 3)",
        ADMINS_ONLY,
    ),
    "take_outreach of none": (
        "select public.take_outreach(%(held)s)",
        SERVER_ALONE | {"PT404": "service"},
    ),
    "withdraw_consent": (
        "select public.withdraw_consent(%(client)s, 'white_glove_contact')",
        WHO_MAY_CONSENT,
    ),
    "answer_own_survey of none": (
        """select public.answer_own_survey(gen_random_uuid(), '{"csat": 5}')""",
        {"42501": UNPRIVILEGED, "PT404": SIGNED_IN},
    ),
    "answer_survey with a wrong token": (
        """select public.answer_survey('guess', '{"csat": 5}')""",
        {"ok": f"{VISITORS} {SIGNED_IN}", "42501": "service"},  # counted, and answered with 404
    ),
    "get_missing_survey_texts": ("select public.get_missing_survey_texts()", ANY_STAFF),
    "get_own_surveys": (
        "select public.get_own_surveys()",
        {"ok": SIGNED_IN, "42501": UNPRIVILEGED},
    ),
    "get_survey with a wrong token": (
        "select public.get_survey('guess')",
        {"PT404": f"{VISITORS} {SIGNED_IN}", "42501": "service"},
    ),
    "get_survey_results": ("select public.get_survey_results()", ANY_STAFF),
    "issue_survey_token of none": (
        "select public.issue_survey_token(gen_random_uuid())",
        {"PT404": "service", "42501": f"{VISITORS} {SIGNED_IN}"},
    ),
    "record_survey_answer of none": (
        """select public.record_survey_answer(gen_random_uuid(), '{"csat": 5}')""",
        {"42501": UNPRIVILEGED, "PT403": NOT_STAFF, "PT404": ALL_STAFF},
    ),
    "save_survey_questionnaire": (
        'select public.save_survey_questionnaire(\'recovery\', \'[{"question": "csat", "scale":'
        ' "csat"}]\', \'{"en": {"greeting": "a", "thanks": "b", "invitation.subject": "c",'
        ' "invitation.body": "d", "csat": "e", "csat.low": "f", "csat.high": "g"}}\')',
        ADMINS_ONLY,
    ),
    "save_survey_texts": (
        """select public.save_survey_texts('recovery', 'uk', '{"thanks": "Дякуємо"}')""",
        ADMINS_ONLY,
    ),
    "set_survey_rule": (
        """select public.set_survey_rule('cycle', 'premium', '{"sample_share": 0.5}')""",
        ADMINS_ONLY,
    ),
    "reserve_exclusive_access of none": (
        "select public.reserve_exclusive_access(gen_random_uuid(), %(client)s)",
        NO_SUCH_PLACE,
    ),
    "release_exclusive_access of none": (
        "select public.release_exclusive_access(gen_random_uuid(), %(client)s)",
        NO_SUCH_PLACE,
    ),
    "get_exclusive_items": (
        "select public.get_exclusive_items(%(client)s)",
        {
            "ok": "client agent colleague auditor executive manager admin service",
            "42501": VISITORS,
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "save_exclusive_item": (
        "select public.save_exclusive_item(jsonb_build_object('desk_id', %(near_desk)s::uuid,"
        " 'kind', 'house_event', 'title_pl', 'Bal', 'title_en', 'Ball', 'capacity', 9,"
        " 'starts_at', now() + interval '1 day', 'ends_at', now() + interval '2 days'))",
        MANAGERS,
    ),
    "close_exclusive_item of none": (
        "select public.close_exclusive_item(gen_random_uuid(), 'Lista')",
        NO_SUCH_ITEM,
    ),
    "cancel_exclusive_item of none": (
        "select public.cancel_exclusive_item(gen_random_uuid(), 'Burza')",
        NO_SUCH_ITEM,
    ),
    "set_client_privileges": (
        "select public.set_client_privileges(%(client)s, '{tea_room}', null, 'Jubileusz')",
        MANAGERS,
    ),
    "correct_judgement": (
        "select public.correct_judgement(gen_random_uuid(), '{}')",
        NO_SUCH_TASK,
    ),
    "request_smart_response": ("select public.request_smart_response(%(held)s)", WORK_ON_HELD),
    "take_reply_draft": ("select public.take_reply_draft(gen_random_uuid())", NO_SUCH_TASK),
    "save_reply_template": (
        'select public.save_reply_template(\'{"template": "parking", "language": "pl",'
        ' "category": "general", "examples": "parking", "body": "Dziękuję za pytanie."}\')',
        ADMINS_ONLY,
    ),
    "retire_reply_template": (
        "select public.retire_reply_template(gen_random_uuid())",
        ADMINS_ONLY | {"ok": "", "PT404": "admin service"},
    ),
    "set_reply_budget": ("select public.set_reply_budget(10, 1000)", ADMINS_ONLY),
    "request_sentiment_analysis": (
        "select public.request_sentiment_analysis('Bardzo dziękuję', 'chat')",
        ANY_STAFF,
    ),
    "set_triage_priority": (
        "select public.set_triage_priority('low', 'low', 'normal')",
        ADMINS_ONLY,
    ),
    "set_cache_lifetime": ("select public.set_cache_lifetime('analytics', 0)", ADMINS_ONLY),
    "set_wellness_setting": (
        "select public.set_wellness_setting('fall_points', 20)",
        ADMINS_ONLY,
    ),
    "set_profiling": (
        "select public.set_profiling(true)",
        {"ok": SIGNED_IN, "42501": UNPRIVILEGED},
    ),
    "get_predictions": (
        "select public.get_predictions(%(client)s)",
        {
            "ok": "agent colleague manager executive auditor admin",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
            "PT404": "outsider other_manager",
        },
    ),
    "get_personalization_profile": (
        "select public.get_personalization_profile(%(client)s)",
        {
            "ok": "client agent colleague manager executive auditor admin service",
            "42501": VISITORS,
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "set_preference": (
        "select public.set_preference('language', 'pl')",
        {"42501": UNPRIVILEGED, "PT409": SIGNED_IN},
    ),
    "forget_preference": (
        "select public.forget_preference('language', 'pl')",
        {"42501": UNPRIVILEGED, "PT409": SIGNED_IN},
    ),
    "get_uplift_report": (
        "select public.get_uplift_report()",
        {
            "ok": "manager executive admin other_manager",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague auditor outsider",
        },
    ),
    "request_prediction": (
        "select public.request_prediction(%(client)s, 'churn')",
        {
            "ok": "agent colleague manager executive auditor admin service",
            "42501": VISITORS,
            "PT403": NOT_STAFF,
            "PT404": "outsider other_manager",
        },
    ),
    "get_vip_wellness_report": (
        "select public.get_vip_wellness_report(%(client)s)",
        {
            "ok": VIP_READERS,
            "42501": VISITORS,
            "PT404": f"client {STRANGERS_TO_CLIENT}",
        },
    ),
    "get_vip_client_profile": (
        "select public.get_vip_client_profile(%(client)s)",
        {
            "ok": f"client {VIP_READERS}",
            "42501": VISITORS,
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "get_personalized_recommendations": (
        "select public.get_personalized_recommendations(%(client)s)",
        {
            "ok": f"client {VIP_READERS}",
            "42501": VISITORS,
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "answer_recommendation of none": (
        "select public.answer_recommendation(gen_random_uuid(), true)",
        {"42501": VISITORS, "PT404": f"{SIGNED_IN} service"},
    ),
    "set_client_details": (
        """select public.set_client_details(%(client)s, '{"given_name": "Anna"}')""",
        {
            "ok": "client agent colleague manager admin service",
            "42501": VISITORS,
            "PT404": f"{STRANGERS_TO_CLIENT} auditor executive",
        },
    ),
    "record_visits": ("select public.record_visits('[]')", SERVER_ALONE | {"PT400": "service"}),
    "record_purchases": (
        "select public.record_purchases('[]')",
        SERVER_ALONE | {"PT400": "service"},
    ),
    "record_memberships": (
        "select public.record_memberships('[]')",
        SERVER_ALONE | {"PT400": "service"},
    ),
    "get_client_timeline": (
        "select public.get_client_timeline(%(client)s)",
        {
            "ok": "client agent colleague auditor executive manager admin service",
            "42501": VISITORS,
            "PT404": STRANGERS_TO_CLIENT,
        },
    ),
    "get_client_journey_metrics": (
        "select public.get_client_journey_metrics(%(client)s)",
        KNOWN_TO_STAFF,
    ),
    "get_personalized_insights": (
        "select public.get_personalized_insights(%(client)s)",
        KNOWN_TO_STAFF,
    ),
    "find_clients": (
        "select public.find_clients('600100200')",
        {
            "ok": "agent colleague manager admin outsider other_manager",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} auditor executive",
        },
    ),
    "merge_clients": (
        "select public.merge_clients(%(client)s, %(other_client)s, 'Ta sama osoba')",
        MANAGERS,
    ),
    "undo_client_merge": (
        "select public.undo_client_merge((public.merge_clients("
        "%(client)s, %(other_client)s, 'Ta sama osoba') ->> 'id')::uuid, 'Jednak nie')",
        MANAGERS,
    ),
    "get_identity_checks": (
        "select public.get_identity_checks()",
        {"ok": ALL_STAFF, "42501": UNPRIVILEGED, "PT403": NOT_STAFF},
    ),
    "confirm_identity": (
        "select public.confirm_identity(gen_random_uuid(), %(client)s, 'To ona')",
        {"42501": UNPRIVILEGED, "PT403": NOT_STAFF, "PT404": ALL_STAFF},
    ),
    "reject_identity": (
        "select public.reject_identity(gen_random_uuid())",
        {"42501": UNPRIVILEGED, "PT403": NOT_STAFF, "PT404": ALL_STAFF},
    ),
    "receive_message": (
        "select public.receive_message('email', 'ktos@inny.test', 'Dzień dobry')",
        {"ok": "service", "42501": f"{VISITORS} {SIGNED_IN}"},
    ),
    "set_client_desk": (
        "select public.set_client_desk(%(client)s, %(far_desk)s, 'Przeprowadzka')",
        {
            "ok": "manager admin service",
            "42501": VISITORS,
            "PT403": NO_MANAGER,
            "PT404": "other_manager",
        },
    ),
    "set_client_tier": (
        "select public.set_client_tier(%(client)s, 'vip_platinum', 'Jubileusz')",
        {
            "ok": "manager admin service",
            "42501": VISITORS,
            "PT403": NO_MANAGER,
            "PT404": "other_manager",
        },
    ),
    "preview_client_book": (
        "select public.preview_client_book(%(agent)s, %(colleague)s)",
        BOOK_MANAGERS,
    ),
    "hand_over_client_book": (
        "select public.hand_over_client_book(%(agent)s, %(colleague)s, 'Urlop')",
        BOOK_MANAGERS,
    ),
    "undo_client_book": (
        "select public.undo_client_book(gen_random_uuid(), 'Zostaje')",
        {
            "42501": VISITORS,
            "PT403": NO_MANAGER,
            "PT404": "manager other_manager admin service",
        },
    ),
    "open_recovery_case": (
        "select public.open_recovery_case(%(client)s, 'Skarga')",
        {
            "ok": "agent colleague auditor executive manager admin service",
            "42501": VISITORS,
            "PT403": NOT_STAFF,
            "PT404": "outsider other_manager",
        },
    ),
    "get_recovery_cases": (
        "select public.get_recovery_cases()",
        {
            "ok": "agent colleague auditor executive manager admin outsider other_manager",
            "42501": UNPRIVILEGED,
            "PT403": NOT_STAFF,
        },
    ),
    "get_recovery_case": (
        "select public.get_recovery_case(gen_random_uuid())",
        {"42501": VISITORS, "PT404": f"{SIGNED_IN} service"},
    ),
    "assign_recovery_case": (
        "select public.assign_recovery_case(gen_random_uuid(), %(agent)s, 'Zna sprawę')",
        {"42501": VISITORS, "PT404": f"{SIGNED_IN} service"},
    ),
    "reopen_recovery_case": (
        "select public.reopen_recovery_case(gen_random_uuid(), 'Jednak nie')",
        {"42501": VISITORS, "PT404": f"{SIGNED_IN} service"},
    ),
    "close_recovery_case": (
        "select public.close_recovery_case(gen_random_uuid())",
        {"42501": VISITORS, "PT404": f"{SIGNED_IN} service"},
    ),
    "take_recovery_case": (
        "select public.take_recovery_case(gen_random_uuid())",
        {"42501": UNPRIVILEGED, "PT404": SIGNED_IN},
    ),
    "promise_recovery_callback": (
        "select public.promise_recovery_callback(gen_random_uuid(), now() + interval '1 h')",
        {"42501": UNPRIVILEGED, "PT404": SIGNED_IN},
    ),
    "record_recovery_callback": (
        "select public.record_recovery_callback(gen_random_uuid())",
        {"42501": UNPRIVILEGED, "PT404": SIGNED_IN},
    ),
    "resolve_recovery_case": (
        "select public.resolve_recovery_case(gen_random_uuid(), 'late_answer', 'Przeprosiny')",
        {"42501": UNPRIVILEGED, "PT404": SIGNED_IN},
    ),
    "add_recovery_gesture": (
        "select public.add_recovery_gesture(gen_random_uuid(), 'gift', 100, 'Kwiaty')",
        NO_SUCH_GESTURE,
    ),
    "approve_recovery_gesture": (
        "select public.approve_recovery_gesture(gen_random_uuid())",
        NO_SUCH_GESTURE,
    ),
    "refuse_recovery_gesture": (
        "select public.refuse_recovery_gesture(gen_random_uuid(), 'Nie')",
        NO_SUCH_GESTURE,
    ),
    "withdraw_recovery_gesture": (
        "select public.withdraw_recovery_gesture(gen_random_uuid())",
        NO_SUCH_GESTURE,
    ),
    "set_recovery_budget": ("select public.set_recovery_budget('agent', 40000)", ADMINS_ONLY),
    "save_recovery_cause": (
        "select public.save_recovery_cause('weather', 'Pogoda', 'Weather')",
        ADMINS_ONLY,
    ),
    "set_dedicated_agent": (
        "select public.set_dedicated_agent(%(client)s, %(colleague)s, 'Zastępstwo')",
        {
            "ok": "manager admin service",
            "42501": VISITORS,
            "PT403": NO_MANAGER,
            "PT404": "other_manager",
        },
    ),
    "set_client_team": (
        "select public.set_client_team(%(client)s, %(agent)s, %(colleague)s, null, 'Zastępstwo')",
        {
            "ok": "manager admin service",
            "42501": VISITORS,
            "PT403": NO_MANAGER,
            "PT404": "other_manager",
        },
    ),
    "set_staff_role": (
        "select public.set_staff_role(%(stranger)s, 'agent', %(near_desk)s)",
        ADMINS_ONLY,
    ),
    "set_staff_skills": (
        """select public.set_staff_skills(%(agent)s, '{"language.pl": 5}')""",
        ADMINS_ONLY,
    ),
    "revoke_staff_role": ("select public.revoke_staff_role(%(agent)s, 'Odchodzi')", ADMINS_ONLY),
    "set_service_level": ("select public.set_service_level('premium', 240)", ADMINS_ONLY),
    "set_promise_target": (
        "select public.set_promise_target('premium', 'resolution', true, null, 600)",
        ADMINS_ONLY,
    ),
    "delete_promise_target": (
        "select public.delete_promise_target('premium', 'resolution', false, 'urgent')",
        ADMINS_ONLY,
    ),
    "set_wait_budget": (
        "select public.set_wait_budget('vip_gold', true, 'deputy', 9)",
        ADMINS_ONLY,
    ),
    "set_skill_relaxation": (
        "select public.set_skill_relaxation('category.billing', 30, 3600)",
        ADMINS_ONLY,
    ),
    "set_routing_phrase": (
        "select public.set_routing_phrase('desk', 'de', '{agent} ist für Sie da.')",
        ADMINS_ONLY,
    ),
    "create_desk": ("select public.create_desk('Sopot – Molo', %(near_desk)s)", ADMINS_ONLY),
    "set_desk": ("select public.set_desk(%(near_desk)s, 'Mokotów', %(far_desk)s)", ADMINS_ONLY),
    "set_feature_flag": ("select public.set_feature_flag('vip_services', false)", ADMINS_ONLY),
    "set_ai_setting": (
        """select public.set_ai_setting('prediction_models.churn', '{"threshold": 0.8}')""",
        ADMINS_ONLY,
    ),
    "set_channel_load": ("select public.set_channel_load('chat', 3)", ADMINS_ONLY),
    "save_calendar": (
        """select public.save_calendar('{"name": "Recepcja"}')""",
        ADMINS_ONLY,
    ),
    "delete_calendar": (
        "select public.delete_calendar('00000000-0000-4000-8000-0000000000c2')",
        ADMINS_ONLY | {"ok": "", "PT409": "admin service"},  # promises go by it
    ),
    "set_calendar_exception": (
        "select public.set_calendar_exception("
        "'00000000-0000-4000-8000-0000000000c2', '2026-12-31', 'Sylwester')",
        ADMINS_ONLY,
    ),
    "delete_calendar_exception": (
        "select public.delete_calendar_exception("
        "'00000000-0000-4000-8000-0000000000c2', '2026-12-31')",
        ADMINS_ONLY | {"ok": "", "PT404": "admin service"},
    ),
    "get_opening_hours": (
        "select public.get_opening_hours("
        "'00000000-0000-4000-8000-0000000000c1', '2026-12-23', '2026-12-28')",
        {"ok": f"{SIGNED_IN} service", "42501": VISITORS},
    ),
    "get_configuration_history": (
        "select public.get_configuration_history('channels')",
        ADMINS_ONLY,
    ),
    "create_performance_alert": (
        "select public.create_performance_alert(jsonb_build_object('metric', 'queue_wait',"
        " 'threshold', 60, 'severity', 'high', 'action', 'notify_managers',"
        " 'desk_id', %(near_desk)s::uuid))",
        MANAGERS,
    ),
    "create_performance_alert of the house": (
        "select public.create_performance_alert(jsonb_build_object('metric', 'system_health',"
        " 'threshold', 90, 'severity', 'high', 'action', 'notify_managers'))",
        ADMINS_ONLY,
    ),
    "update_performance_alert": (
        "select public.update_performance_alert('00000000-0000-4000-8000-0000000000a1',"
        """ '{"threshold": 50}')""",
        {
            "ok": "admin service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} auditor executive manager other_manager",
            "PT404": "agent colleague outsider",
        },
    ),
    "acknowledge_alert": ("select public.acknowledge_alert(gen_random_uuid())", NO_SUCH_ALERT),
    "silence_alert": (
        "select public.silence_alert(gen_random_uuid(), now() + interval '1 h', 'Przegląd')",
        NO_SUCH_ALERT,
    ),
    "get_alerts": ("select public.get_alerts()", ANY_STAFF),
    "get_system_health": ("select public.get_system_health()", STAFF_AND_SERVERS),
    "get_performance_metrics": ("select public.get_performance_metrics()", STAFF_AND_SERVERS),
    "get_performance_benchmarks": (
        "select public.get_performance_benchmarks()",
        STAFF_AND_SERVERS,
    ),
    "get_metric_evidence": (
        "select public.get_metric_evidence('backlog')",
        {
            "ok": "auditor executive manager admin other_manager service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague outsider",
        },
    ),
    "start_performance_monitoring": (
        "select public.start_performance_monitoring('{reopen_rate}')",
        MONITORING,
    ),
    "stop_performance_monitoring": (
        "select public.stop_performance_monitoring('{reopen_rate}')",
        MONITORING,
    ),
    "create_webhook": (
        "select public.create_webhook('Dyżurny', 'https://example.test/x', '{alert.raised}')",
        ADMINS_ONLY,
    ),
    "update_webhook": ("select public.update_webhook(gen_random_uuid())", NO_SUCH_WEBHOOK),
    "rotate_webhook_secret": (
        "select public.rotate_webhook_secret(gen_random_uuid())",
        NO_SUCH_WEBHOOK,
    ),
    "get_executive_metrics": ("select public.get_executive_metrics()", BUSINESS),
    "get_support_roi": ("select public.get_support_roi()", BUSINESS),
    "get_attributed_revenue": ("select public.get_attributed_revenue()", BUSINESS),
    "get_revenue_touches": (
        "select public.get_revenue_touches(gen_random_uuid())",
        BUSINESS | {"ok": "", "PT404": BUSINESS["ok"]},
    ),
    "get_support_costs": ("select public.get_support_costs()", BUSINESS),
    "get_lifetime_values": ("select public.get_lifetime_values()", BUSINESS),
    "get_strategic_insights": ("select public.get_strategic_insights()", BUSINESS),
    "get_client_cohorts": (
        "select public.get_client_cohorts()",
        {
            "ok": "auditor executive manager admin other_manager service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague outsider",
        },
    ),
    "set_cost_rate": (
        "select public.set_cost_rate('agent_hour', 'agent', 7000, '2026-01-01', 'Lista płac')",
        ADMINS_ONLY,
    ),
    "get_kpis": ("select public.get_kpis()", STAFF_AND_SERVERS),
    "get_success_metrics": ("select public.get_success_metrics()", STAFF_AND_SERVERS),
    "set_kpi_target": (
        "select public.set_kpi_target('brand_consistency', 96, 'Nowy rok')",
        {
            "ok": "executive admin service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague auditor manager outsider other_manager",
        },
    ),
    "set_experience_weights": (
        """select public.set_experience_weights('{"survey": 1, "promises": 0, "brand": 0,
            "quality": 0}', 'Nowy rok')""",
        {
            "ok": "executive admin service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague auditor manager outsider other_manager",
        },
    ),
    "set_success_goal": (
        "select public.set_success_goal(jsonb_build_object('title', 'Spokój', 'unit', 'pkt',"
        " 'measure', 'Spokój', 'baseline', 0, 'target', 9, 'owner_id', %(agent)s::text,"
        " 'desk_id', %(near_desk)s::text, 'due_on', (now() + interval '9 days')::date))",
        {
            "ok": "executive manager admin service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague auditor outsider",
            "PT404": "other_manager",
        },
    ),
    "update_goal_progress": (
        "select public.update_goal_progress(gen_random_uuid(), 50)",
        NONE_FOR_ANYBODY,
    ),
    "set_quality_standard": (
        """select public.set_quality_standard('service.follow_up', '{"weight": 3}', 'Skargi')""",
        ADMINS_ONLY,
    ),
    "request_executive_report": (
        "select public.request_executive_report('2026-10')",
        {
            "ok": "executive admin service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague auditor manager outsider other_manager",
        },
    ),
    "request_success_report": (
        "select public.request_success_report('2026-10', 'en')",
        {
            "ok": "executive manager admin other_manager service",
            "42501": VISITORS,
            "PT403": f"{NOT_STAFF} agent colleague auditor outsider",
        },
    ),
    "get_report of none": ("select public.get_report(gen_random_uuid())", NO_SUCH_REPORT),
    "get_report_table of none": (
        "select public.get_report_table(gen_random_uuid(), 'kpis')",
        NO_SUCH_REPORT,
    ),
    "list_reports": ("select public.list_reports()", STAFF_AND_SERVERS),
    "get_quality_standards": ("select public.get_quality_standards()", ANY_STAFF),
    "get_quality_metrics": ("select public.get_quality_metrics()", ANY_STAFF),
    "get_quality_compliance": ("select public.get_quality_compliance()", ANY_STAFF),
    "request_quality_audit": (
        "select public.request_quality_audit()",
        NO_SUCH_QUALITY | {"ok": "auditor manager admin other_manager", "PT404": ""},
    ),
    "get_quality_audit": ("select public.get_quality_audit(gen_random_uuid())", NO_SUCH_QUALITY),
    "get_quality_sample": ("select public.get_quality_sample(gen_random_uuid())", NO_SUCH_TASK),
    "get_quality_tasks": ("select public.get_quality_tasks()", ANY_STAFF),
    "submit_review": ("select public.submit_review(gen_random_uuid(), '[]')", NO_SUCH_TASK),
    "assign_quality_sample": (
        "select public.assign_quality_sample(gen_random_uuid(), %(auditor)s)",
        NO_SUCH_QUALITY,
    ),
    "dispute_review": (
        "select public.dispute_review(gen_random_uuid(), 'service.initiative', 'Nie', 'yes')",
        NO_SUCH_TASK,
    ),
    "decide_dispute": (
        "select public.decide_dispute(gen_random_uuid(), true, 'Tak')",
        NO_SUCH_QUALITY,
    ),
    "open_quality_calibration": (
        "select public.open_quality_calibration(%(solved)s)",
        NO_SUCH_QUALITY | {"ok": "auditor manager admin", "PT404": "other_manager"},
    ),
    "submit_calibration_review": (
        "select public.submit_calibration_review(gen_random_uuid(), '[]')",
        NO_SUCH_QUALITY,
    ),
    "close_quality_calibration": (
        "select public.close_quality_calibration(gen_random_uuid())",
        NO_SUCH_QUALITY,
    ),
    "record_mystery_visit of nothing": (
        "select public.record_mystery_visit('phone', now(), '[]')",
        NO_SUCH_QUALITY | {"PT404": "", "PT422": "auditor manager admin other_manager"},
    ),
    "save_improvement_plan": (
        "select public.save_improvement_plan(gen_random_uuid(), '[]')",
        NO_SUCH_QUALITY,
    ),
    "open_corrective_action": (
        "select public.open_corrective_action('service.follow_up', 'Plan', current_date + 7)",
        {
            "ok": "manager admin other_manager",
            "42501": UNPRIVILEGED,
            "PT403": f"{NOT_STAFF} agent colleague executive outsider auditor",
        },
    ),
    "set_corrective_action": (
        """select public.set_corrective_action(gen_random_uuid(), '{"plan": "Plan"}')""",
        NO_SUCH_TASK,
    ),
    "cancel_corrective_action": (
        "select public.cancel_corrective_action(gen_random_uuid(), 'Nie trzeba')",
        NO_SUCH_TASK,
    ),
    "get_corrective_actions": ("select public.get_corrective_actions()", ANY_STAFF),
    "get_improvement_opportunities": (
        "select public.get_improvement_opportunities()",
        ANY_STAFF,
    ),
    "set_improvement_rule": (
        """select public.set_improvement_rule('human', '{"closing_count": 25}')""",
        ADMINS_ONLY,
    ),
    "get_webhook_deliveries": ("select public.get_webhook_deliveries()", ADMINS_ONLY),
    "replay_webhook_delivery": (
        "select public.replay_webhook_delivery(gen_random_uuid())",
        NO_SUCH_WEBHOOK,
    ),
}


def test_every_function_people_can_call_is_in_the_matrix(db: psycopg.Connection) -> None:
    found = db.execute(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace"
        " and prorettype <> 'trigger'::regtype"
    )
    assert {name for (name,) in found} == {call.split()[0] for call in CALLS}


@pytest.mark.parametrize("call", sorted(CALLS))
def test_every_line_of_the_matrix_names_everybody_once(call: str) -> None:
    named = " ".join(CALLS[call][1].values()).split()
    assert sorted(named) == sorted(EVERYBODY)


def answer(db: psycopg.Connection, statement: LiteralString, names: dict[str, Any]) -> str:
    """'ok' or the SQLSTATE; undone either way."""
    try:
        with db.transaction(force_rollback=True):
            db.execute(statement, names)
    except psycopg.Error as error:
        return str(error.sqlstate)
    return "ok"


@pytest.mark.parametrize("call", sorted(CALLS))
def test_everybody_gets_this_answer(db: psycopg.Connection, house: House, call: str) -> None:
    statement, lines = CALLS[call]
    expected = {person: line for line, people in lines.items() for person in people.split()}
    found = {}
    for person in EVERYBODY:
        with house.act(db, person):
            found[person] = answer(db, statement, house.names)
    assert found == expected


def test_what_the_policy_shows_is_what_the_functions_accept(
    db: psycopg.Connection, house: House
) -> None:
    for person in house.people:
        with house.act(db, person):
            visible = seen(db, house, "support_tickets", "id")
        with house.act(db, person):
            db.execute("reset role")  # The claims stay: functions run as the owner.
            stances = db.execute(
                "select ticket.id from public.support_tickets ticket"
                " where private.my_stance(ticket) is not null"
            ).fetchall()
        assert visible == {house.name_of(row[0]) for row in stances} & set(house.tickets), person
