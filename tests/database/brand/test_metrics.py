"""How consistently the house speaks, and where its channels differ: held against scipy."""

import math
import statistics
from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from scipy.stats import norm, t

from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.calling import call, refusal

Z = float(norm.ppf(0.975))
# So many answers of given scores, one second after another.
ANSWER = """
with said as (
    insert into public.ticket_messages (ticket_id, author_id, author_kind, body)
    select %(ticket)s, %(agent)s, 'agent', 'Zapraszamy.'
    from generate_series(1, cardinality(%(scores)s::int[]))
    returning id
), numbered as (
    select said.id, row_number() over () as place from said
)
insert into public.brand_checks (
    message_id, ticket_id, agent_id, channel, tier, language, score, verdict, parts, findings,
    guidelines_version, override_reason, checked_at
)
select numbered.id, ticket.id, %(agent)s, ticket.channel, ticket.tier, 'pl', told.score,
    told.verdict,
    case told.verdict
        when 'pass' then '[]'::jsonb
        else '[{"rule": "emoji", "count": 2, "points": 16}]'
    end,
    '[]', 1, case told.verdict when 'block' then 'Pilne' end,
    coalesce(%(at)s::timestamptz, now() - interval '1 hour')
        + told.place * interval '1 second'
from numbered
join lateral (
    select numbered.place, score, case
        when score >= 90 then 'pass' when score >= 60 then 'warn' else 'block' end as verdict
    from unnest(%(scores)s::int[]) with ordinality listed (score, place)
    where listed.place = numbered.place
) told on true
join public.support_tickets ticket on ticket.id = %(ticket)s
"""
# Forty cases of a channel, of which every nth is bad, by measure.
CASES: dict[str, LiteralString] = {
    "brand_score": """
        with said as (
            insert into public.ticket_messages (ticket_id, author_id, author_kind, body)
            select ticket, %(agent)s, 'agent', 'Zapraszamy.' from unnest(%(tickets)s::uuid[]) ticket
            returning id, ticket_id
        )
        insert into public.brand_checks (
            message_id, ticket_id, agent_id, channel, tier, language, score, verdict, parts,
            findings, guidelines_version
        )
        select said.id, said.ticket_id, %(agent)s, %(channel)s, 'standard', 'pl',
            case when array_position(%(tickets)s::uuid[], said.ticket_id) %% %(nth)s = 0
                then 60 else 98 end, 'pass', '[]', '[]', 1
        from said""",
    "first_response_kept": """
        update public.ticket_promises promise
        set state = case when place %% %(nth)s = 0 then 'breached' else 'met' end,
            due_at = now() - interval '1 minute',
            breached_at = case when place %% %(nth)s = 0 then now() - interval '1 minute' end,
            met_at = case when place %% %(nth)s > 0 then now() end,
            ended_at = now(), end_cause = 'answered'
        from unnest(%(tickets)s::uuid[]) with ordinality listed (id, place)
        where promise.ticket_id = listed.id and promise.kind = 'first_response'""",
    "csat": """
        insert into public.surveys (
            kind, client_id, ticket_id, cycle, desk_id, tier, language, channel, rule_version,
            state, manner, questionnaire_version, questions, asked_at, sent_at, expires_at,
            late_until, answered_at, answered_through, csat
        )
        select 'cycle', ticket.client_id, ticket.id, 1, ticket.desk_id, ticket.tier, 'pl',
            %(channel)s, 1, 'answered', 'link', 1, '{csat}', now(), now() - interval '1 hour',
            now() + interval '9 days', now() + interval '80 days', now(), 'link',
            case when place %% %(nth)s = 0 then 1 else 5 end
        from unnest(%(tickets)s::uuid[]) with ordinality listed (id, place)
        join public.support_tickets ticket on ticket.id = listed.id""",
    "sentiment": """
        with said as (
            insert into public.ticket_messages (ticket_id, author_id, author_kind, body)
            select ticket, %(client)s, 'client', 'Czekam.' from unnest(%(tickets)s::uuid[]) ticket
            returning id, ticket_id
        )
        insert into public.message_judgements (
            message_id, ticket_id, client_id, language_confidence, category_confidence, urgency,
            priority, sentiment, sentiment_score, sentiment_confidence, is_abstained,
            model_versions
        )
        select said.id, said.ticket_id, %(client)s, 1, 1, 'low', 'normal', 'neutral',
            case when array_position(%(tickets)s::uuid[], said.ticket_id) %% %(nth)s = 0
                then -0.8 else 0.4 end, 0.9, false, '{m1}'
        from said""",
    "reopened": """
        insert into public.ticket_cycles (
            ticket_id, cycle, channel, tier, began_at, first_response_due_at, resolved_at,
            ended_at
        )
        select ticket.id, 1, %(channel)s, 'standard', ticket.opened_at,
            ticket.first_response_due_at, now() - interval '1 minute', now()
        from unnest(%(tickets)s::uuid[]) with ordinality listed (id, place)
        join public.support_tickets ticket on ticket.id = listed.id
        where place %% %(nth)s = 0""",
}


