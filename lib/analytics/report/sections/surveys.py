"""What clients said when they were asked."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from lib.analytics.report.charts.ranges import RangeChart, RangeRow
from lib.analytics.report.document import Block, Cell, Figure, Section, Table, named
from lib.analytics.report.inputs.base import Measure
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.success import Surveys
from lib.analytics.report.sections.common import (
    by_rank,
    count,
    share,
    silent,
    text,
    tier_label,
    value,
)
from lib.analytics.report.tongue import Tongue


def surveys_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return satisfaction, recommendation and effort by tier, each with its interval."""
    title = tongue.say("Ankiety", "Surveys")
    total = next((one for one in inputs.surveys if one.tier is None), None)
    if total is None or not total.answered_count:
        return silent(
            tongue,
            "surveys",
            title,
            (
                "Nie wysłano ankiet albo nikt jeszcze nie odpowiedział.",
                "No survey was sent, or nobody has answered yet.",
            ),
        )
    tiers = sorted(
        (one for one in inputs.surveys if one.tier is not None),
        key=lambda one: by_rank(one.tier or ""),
    )
    before = next((one for one in inputs.previous_surveys if one.tier is None), None)
    return Section(
        key="surveys",
        title=title,
        lead=survey_sentence(total, tongue),
        blocks=named(
            (
                *_satisfaction(tiers, tongue),
                *_recommendation(tiers, tongue),
                _table([total, *tiers], before, tongue),
            )
        ),
    )


def survey_sentence(total: Surveys, tongue: Tongue) -> str:
    """How many answered, and what they said in the mean."""
    rate = tongue.percent(
        None if total.response_rate.value is None else 100 * total.response_rate.value, 0
    )
    sent = tongue.count(
        total.asked_count,
        ("wysłaną ankietę", "wysłane ankiety", "wysłanych ankiet"),
        ("survey sent", "surveys sent"),
    )
    answered = tongue.number(total.answered_count)
    csat = tongue.number(total.csat.value, 2)
    return tongue.say(
        f"Na {sent} odpowiedziano {answered} razy ({rate}). "
        f"Średnia satysfakcja: {csat} na 5; polecenie (NPS): {tongue.signed(total.nps.value, 0)}.",
        f"Of {sent}, {answered} were answered ({rate}). "
        f"Mean satisfaction: {csat} of 5; recommendation (NPS): "
        f"{tongue.signed(total.nps.value, 0)}.",
    )


def _rows(
    tiers: Sequence[Surveys],
    measure: Callable[[Surveys], Measure],
    write: Callable[[Decimal], str],
    tongue: Tongue,
) -> list[RangeRow]:
    return [
        RangeRow(
            label=tier_label(one.tier or ""),
            value=float(said.value),
            low=float(said.low),
            high=float(said.high),
            text=f"{write(said.value)} (n = {tongue.number(said.count)})",
        )
        for one in tiers
        if (said := measure(one)).value is not None
        and said.low is not None
        and said.high is not None
    ]


def _chart(
    title: str, rows: Sequence[RangeRow], write: Callable[[float], str], ends: tuple[float, float]
) -> list[Block]:
    if not rows:
        return []
    chart = RangeChart(
        rows=rows,
        write=write,
        description=f"{title}. " + "; ".join(f"{row.label}: {row.text}" for row in rows) + ".",
        floor=ends[0],
        ceiling=ends[1],
    )
    return [Figure(title=title, drawing=chart.draw(), table="surveys")]


def _satisfaction(tiers: Sequence[Surveys], tongue: Tongue) -> list[Block]:
    title = tongue.say(
        "Satysfakcja według poziomu, od 1 do 5, z przedziałem 95%",
        "Satisfaction by tier, from 1 to 5, with its 95% interval",
    )
    rows = _rows(tiers, lambda one: one.csat, lambda v: tongue.number(v, 2), tongue)
    return _chart(title, rows, lambda v: tongue.number(Decimal(str(v)), 1), (1.0, 5.0))


def _recommendation(tiers: Sequence[Surveys], tongue: Tongue) -> list[Block]:
    title = tongue.say(
        "Polecenie (NPS) według poziomu, od −100 do 100, z przedziałem 95%",
        "Recommendation (NPS) by tier, from −100 to 100, with its 95% interval",
    )
    rows = _rows(tiers, lambda one: one.nps, lambda v: tongue.signed(v, 0), tongue)
    return _chart(title, rows, lambda v: tongue.number(Decimal(str(v)), 0), (-100.0, 100.0))


def _table(parts: Sequence[Surveys], before: Surveys | None, tongue: Tongue) -> Table:
    heads = (
        ("Poziom", "Tier"),
        ("Wysłane", "Sent"),
        ("Odpowiedzi", "Answered"),
        ("Odsetek", "Rate"),
        ("Satysfakcja", "Satisfaction"),
        ("NPS", "NPS"),
        ("Łatwość", "Ease"),
    )
    rows = [
        _row(one, tier_label(one.tier) if one.tier else tongue.say("Wszyscy", "All"), tongue)
        for one in parts
    ]
    if before is not None:
        rows.append(_row(before, tongue.say("Poprzedni okres", "Period before"), tongue))
    return Table(
        name="surveys",
        title=tongue.say("Wyniki ankiet", "Results of surveys"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(rows),
        note=tongue.say(
            "Łatwość w skali od 1 do 7: im więcej, tym łatwiej było załatwić sprawę.",
            "Ease from 1 to 7: the more, the easier it was to get something done.",
        ),
    )


def _row(one: Surveys, label: str, tongue: Tongue) -> tuple[Cell, ...]:
    return (
        text(label),
        count(tongue, one.asked_count),
        count(tongue, one.answered_count),
        share(tongue, one.response_rate.value),
        value(tongue, "points", one.csat.value),
        Cell(one.nps.value, tongue.signed(one.nps.value, 0)),
        value(tongue, "points", one.effort.value),
    )
