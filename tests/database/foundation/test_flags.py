"""Configuration: what the house starts with, who changes it, and what is remembered."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.factories import an_admin, an_agent
from tests.support.acting import acting_as, refused


@pytest.fixture
def admin(db: psycopg.Connection) -> UUID:
    return an_admin(db)


def call(db: psycopg.Connection, admin: UUID, statement: LiteralString) -> Any:
    """The answer of `select public.<statement>` to the admin."""
    with acting_as(db, "authenticated", admin):
        row = db.execute("select public." + statement).fetchone()
    assert row is not None
    return row[0]


def history(db: psycopg.Connection, admin: UUID, table: str) -> list[dict[str, Any]]:
    """The latest changes of a configuration table, newest first."""
    with acting_as(db, "authenticated", admin):
        row = db.execute("select public.get_configuration_history(%s)", [table]).fetchone()
    assert row is not None
    found: list[dict[str, Any]] = row[0]
    return found


def test_the_tiers_are_promised_what_the_house_sells(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select tier, response_seconds, has_dedicated_agent, has_white_glove, is_priority"
        " from public.service_levels order by boost desc"
    ).fetchall()
    assert rows == [
        ("vip_platinum", 30, True, True, True),
        ("vip_gold", 60, True, True, True),
        ("premium", 300, False, False, False),
        ("standard", 900, False, False, False),
    ]


def test_live_channels_weigh_more(db: psycopg.Connection) -> None:
    rows = db.execute("select channel, is_live, load_units from public.channels").fetchall()
    assert {(channel, is_live, units) for channel, is_live, units in rows} == {
        ("phone", True, 5),
        ("chat", True, 2),
        ("whatsapp", True, 2),
        ("instagram", True, 2),
        ("email", False, 1),
        ("phone_note", False, 1),
    }


def test_every_flag_of_the_frontend_is_known(db: psycopg.Connection) -> None:
    rows = db.execute("select flag from public.feature_flags order by flag").fetchall()
    assert [flag for (flag,) in rows] == [
        "ai_personalization",
        "brand_consistency",
        "luxury_support",
        "predictive_analytics",
        "real_time_alerts",
        "real_time_monitoring",
        "sentiment_analysis",
        "vip_services",
        "white_glove_service",
    ]


def test_the_ai_settings_start_as_agreed(db: psycopg.Connection) -> None:
    settings: dict[str, Any] = dict(
        db.execute("select setting, value from public.ai_settings").fetchall()
    )
    agreed = {
        "prediction_models.churn": {"enabled": True, "threshold": 0.7},
        "prediction_models.satisfaction": {"enabled": True, "update_interval": "daily"},
        "prediction_models.upsell": {"enabled": True, "confidence_threshold": 0.6},
        "personalization": {
            "profiling_enabled": True,
            "real_time_updates": True,
            "learning_rate": 0.1,
        },
        "triage": {"enabled": True, "suggest_threshold": 0.5, "apply_threshold": 0.8},
        "sentiment": {
            "enabled": True,
            "confidence_threshold": 0.7,
            "learning_rate": 0.4,
            "fall_threshold": 0.45,
            "clear_threshold": 0.15,
        },
    }
    assert {name: settings.get(name) for name in agreed} == agreed


def test_a_switch_is_remembered_with_its_reason(db: psycopg.Connection, admin: UUID) -> None:
    answer = call(db, admin, "set_feature_flag('vip_services', false, 'Przegląd')")
    assert answer["is_enabled"] is False
    latest = history(db, admin, "feature_flags")[0]
    assert (latest["row_key"], latest["reason"]) == ("vip_services", "Przegląd")
    assert latest["changed_by"] == str(admin)
    assert (latest["old_row"]["is_enabled"], latest["new_row"]["is_enabled"]) == (True, False)


def test_a_switch_that_changes_nothing_is_no_history(db: psycopg.Connection, admin: UUID) -> None:
    before = history(db, admin, "feature_flags")
    call(db, admin, "set_feature_flag('vip_services', true)")
    assert history(db, admin, "feature_flags") == before


def test_a_reason_does_not_stick_to_the_next_change(db: psycopg.Connection, admin: UUID) -> None:
    call(db, admin, "set_channel_load('chat', 3, 'Próba')")
    call(db, admin, "set_channel_load('chat', 2)")
    assert [change["reason"] for change in history(db, admin, "channels")[:2]] == [None, "Próba"]


def test_a_service_level_changes_only_where_named(db: psycopg.Connection, admin: UUID) -> None:
    level = call(db, admin, "set_service_level('premium', p_response_seconds => 240)")
    assert (level["response_seconds"], level["boost"], level["is_priority"]) == (240, 3, False)


def test_an_ai_setting_changes_field_by_field(db: psycopg.Connection, admin: UUID) -> None:
    answer = call(db, admin, """set_ai_setting('prediction_models.churn', '{"threshold": 0.8}')""")
    assert answer["value"] == {"enabled": True, "threshold": 0.8}


def test_roles_and_skills_have_a_history_and_presence_has_none(
    db: psycopg.Connection, admin: UUID
) -> None:
    agent = an_agent(db, state="offline")
    with acting_as(db, "authenticated", agent):
        db.execute("select public.set_presence('online')")
    db.execute("update public.staff_members set role = 'concierge' where id = %s", [agent])
    mine = [row for row in history(db, admin, "staff_members") if row["row_key"] == str(agent)]
    assert [row["new_row"]["role"] for row in mine] == ["concierge", "agent"]
    assert history(db, admin, "staff_skills")[0]["new_row"]["skill"] == "language.pl"


REFUSED: tuple[tuple[str, str, LiteralString], ...] = (
    ("PT404", "tier_not_found", "set_service_level('vip_diamond', 10)"),
    ("PT404", "tier_not_found", "set_service_level(null, 10)"),
    ("PT422", "service_level_out_of_range", "set_service_level('premium', 0)"),
    ("PT422", "service_level_out_of_range", "set_service_level('premium', null, 101)"),
    ("PT404", "flag_not_found", "set_feature_flag('time_travel', true)"),
    ("PT400", "is_enabled_required", "set_feature_flag('vip_services', null)"),
    ("PT404", "setting_not_found", "set_ai_setting('horoscope', '{}')"),
    ("PT422", "setting_malformed", "set_ai_setting('personalization', '[]')"),
    ("PT422", "setting_malformed", "set_ai_setting('personalization', null)"),
    ("PT422", "setting_malformed", """set_ai_setting('personalization', '{"speed": 1}')"""),
    (
        "PT422",
        "setting_malformed",
        """set_ai_setting('prediction_models.churn', '{"threshold": 7}')""",
    ),
    (
        "PT422",
        "setting_malformed",
        """set_ai_setting('prediction_models.churn', '{"enabled": "yes"}')""",
    ),
    ("PT404", "channel_not_found", "set_channel_load('telegraf', 2)"),
    ("PT422", "load_out_of_range", "set_channel_load('chat', 0)"),
    ("PT422", "load_out_of_range", "set_channel_load('chat', null)"),
    ("PT413", "reason_too_long", "set_channel_load('chat', 3, repeat('a', 501))"),
    ("PT422", "reason_malformed", "set_channel_load('chat', 3, E'a\\x07')"),
)


@pytest.mark.parametrize(("code", "message", "statement"), REFUSED)
def test_a_bad_change_of_configuration_is_refused(
    db: psycopg.Connection, admin: UUID, code: str, message: str, statement: LiteralString
) -> None:
    state: LiteralString = (
        "select array(select (level.*)::text from public.service_levels level order by tier)"
        " || array(select (way.*)::text from public.channels way order by channel)"
        " || array(select (flag.*)::text from public.feature_flags flag order by flag)"
        " || array(select (known.*)::text from public.ai_settings known order by setting)"
    )
    before = db.execute(state).fetchone()
    with acting_as(db, "authenticated", admin), refused(db, code, message):
        db.execute("select public." + statement)
    assert db.execute(state).fetchone() == before