class Desk:
    """A desk with an agent, a manager and a client of its own."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.desk_id = a_desk(db)
        self.client = a_client(db, desk_id=self.desk_id)
        self.agent = an_agent(db, desk_id=self.desk_id, capacity_units=100)
        self.manager = a_manager(db, desk_id=self.desk_id)

    def ticket(self, channel: str = "chat", **details: Any) -> UUID:
        given: dict[str, Any] = {"assignee_id": self.agent, "desk_id": self.desk_id}
        return a_ticket(self.db, self.client, channel=channel, **given | details)

    def answers(
        self,
        scores: Sequence[int],
        *,
        channel: str = "chat",
        agent: UUID | None = None,
        at: str | None = None,
    ) -> None:
        self.db.execute(
            ANSWER,
            {
                "ticket": self.ticket(channel),
                "agent": agent or self.agent,
                "scores": list(scores),
                "at": at,
            },
        )

    def cases(self, measure: str, channel: str, nth: int, count: int = 40) -> list[UUID]:
        status = "resolved" if measure == "reopened" else "assigned"
        tickets = [self.ticket(channel, status=status) for _ in range(count)]
        values = {"tickets": tickets, "channel": channel, "nth": nth}
        self.db.execute(CASES[measure], values | {"agent": self.agent, "client": self.client})
        return tickets

    def metrics(self, range_: str = "7d", person: UUID | None = None) -> Any:
        asked: LiteralString = "get_brand_consistency_metrics(%s)"
        return call(self.db, person or self.manager, asked, range_)

    def gaps(self) -> Any:
        return call(self.db, self.manager, "get_multi_channel_experience('7d')")


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    # What is asked again here is to be made again.
    db.execute("update public.cache_lifetimes set seconds = 0")
    return Desk(db)


def wilson(count: float, total: int) -> tuple[float, float]:
    share = count / total
    middle = (share + Z**2 / (2 * total)) / (1 + Z**2 / total)
    half = Z / (1 + Z**2 / total) * math.sqrt(share * (1 - share) / total + Z**2 / (4 * total**2))
    return middle - half, middle + half


def student(scores: Sequence[int]) -> tuple[float, float]:
    mean = statistics.fmean(scores)
    half = float(t.ppf(0.975, len(scores) - 1)) * statistics.stdev(scores) / len(scores) ** 0.5
    return mean - half, min(100.0, mean + half)


def difference(
    value: float, own: tuple[float, float], other: float, others: tuple[float, float]
) -> tuple[float, float]:
    """Zou and Donner's interval of a difference."""
    low = value - other - math.hypot(value - own[0], others[1] - other)
    return low, value - other + math.hypot(own[1] - value, other - others[0])


def test_the_mean_and_the_shares_are_what_their_definitions_say(desk: Desk) -> None:
    scores = [100] * 14 + [95, 92, 84, 75, 60, 40]
    desk.answers(scores)
    total = desk.metrics()["total"]
    low, high = student(scores)
    assert total["score"] == {
        "count": 20,
        "value": round(statistics.fmean(scores), 2),
        "low": pytest.approx(low, abs=0.006),
        "high": pytest.approx(high, abs=0.006),
    }
    for name, count in {"passed": 16, "warned": 3, "overridden": 1}.items():
        low, high = wilson(count, 20)
        assert total[name]["value"] == count / 20
        assert (total[name]["low"], total[name]["high"]) == (
            pytest.approx(low, abs=6e-5),
            pytest.approx(high, abs=6e-5),
        )


