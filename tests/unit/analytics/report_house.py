"""A believable month of a house, as the database freezes it for a report."""

from datetime import date, timedelta
from math import sin
from typing import Any
from uuid import UUID

from lib.analytics.models.reports import Kind, Language, ReportContext

REPORT = UUID(int=70)
TIERS = ("vip_platinum", "vip_gold", "premium", "standard")
OCTOBER = [date(2026, 10, 1) + timedelta(days=number) for number in range(31)]


def a_context(kind: Kind = "executive", language: Language = "pl", **changes: Any) -> ReportContext:
    """A report of October; changes go into its inputs."""
    made = executive_inputs() if kind == "executive" else success_inputs()
    return ReportContext(
        report_id=REPORT,
        kind=kind,
        language=language,
        period="2026-10",
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 10, 31),
        inputs=made | changes,
        inputs_digest="5f" * 32,
    )


def base_inputs(kind: str) -> dict[str, Any]:
    """What every report has."""
    return {
        "inputs_version": 1,
        "kind": kind,
        "read_at": "2026-10-31T23:05:12+00:00",
        "desk": None,
        "period": {
            "since_at": "2026-09-30T22:00:00+00:00",
            "until_at": "2026-10-31T23:00:00+00:00",
            "is_preliminary": False,
            "previous_since_at": "2026-08-31T22:00:00+00:00",
            "previous_until_at": "2026-09-30T22:00:00+00:00",
            "starts_on": "2026-10-01",
            "ends_on": "2026-10-31",
            "previous_starts_on": "2026-09-01",
            "zone": "Europe/Warsaw",
        },
    }


def executive_inputs() -> dict[str, Any]:
    """Of an executive report."""
    return base_inputs("executive") | {
        "kpis": KPIS,
        "metrics": METRICS,
        "satisfaction_days": [
            a_day(number, round(4.55 + 0.3 * sin(number * 1.7), 4))
            for number in range(31)
            if number not in (10, 24)
        ],
        "response_days": [
            a_day(number, round(31 + 14 * sin(number * 0.9) + number % 4, 1))
            for number in range(31)
            if number not in (17, 18)
        ],
        "ticket_days": [a_ticket_day(number) for number in range(31)],
        "tiers": [a_tier(number, tier) for number, tier in enumerate(TIERS)],
        "roi": ROI,
        "cohorts": [a_cohort(number) for number in range(12)],
        "retention": [a_retention(number, tier) for number, tier in enumerate(TIERS)],
        "tier_values": [a_tier_value(number, tier) for number, tier in enumerate(TIERS)],
        "insights": INSIGHTS,
    }


def success_inputs() -> dict[str, Any]:
    """Of a success report."""
    styles = (
        ("channel", "chat", 640, 91.2),
        ("channel", "email", 410, 94.6),
        ("channel", "whatsapp", 154, 87.3),
        ("tier", "vip_platinum", 120, 96.4),
        ("tier", "vip_gold", 260, 93.0),
        ("total", None, 1204, 92.0),
    )
    return base_inputs("success") | {
        "kpis": KPIS,
        "metrics": METRICS,
        "goals": GOALS,
        "surveys": [surveys(None, 640), *(surveys(t, 60 + 90 * n) for n, t in enumerate(TIERS))],
        "previous_surveys": [surveys(None, 598)],
        "promises": [
            a_promise(tier, kind, 180 + 70 * n - 9 * m, 3 + 8 * n + m)
            for n, tier in enumerate(TIERS)
            for m, kind in enumerate(("first_response", "next_response", "resolution"))
        ],
        "quality": QUALITY,
        "brand": [a_style(*style) for style in styles],
        "journeys": [a_journey(number, tier) for number, tier in enumerate(TIERS)],
    }


def a_day(number: int, value: float) -> dict[str, Any]:
    """A day of October with a few observations."""
    return {"day": f"{OCTOBER[number]}", "value": value, "sample_count": 4 + number % 9}


