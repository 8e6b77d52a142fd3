"""Promises kept and broken."""

from collections.abc import Sequence

from lib.analytics.report.charts.bars import draw_shares
from lib.analytics.report.document import Block, Cell, Figure, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.success import KindPromises
from lib.analytics.report.sections.common import (
    count,
    interval,
    share,
    silent,
    text,
    tier_label,
)
from lib.analytics.report.tongue import NO_BREAK, Tongue

KINDS = {
    "first_response": ("Pierwsza odpowiedź", "First answer"),
    "next_response": ("Kolejna odpowiedź", "Next answer"),
    "resolution": ("Rozwiązanie", "Resolution"),
    "given": ("Słowo dane przez pracownika", "An agent's own word"),
}


def promises_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return the shares kept, by tier and kind."""
    title = tongue.say("Dotrzymane obietnice", "Promises kept")
    if not inputs.promises:
        return silent(
            tongue,
            "promises",
            title,
            ("Żadna obietnica nie przypadała na ten czas.", "No promise came due in this time."),
        )
    return Section(
        key="promises",
        title=title,
        lead=promise_sentence(inputs.promises, tongue),
        blocks=named((*_figure(inputs.promises, tongue), _table(inputs.promises, tongue))),
    )


def promise_sentence(promises: Sequence[KindPromises], tongue: Tongue) -> str:
    """How many of all were kept."""
    kept = sum(one.kept_count for one in promises)
    total = kept + sum(one.broken_count for one in promises)
    all_of_them = tongue.count(
        total, ("obietnicy", "obietnic", "obietnic"), ("promise", "promises")
    )
    return tongue.say(
        f"Z {all_of_them} dotrzymano {tongue.number(kept)}.",
        f"Of {all_of_them}, {tongue.number(kept)} were kept.",
    )


def _kind(one: KindPromises, tongue: Tongue) -> str:
    return tongue.say(*KINDS[one.kind]) if one.kind in KINDS else one.kind


def _figure(promises: Sequence[KindPromises], tongue: Tongue) -> list[Block]:
    title = tongue.say(
        "Odsetek dotrzymanych według poziomu i rodzaju", "Share kept, by tier and kind"
    )
    rows = [
        (
            f"{tier_label(one.tier)}: {_kind(one, tongue).lower()}",
            float(one.value),
            f"{tongue.percent(100 * one.value)} (n{NO_BREAK}={NO_BREAK}"
            f"{tongue.number(one.kept_count + one.broken_count)})",
        )
        for one in promises
        if one.value is not None
    ]
    drawing = draw_shares(
        rows,
        f"{title}. " + "; ".join(f"{label}: {said}" for label, _, said in rows) + ".",
        (
            (tongue.say("dotrzymane", "kept"), "first"),
            (tongue.say("niedotrzymane", "broken"), "second"),
        ),
    )
    return [Figure(title=title, drawing=drawing, table="promises")]


def _table(promises: Sequence[KindPromises], tongue: Tongue) -> Table:
    heads = (
        ("Poziom", "Tier"),
        ("Obietnica", "Promise"),
        ("Dotrzymane", "Kept"),
        ("Niedotrzymane", "Broken"),
        ("Odsetek", "Share"),
        ("Przedział 95%", "95% interval"),
    )
    return Table(
        name="promises",
        title=tongue.say("Obietnice według poziomu i rodzaju", "Promises by tier and kind"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(_row(one, tongue) for one in promises),
    )


def _row(one: KindPromises, tongue: Tongue) -> tuple[Cell, ...]:
    low, high = one.low and 100 * one.low, one.high and 100 * one.high
    return (
        text(tier_label(one.tier)),
        text(_kind(one, tongue)),
        count(tongue, one.kept_count),
        count(tongue, one.broken_count),
        share(tongue, one.value),
        text(interval(tongue, "percent", low, high)),
    )