def test_parts_add_up_and_rules_are_counted(desk: Desk) -> None:
    colleague = an_agent(desk.db, desk_id=desk.desk_id)
    desk.answers([100, 84])
    desk.answers([100, 100, 50], channel="email", agent=colleague)
    told = desk.metrics()
    for part in ("by_channel", "by_tier", "by_agent", "series"):
        assert sum(group["count"] for group in told[part]) == 5
    assert {(group["key"], group["label"]) for group in told["by_channel"]} == {
        ("chat", "Chat"),
        ("email", "E-mail"),
    }
    (rule,) = told["rules"]
    assert (rule["rule"], rule["answers"], rule["findings"], rule["points"]) == ("emoji", 2, 4, 32)


def test_days_are_days_of_warsaw_and_long_ranges_go_by_weeks(desk: Desk) -> None:
    desk.answers([100], at="2026-07-01T21:30:00Z")
    desk.answers([100, 90], at="2026-07-01T22:30:00Z")
    days = desk.metrics("2026-07-01/2026-07-02")
    assert days["series_unit"] == "day"
    assert {part["key"]: part["count"] for part in days["series"]} == {
        "2026-07-01": 1,
        "2026-07-02": 2,
    }
    assert desk.metrics("2026-07-01/2026-07-01")["total"]["count"] == 1
    weeks = desk.metrics("2026-06-01/2026-07-31")
    assert weeks["series_unit"] == "week"
    assert [part["key"] for part in weeks["series"]] == ["2026-06-29"]


def test_a_change_is_told_with_its_interval_once_both_sides_have_twenty(desk: Desk) -> None:
    before, now = [100] * 15 + [90] * 4, [100] * 5 + [70] * 25
    desk.answers(before, at="2026-06-30T10:00:00Z")
    desk.answers(now, at="2026-07-01T10:00:00Z")
    silent = desk.metrics("2026-07-01/2026-07-01")
    assert silent["change"] == {"score": None, "passed": None, "silence": "too_few"}
    assert silent["before"]["count"] == 19
    desk.answers([90], at="2026-06-30T11:00:00Z")
    told = desk.metrics("2026-07-01/2026-07-01")["change"]
    before.append(90)
    low, high = difference(
        statistics.fmean(now), student(now), statistics.fmean(before), student(before)
    )
    assert told["score"]["is_significant"] is True
    assert told["score"]["value"] == statistics.fmean(now) - statistics.fmean(before)
    assert (told["score"]["low"], told["score"]["high"]) == (
        pytest.approx(low, abs=0.02),
        pytest.approx(high, abs=0.02),
    )
    assert told["silence"] is None


def test_the_same_again_is_no_change(desk: Desk) -> None:
    for day in ("2026-06-30", "2026-07-01"):
        desk.answers([100, 90, 80, 95] * 10, at=f"{day}T10:00:00Z")
    change = desk.metrics("2026-07-01/2026-07-01")["change"]
    assert change["score"]["value"] == 0
    assert change["score"]["is_significant"] is False
    assert change["passed"]["is_significant"] is False


def test_agents_see_their_own_desks_theirs_and_executives_the_house(desk: Desk) -> None:
    elsewhere = Desk(desk.db)
    colleague = an_agent(desk.db, desk_id=desk.desk_id)
    desk.answers([100, 100])
    desk.answers([80], agent=colleague)
    elsewhere.answers([60])
    auditor = a_staff_member(desk.db, "quality_auditor", desk_id=desk.desk_id)
    executive = a_staff_member(desk.db, "executive", desk_id=elsewhere.desk_id)
    seen = {
        person: (told["scope"], told["total"]["count"])
        for person in (desk.agent, colleague, desk.manager, auditor, elsewhere.manager)
        for told in [desk.metrics(person=person)]
    }
    assert list(seen.values()) == [
        ("own", 2), ("own", 1), ("desk", 3), ("desk", 3), ("desk", 1)
    ]  # fmt: skip
    house = desk.metrics(person=executive)
    assert (house["scope"], house["total"]["count"] >= 4) == ("house", True)