def a_ticket_day(number: int) -> dict[str, Any]:
    """A day of October; Sundays are quiet."""
    quiet = 20 if number % 7 == 3 else 0
    return {
        "day": f"{OCTOBER[number]}",
        "opened_count": round(44 + 12 * sin(number * 0.9)) - quiet,
        "resolved_count": round(43 + 10 * sin(number * 0.9 - 0.8)) - quiet,
    }


def a_retention(number: int, tier: str) -> dict[str, Any]:
    """Of those due again most stayed."""
    return {
        "tier": tier,
        "due_count": 40 * (number + 1),
        "retention": 94.5 - 4.25 * number,
        "interval": [0.87 - 0.04 * number, 0.98 - 0.03 * number],
        "is_suppressed": False,
    }


def a_tier_value(number: int, tier: str) -> dict[str, Any]:
    """What clients of a tier have brought so far."""
    clients = number * number + 1
    return {
        "tier": tier,
        "client_count": 42 * clients,
        "revenue_minor": 92_150_000 + number * 3_000_000,
        "support_cost_minor": 4_210_050 - number * 400_000,
        "margin_minor": 51_000_000 - number * 5_000_000,
        "mean_margin_minor": 1_214_285 // clients,
        "interval_minor": [1_050_000 // clients, 1_380_000 // clients],
        "is_suppressed": False,
    }


def a_promise(tier: str, kind: str, kept: int, broken: int) -> dict[str, Any]:
    """Promises of a tier and kind."""
    return {
        "tier": tier,
        "kind": kind,
        "kept_count": kept,
        "broken_count": broken,
        "count": kept,
        "value": round(kept / (kept + broken), 4),
        "low": round(kept / (kept + broken) - 0.05, 4),
        "high": 0.9951,
    }


def a_score(source: str, key: str | None, count: int, score: float) -> dict[str, Any]:
    """A mean of judgements."""
    return {
        "source": source,
        "key": key,
        "count": count,
        "score": score,
        "failed_count": count // 40,
    }


def a_journey(number: int, tier: str) -> dict[str, Any]:
    """Whole journeys of a tier."""
    return {
        "tier": tier,
        "client_count": 42 * (number * number + 1),
        "touchpoints_mean": round(18.42 - 3.1 * number, 2),
        "wait_median_seconds": 24 + 160 * number,
        "messages_per_resolution": round(2.1 + 0.4 * number, 2),
        "reopening_count": 3 + 7 * number,
        "transfer_count": 5 + 11 * number,
        "recovery_count": 4 + number,
        "recovered_count": 4,
    }


def a_kpi(key: str, labels: tuple[str, str], unit: str, **changes: Any) -> dict[str, Any]:
    """One of the registry, on target unless changed."""
    return {
        "key": key,
        "label_pl": labels[0],
        "label_en": labels[1],
        "metric": key,
        "unit": unit,
        "direction": "higher",
        "target": None,
        "version": 1,
        "value": None,
        "sample_count": 0,
        "previous_value": None,
        "status": "no_data",
        "trend": {"verdict": "too_few"},
        "description": "What clients answered, as counted when they answer.",
        "drill_down": "tickets",
        "block": "client_experience",
        "warning_band": None,
    } | changes


def a_tier(number: int, tier: str) -> dict[str, Any]:
    """A tier; the lower the slower."""
    answered = 120 + 160 * number
    return {
        "tier": tier,
        "client_count": 42 * (number * number + 1),
        "cycle_count": answered + 30,
        "answers": {"count": answered, "median": 21.5 * 3**number, "p90": 58 * 3.2**number},
        "satisfaction": {
            "count": 40 + 30 * number,
            "value": 4.82 - 0.14 * number,
            "low": 4.68 - 0.17 * number,
            "high": 4.93 - 0.1 * number,
        },
        "promises": {
            "count": answered - 6,
            "total": answered,
            "value": round(1 - 6 / answered, 4),
            "low": 0.9,
            "high": 0.98,
        },
    }


def a_cohort(number: int) -> dict[str, Any]:
    """Clients who came first in a month of the last year."""
    months = 12 - number
    size = 38 + 5 * (number % 4)
    shares = [1.0, *(0.82 / (1 + 0.22 * age) + 0.03 * (number % 3) for age in range(1, months))]
    return {
        "cohort_on": f"{2025 + (number + 10) // 12}-{(number + 10) % 12 + 1:02}-01",
        "client_count": size,
        "is_suppressed": False,
        "ages": [
            {
                "months": age,
                "client_count": round(size * share),
                "share": round(share, 4),
                "is_suppressed": False,
                "is_complete": True,
            }
            for age, share in enumerate(shares)
        ],
    }


def a_measure(count: int, value: float, half: float) -> dict[str, Any]:
    """A value in the middle of its interval."""
    return {
        "count": count,
        "value": round(value, 4),
        "low": round(value - half, 4),
        "high": round(value + half, 4),
    }


def surveys(tier: str | None, asked: int) -> dict[str, Any]:
    """Answers to so many surveys."""
    answered = asked * 2 // 5
    better = {None: 0.0, "vip_platinum": 0.2, "vip_gold": 0.1}.get(tier, -0.1)
    return {
        "tier": tier,
        "asked_count": asked,
        "answered_count": answered,
        "late_count": 3,
        "response_rate": a_measure(asked, 0.4, 0.04),
        "csat": a_measure(answered, 4.6 + better, 0.12),
        "effort": a_measure(answered, 5.8 + better, 0.2),
        "nps": a_measure(answered, 54 + 60 * better, 9.4) | {"promoters": 9, "detractors": 2},
    }


def a_style(part: str, key: str | None, count: int, score: float) -> dict[str, Any]:
    """How answers of a part kept to the style."""
    return {
        "part": part,
        "key": key,
        "count": count,
        "score": a_measure(count, score, 60 / count**0.5),
        "passed": a_measure(count, 0.86, 0.02),
        "warned": a_measure(count, 0.12, 0.02),
        "overridden": a_measure(count, 0.02, 0.005),
    }


KPIS = [
    a_kpi(
        "client_satisfaction",
        ("Zadowolenie klientów", "Client satisfaction"),
        "points",
        target=4.7,
        value=4.5618,
        previous_value=4.61,
        sample_count=256,
        status="warning",
        trend={"verdict": "no_clear_trend", "is_significant": False},
    ),
    a_kpi(
        "vip_response_time",
        ("Czas odpowiedzi VIP", "VIP response time"),
        "seconds",
        direction="lower",
        target=30,
        value=33.5,
        previous_value=41.25,
        sample_count=262,
        status="warning",
        trend={"verdict": "better", "is_significant": True},
    ),
    a_kpi(
        "first_contact_resolution",
        ("Rozwiązane przy pierwszym kontakcie", "First contact resolution"),
        "percent",
        target=85,
        value=87.3,
        previous_value=86.1,
        sample_count=1204,
        status="on_target",
        trend={"verdict": "no_clear_trend"},
    ),
    a_kpi(
        "client_retention",
        ("Utrzymanie klientów", "Client retention"),
        "percent",
        target=90,
        value=88.2,
        previous_value=88.9,
        sample_count=400,
        status="warning",
        trend={"verdict": "too_few"},
    ),
    a_kpi(
        "support_roi",
        ("Zwrot z obsługi klienta", "Support ROI"),
        "percent",
        target=150,
        value=182.4,
        previous_value=171.9,
        sample_count=31,
        status="on_target",
        trend={"verdict": "no_clear_trend"},
    ),
    a_kpi(
        "revenue_attribution",
        ("Przychód przypisany obsłudze", "Revenue attribution"),
        "money",
        value=18_642_050,
        previous_value=16_980_000,
        sample_count=214,
        status="tracked",
    ),
    a_kpi(
        "support_efficiency",
        ("Sprawność obsługi", "Support efficiency"),
        "percent",
        target=85,
        value=71.4,
        previous_value=78.2,
        sample_count=1204,
        status="off_target",
        trend={"verdict": "worse", "is_significant": True},
    ),
    a_kpi(
        "cost_per_client",
        ("Koszt na klienta", "Cost per client"),
        "money",
        direction="lower",
        value=6_412,
        previous_value=6_890,
        sample_count=1030,
        status="tracked",
    ),
    a_kpi(
        "luxury_experience",
        ("Doświadczenie luksusu", "Luxury experience"),
        "points",
        target=90,
        value=91.7,
        previous_value=90.2,
        sample_count=1204,
        status="on_target",
        trend={"verdict": "better", "is_significant": True},
    ),
    a_kpi("personalization", ("Personalizacja", "Personalization"), "percent", target=85),
    a_kpi(
        "brand_consistency",
        ("Spójność marki", "Brand consistency"),
        "percent",
        target=95,
        value=92.0,
        previous_value=91.1,
        sample_count=1204,
        status="warning",
        trend={"verdict": "better", "is_significant": True},
    ),
    a_kpi(
        "white_glove_usage",
        ("Korzystanie z usług white-glove", "White-glove usage"),
        "percent",
        value=12.6,
        previous_value=11.0,
        sample_count=84,
        status="tracked",
    ),
]


def a_metric(metric: str, label: str, unit: str, values: tuple[float, float], target: float) -> Any:
    """A measure of service, now and before."""
    return {
        "metric": metric,
        "label": label,
        "unit": unit,
        "direction": "higher",
        "method": "mean",
        "version": 1,
        "description": f"{label}, one observation a cycle.",
        "drill_down": "tickets",
        "value": values[0],
        "sample_count": 1204,
        "p90": None,
        "previous_value": values[1],
        "previous_count": 1150,
        "target": target or None,
    }


METRICS = [
    a_metric("client_satisfaction", "Client satisfaction", "points", (4.5618, 4.61), 4.7),
    a_metric("promises_kept", "Promises kept", "percent", (96.12, 95.4), 0),
    a_metric("reopen_rate", "Reopened", "percent", (4.2, 5.1), 0),
    a_metric("vip_response_time", "VIP response time", "seconds", (33.5, 41.25), 30),
]
ROI: dict[str, Any] = {
    "roi": 182.4,
    "revenue": 18_642_050,
    "costs": 6_601_000,
    "headline_model": "last_touch",
    "formula": "100 * (revenue - costs) / costs",
    "interval": {
        "low": 141.2,
        "high": 226.8,
        "level": 0.95,
        "day_count": 31,
        "method": "bootstrap",
    },
    "by_model": [
        {
            "model": "last_touch",
            "label": "Last touch",
            "metric": "attributed_revenue",
            "window_days": 30,
            "revenue": 18_642_050,
            "roi": 182.4,
            "description": "x",
        },
        {
            "model": "linear",
            "label": "Linear",
            "metric": "attributed_revenue_linear",
            "window_days": 30,
            "revenue": 16_120_300,
            "roi": 144.2,
            "description": "x",
        },
    ],
    "components": [
        {"kind": "agents", "metric": "cost_agents", "cost": 4_380_000},
        {"kind": "overhead", "metric": "cost_overhead", "cost": 1_100_000},
        {"kind": "channels", "metric": "cost_channels", "cost": 221_000},
        {"kind": "partners", "metric": "cost_partners", "cost": 610_000},
        {"kind": "recovery", "metric": "cost_recovery", "cost": 290_000},
    ],
    "sensitivity": [
        {
            "revenue_share": share,
            "rate_change": change,
            "roi": round(share * 18_642_050 / 6_601_000 / (1 + change * 0.0083) - 100, 1),
        }
        for share in (50, 75, 100)
        for change in (-20, 0, 20)
    ],
    "retained": None,
}
INSIGHTS = [
    {
        "id": str(UUID(int=5)),
        "metric": "vip_response_time",
        "label": "VIP response time",
        "dimension": "channel",
        "group_value": "whatsapp",
        "direction": "worse",
        "difference": 18.4,
        "interval_low": 9.1,
        "interval_high": 27.9,
        "unit": "seconds",
        "effect_size": 0.42,
        "p_value": 0.0004,
        "q_value": 0.004,
        "group_mean": 49.2,
        "rest_mean": 30.8,
        "group_count": 61,
        "rest_count": 201,
        "evidence_ids": [],
        "recommendation_pl": "Dodać osobę dyżurującą na WhatsAppie w godzinach 18–21.",
        "recommendation_en": "Put one more person on WhatsApp from 6 to 9 p.m.",
    },
    {
        "id": str(UUID(int=6)),
        "metric": "client_satisfaction",
        "label": "Client satisfaction",
        "dimension": "tier",
        "group_value": "vip_platinum",
        "direction": "better",
        "difference": 0.27,
        "interval_low": 0.12,
        "interval_high": 0.41,
        "unit": "points",
        "effect_size": 0.31,
        "p_value": 0.001,
        "q_value": 0.006,
        "group_mean": 4.82,
        "rest_mean": 4.55,
        "group_count": 40,
        "rest_count": 216,
        "evidence_ids": [],
        "recommendation_pl": "Przenieść zwyczaj oddzwaniania następnego dnia na VIP Gold.",
        "recommendation_en": "Let VIP Gold have the call on the day after as well.",
    },
]
GOALS = [
    {
        "goal_id": str(UUID(int=1)),
        "title": "Odpowiedź VIP poniżej 30 sekund",
        "kpi": "vip_response_time",
        "measure": "vip_response_time",
        "unit": "seconds",
        "desk_id": None,
        "baseline": 48,
        "target": 30,
        "current": 33.5,
        "progress": 80.6,
        "starts_on": "2026-07-01",
        "due_on": "2026-12-31",
        "state": "open",
        "forecast": {"value": 29.1, "low": 26.4, "high": 31.8, "verdict": "likely"},
    },
    {
        "goal_id": str(UUID(int=2)),
        "title": "Zadowolenie 4,7 na koniec roku",
        "kpi": "client_satisfaction",
        "measure": "client_satisfaction",
        "unit": "points",
        "desk_id": None,
        "baseline": 4.4,
        "target": 4.7,
        "current": 4.56,
        "progress": 53.3,
        "starts_on": "2026-01-01",
        "due_on": "2026-12-31",
        "state": "open",
        "forecast": {"value": 4.6, "low": 4.52, "high": 4.68, "verdict": "will_miss"},
    },
    {
        "goal_id": str(UUID(int=3)),
        "title": "Połowa klientek Platinum korzysta z usług white-glove",
        "kpi": None,
        "measure": None,
        "unit": "percent",
        "desk_id": None,
        "baseline": 30,
        "target": 50,
        "current": 52,
        "progress": 110,
        "starts_on": "2026-03-01",
        "due_on": "2026-10-15",
        "state": "reached",
        "forecast": None,
    },
]
QUALITY = {
    "total": [a_score("automatic", None, 1204, 88.41), a_score("human", None, 60, 84.2)],
    "by_tier": [
        a_score("automatic", tier, 100 * (number + 1), round(94.1 - 3.2 * number, 2))
        for number, tier in enumerate(TIERS)
    ],
    "audits": [
        {
            "audit_id": str(UUID(int=9)),
            "audit_type": "periodic",
            "desk_id": str(UUID(int=1)),
            "starts_at": "2026-08-31T22:00:00+00:00",
            "ends_at": "2026-09-30T22:00:00+00:00",
            "population_count": 1180,
            "judged_count": 40,
            "score": 85.1,
            "low": 80.9,
            "high": 89.3,
        }
    ],
}
