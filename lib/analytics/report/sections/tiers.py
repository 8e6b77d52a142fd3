"""How each tier is served."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.bars import draw_shares
from lib.analytics.report.charts.ranges import RangeChart, RangeRow
from lib.analytics.report.document import Block, Cell, Figure, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.service import Tier
from lib.analytics.report.sections.common import count, share, silent, text, tier_label, value
from lib.analytics.report.tongue import Tongue


def tiers_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return satisfaction and promises by tier, and the table."""
    title = tongue.say("Poziomy klientów", "Tiers")
    if not any(tier.client_count or tier.cycle_count for tier in inputs.tiers):
        return silent(
            tongue,
            "tiers",
            title,
            ("Nie ma jeszcze klientów.", "There are no clients yet."),
        )
    return Section(
        key="tiers",
        title=title,
        lead=_lead(inputs.tiers, tongue),
        blocks=named(
            (
                *_satisfaction(inputs.tiers, tongue),
                *_promises(inputs.tiers, tongue),
                _table(inputs.tiers, tongue),
            )
        ),
    )


def _lead(tiers: Sequence[Tier], tongue: Tongue) -> str:
    clients = tongue.count(
        sum(tier.client_count for tier in tiers),
        ("klienta", "klientów", "klientów"),
        ("client", "clients"),
    )
    vips = tongue.number(sum(one.client_count for one in tiers if one.tier.startswith("vip_")))
    return tongue.say(
        f"Dom ma {clients}, w tym na poziomach VIP: {vips}. Rzeczywista wartość leży "
        "w zaznaczonym przedziale w 95 przypadkach na 100.",
        f"The house has {clients}, {vips} of them VIP. The true value lies within the marked "
        "interval in 95 cases of 100.",
    )


def _satisfaction(tiers: Sequence[Tier], tongue: Tongue) -> list[Block]:
    rows = [
        RangeRow(
            label=tier_label(tier.tier),
            value=float(said.value),
            low=float(said.low),
            high=float(said.high),
            text=f"{tongue.number(said.value, 2)} (n = {tongue.number(said.count)})",
        )
        for tier in tiers
        if (said := tier.satisfaction).value is not None
        and said.low is not None
        and said.high is not None
    ]
    if not rows:
        return []
    title = tongue.say(
        "Satysfakcja według poziomu, w skali od 1 do 5",
        "Satisfaction by tier, from 1 to 5",
    )
    chart = RangeChart(
        rows=rows,
        write=lambda number: tongue.number(Decimal(str(number)), 1),
        description=f"{title}. " + "; ".join(f"{row.label}: {row.text}" for row in rows) + ".",
        floor=1.0,
        ceiling=5.0,
    )
    return [Figure(title=title, drawing=chart.draw(), table="tiers")]


def _promises(tiers: Sequence[Tier], tongue: Tongue) -> list[Block]:
    rows = [
        (
            tier_label(tier.tier),
            float(kept.value),
            f"{tongue.percent(100 * kept.value)} (n = {tongue.number(kept.total)})",
        )
        for tier in tiers
        if (kept := tier.promises).value is not None
    ]
    if not rows:
        return []
    title = tongue.say("Dotrzymane obietnice według poziomu", "Promises kept by tier")
    drawing = draw_shares(
        rows,
        f"{title}. " + "; ".join(f"{label}: {said}" for label, _, said in rows) + ".",
        (
            (tongue.say("dotrzymane", "kept"), "first"),
            (tongue.say("niedotrzymane", "broken"), "second"),
        ),
    )
    return [Figure(title=title, drawing=drawing, table="tiers")]


def _table(tiers: Sequence[Tier], tongue: Tongue) -> Table:
    heads = (
        ("Poziom", "Tier"),
        ("Klienci", "Clients"),
        ("Sprawy", "Tickets"),
        ("Odpowiedź: mediana", "Answer: median"),
        ("90% szybciej niż", "90% faster than"),
        ("Satysfakcja", "Satisfaction"),
        ("Obietnice", "Promises kept"),
    )
    return Table(
        name="tiers",
        title=tongue.say("Obsługa według poziomu", "Service by tier"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(_row(tier, tongue) for tier in tiers),
        note=tongue.say(
            "Czas odpowiedzi: od początku sprawy, na kanałach na żywo.",
            "Answers: from the beginning of a ticket, on live channels.",
        ),
    )


def _row(tier: Tier, tongue: Tongue) -> tuple[Cell, ...]:
    return (
        text(tier_label(tier.tier)),
        count(tongue, tier.client_count),
        count(tongue, tier.cycle_count),
        value(tongue, "seconds", tier.answers.median),
        value(tongue, "seconds", tier.answers.p90),
        value(tongue, "points", tier.satisfaction.value),
        share(tongue, tier.promises.value),
    )