def test_nothing_is_told_of_nothing(desk: Desk) -> None:
    told = desk.metrics()
    assert told["total"]["count"] == 0
    assert told["total"]["score"]["value"] is None
    assert (told["by_agent"], told["series"], told["rules"]) == ([], [], [])
    assert told["change"]["silence"] == "too_few"


@pytest.mark.parametrize("asked", ["yesterday", "0d", "2026-02-30/2026-03-01", "2026-03-02/2026"])
def test_a_range_that_is_none_is_refused(desk: Desk, asked: str) -> None:
    for function in ("get_brand_consistency_metrics(%s)", "get_multi_channel_experience(%s)"):
        told = refusal(desk.db, desk.manager, function, asked)
        assert told[:2] == ("PT422", "range_malformed")


@pytest.mark.parametrize("measure", list(CASES))
def test_a_gap_between_channels_is_named_with_its_evidence(desk: Desk, measure: str) -> None:
    is_again = measure == "reopened"
    bad = desk.cases(measure, "email", 2)
    desk.cases(measure, "chat", 20)
    told = desk.gaps()
    # Of two channels each is the other's rest: one gap from both sides.
    worse, better = (gap for gap in told["gaps"] if gap["measure"] == measure)
    assert (worse["channel"], worse["is_better"]) == ("email", False)
    assert (better["channel"], better["is_better"]) == ("chat", True)
    assert worse["gap"] == pytest.approx(-better["gap"], abs=2e-4)
    assert worse["low"] * worse["high"] > 0
    # A resolved ticket that was opened again counts twice: the past cycle, and this one.
    assert (worse["count"], worse["others_count"]) == ((60, 42) if is_again else (40, 40))
    assert len(worse["ticket_ids"]) == 5
    assert {UUID(ticket) for ticket in worse["ticket_ids"]} <= set(bad[1::2])


def test_what_chance_explains_and_what_is_too_few_is_not_named(desk: Desk) -> None:
    desk.cases("csat", "email", 4)
    desk.cases("csat", "chat", 5)
    desk.cases("csat", "whatsapp", 2, count=19)
    told = desk.gaps()
    assert told["gaps"] == []
    shown = {channel["channel"]: channel["measures"]["csat"] for channel in told["channels"]}
    assert {channel: part["count"] for channel, part in shown.items()} == {
        "email": 40,
        "chat": 40,
        "whatsapp": 19,
    }


def test_many_comparisons_are_paid_for_with_holms_correction(desk: Desk) -> None:
    shares = {"chat": (5, 8), "email": (3, 13), "whatsapp": (2, 20)}
    for channel, (nth, _) in shares.items():
        desk.cases("reopened", channel, nth)
    told = desk.gaps()
    ps = []
    for channel, (_, bad) in shares.items():
        n, others = 40 + bad, 80 + sum(b for c, (_, b) in shares.items() if c != channel)
        rest = sum(b for c, (_, b) in shares.items() if c != channel)
        ps.append((chance(bad, n, rest, others), channel))
    adjusted, largest = {}, 0.0
    for place, (p, channel) in enumerate(sorted(ps)):
        largest = max(largest, min(1.0, p * (told["comparisons"] - place)))
        adjusted[channel] = largest
    found = {
        gap["channel"]: gap["adjusted_p"] for gap in told["gaps"] if gap["measure"] == "reopened"
    }
    assert told["comparisons"] == 3
    assert found == {
        channel: pytest.approx(p, abs=2e-6) for channel, p in adjusted.items() if p < 0.05
    }


def chance(bad: int, n: int, rest: int, others: int) -> float:
    gap = bad / n - rest / others
    low, high = difference(bad / n, wilson(bad, n), rest / others, wilson(rest, others))
    side = gap - low if gap > 0 else high - gap
    return float(2 * norm.sf(abs(gap) * Z / side))


def test_gaps_between_channels_are_for_those_who_oversee(desk: Desk) -> None:
    told = refusal(desk.db, desk.agent, "get_multi_channel_experience()")
    assert told[:2] == ("PT403", "overseer_required")
    told = refusal(desk.db, desk.client, "get_multi_channel_experience()")
    assert told[:2] == ("PT403", "staff_required")
