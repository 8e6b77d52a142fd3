"""What stands out, and how surely."""

from collections.abc import Sequence

from lib.analytics.report.document import Block, Cell, Remark, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.money import Insight
from lib.analytics.report.sections.common import (
    change,
    channel_label,
    count,
    interval,
    metric_label,
    text,
    tier_label,
    value,
)
from lib.analytics.report.tongue import Tongue

SHOWN = 6
DIMENSIONS = {
    "tier": ("poziom", "tier"),
    "channel": ("kanał", "channel"),
    "language": ("język", "language"),
    "category": ("temat", "category"),
    "desk": ("zespół", "desk"),
    "hours": ("godziny", "hours"),
}


def insights_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return the surest differences first; silence is an answer too."""
    title = tongue.say("Wnioski", "Insights")
    if not inputs.insights:
        return Section(
            key="insights",
            title=title,
            lead="",
            blocks=(
                tongue.say(
                    "Żadna grupa nie różni się od pozostałych na tyle, by wykluczyć przypadek. "
                    "To też jest wynik.",
                    "No group differs from the rest so much that chance is ruled out. That is a "
                    "result as well.",
                ),
            ),
        )
    blocks: tuple[Block, ...] = (
        tuple(_remark(one, tongue) for one in inputs.insights[:SHOWN]),
        _table(inputs.insights, tongue),
    )
    return Section(
        key="insights",
        title=title,
        lead=tongue.say(
            "Tylko różnice, których przypadek nie tłumaczy: przedział 95% nie obejmuje zera, "
            "także po poprawce na liczbę porównań.",
            "Only differences that chance does not explain: their 95% interval leaves out zero, "
            "also after allowing for how many comparisons were made.",
        ),
        blocks=named(blocks),
    )


def _group(one: Insight, tongue: Tongue) -> str:
    dimension = DIMENSIONS.get(one.dimension)
    label = tongue.say(*dimension) if dimension else one.dimension
    if one.dimension == "tier":
        return f"{label} {tier_label(one.group_value)}"
    if one.dimension == "channel":
        return f"{label} {channel_label(tongue, one.group_value)}"
    return f"{label} {one.group_label or one.group_value}"


def _remark(one: Insight, tongue: Tongue) -> Remark:
    verdict = (
        tongue.say("lepiej", "better")
        if one.direction == "better"
        else tongue.say("gorzej", "worse")
    )
    advice = one.recommendation_pl if tongue.is_polish else one.recommendation_en
    here, rest = tongue.value(one.unit, one.group_mean), tongue.value(one.unit, one.rest_mean)
    ends = interval(tongue, one.unit, one.interval_low, one.interval_high)
    return Remark(
        title=f"{metric_label(tongue, one.metric, one.label)}: {_group(one, tongue)} – {verdict}",
        text=advice or "",
        detail=tongue.say(
            f"{here} wobec {rest} u pozostałych; różnica w przedziale {ends} "
            f"(n = {tongue.number(one.group_count)} i {tongue.number(one.rest_count)}).",
            f"{here} against {rest} elsewhere; the difference lies between {ends} "
            f"(n = {tongue.number(one.group_count)} and {tongue.number(one.rest_count)}).",
        ),
    )


def _table(found: Sequence[Insight], tongue: Tongue) -> Table:
    heads = (
        ("Miara", "Measure"),
        ("Grupa", "Group"),
        ("W grupie", "In the group"),
        ("Pozostali", "The rest"),
        ("Różnica", "Difference"),
        ("Przedział 95%", "95% interval"),
        ("Obserwacje", "Observations"),
    )
    return Table(
        name="insights",
        title=tongue.say("Różnice między grupami", "Differences between groups"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(metric_label(tongue, one.metric, one.label)),
                text(_group(one, tongue)),
                value(tongue, one.unit, one.group_mean),
                value(tongue, one.unit, one.rest_mean),
                Cell(one.difference, change(tongue, one.unit, one.group_mean, one.rest_mean)),
                text(interval(tongue, one.unit, one.interval_low, one.interval_high)),
                count(tongue, one.group_count),
            )
            for one in found
        ),
    )
