"""Surveys of resolved cycles: who was asked, who answered, and what."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scripts.bench.house.dice import Ints, Moments, after, ids, pick, until, words
from scripts.bench.house.plan import Plan

ASKED, ANSWERED, COMMENTED = 0.55, 0.38, 0.15
LATE = 14 * 86_400
COMMENTS = ("Jak zawsze cudownie.", "Trochę za długo czekałam.", "Dziękuję pani Marcie!")


@dataclass(frozen=True, kw_only=True)
class Asking:
    """When each was sent and answered, NaT where it was not, and how content they were."""

    sent: Moments
    answered: Moments
    csat: Ints


def surveys(plan: Plan, rng: np.random.Generator, over: pl.DataFrame) -> pl.DataFrame:
    """One for each cycle, sent or skipped."""
    asking = _asked(plan, rng, over)
    sent, answered = pl.Series(asking.sent), pl.Series(asking.answered)
    expires = pl.Series(asking.sent + np.timedelta64(LATE, "s"))
    is_sent, is_expired = sent.is_not_null(), expires < plan.until.replace(tzinfo=None)
    is_answered = answered.is_not_null()
    return over.select(
        "client_id", "ticket_id", "cycle", "agent_id", "desk_id", "tier", "language", "channel",
        id=ids(rng, over.height), kind=pl.lit("cycle"), rule_version=pl.lit(1),
        happened_at="resolved_at", created_at="resolved_at", updated_at="resolved_at",
        state=pl.when(is_answered).then(pl.lit("answered"))
        .when(is_expired).then(pl.lit("expired"))
        .when(is_sent).then(pl.lit("sent")).otherwise(pl.lit("skipped")),
        reason=pl.when(~is_sent).then(pl.lit("cooldown")),
        manner=pl.when(is_sent).then(pl.lit("link")),
        questionnaire_version=pl.when(is_sent).then(pl.lit(1)),
        questions=pl.when(is_sent).then(pl.lit("{csat,effort,nps,comment}"))
        .otherwise(pl.lit("{}")),
        asked_at=sent, sent_at=sent, expires_at=expires, late_until=expires,
        answered_at=answered,
        answered_through=pl.when(is_answered).then(pl.lit("link")),
        **_said(rng, asking.csat, is_answered),
    )  # fmt: skip


def _asked(plan: Plan, rng: np.random.Generator, over: pl.DataFrame) -> Asking:
    """Who waited longer than promised is a star less content."""
    count = over.height
    sent = until(after(over["resolved_at"].to_numpy(), np.full(count, 14_400.0)), plan.end)
    sent[rng.random(count) >= ASKED] = np.datetime64("NaT")
    seconds = rng.lognormal(9.5, 1.4, count)
    answered = until(after(sent, seconds), plan.end)
    answered[(seconds > LATE) | (rng.random(count) >= ANSWERED)] = np.datetime64("NaT")
    waited = (over["first_responded_at"] > over["due_at"]).to_numpy()
    csat = np.clip(5 - rng.poisson(np.where(waited, 0.9, 0.28)), 1, 5)
    return Asking(sent=sent, answered=answered, csat=csat)


def _said(rng: np.random.Generator, csat: Ints, is_answered: pl.Series) -> dict[str, pl.Expr]:
    count = len(csat)
    comment = words(COMMENTS, pick(rng, (6, 2, 3), count))
    is_commented = is_answered & pl.Series(rng.random(count) < COMMENTED)
    numbers = {
        "csat": csat,
        "nps": np.clip(2 * csat + pick(rng, (3, 5, 2), count) - 1, 0, 10),
        "effort": np.clip(csat + 1 + pick(rng, (2, 5, 3), count), 1, 7),
    }
    said: dict[str, pl.Expr] = {
        name: pl.when(is_answered).then(pl.Series(value)) for name, value in numbers.items()
    }
    return said | {"comment": pl.when(is_commented).then(comment)}


def survey_answers(rng: np.random.Generator, said: pl.DataFrame) -> pl.DataFrame:
    """A row for each question of each answered survey."""
    empty = pl.lit(None, pl.String)
    scales = [
        said.select(
            survey_id="id", question=pl.lit(name), number=pl.col(name).cast(pl.Int64), choices=empty
        )
        for name in ("csat", "effort", "nps")
    ]
    low = said.filter(pl.col("csat") <= 3)
    reasons = words(("{waiting}", "{tone}", "{not_solved}"), pick(rng, (5, 1, 3), low.height))
    why = low.select(
        survey_id="id", question=pl.lit("reasons"), number=pl.lit(None, pl.Int64), choices=reasons
    )
    return pl.concat([*scales, why])
