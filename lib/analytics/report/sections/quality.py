"""How service kept to the house's standards, and its words to the house's style."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.ranges import RangeChart, RangeRow
from lib.analytics.report.document import Block, Figure, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.success import Audit, Brand, Quality, QualityScore
from lib.analytics.report.sections.common import (
    by_rank,
    channel_label,
    count,
    interval,
    share,
    silent,
    text,
    tier_label,
    value,
)
from lib.analytics.report.tongue import Tongue

SOURCES = {
    "automatic": ("reguły", "rules"),
    "human": ("audytorzy", "auditors"),
    "mystery_visit": ("tajemniczy klient", "mystery visits"),
}
PARTS = {"channel": ("kanał", "channel"), "tier": ("poziom", "tier")}


def quality_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return quality by tier and source, audits, and the consistency of style."""
    title = tongue.say("Jakość i styl domu", "Quality and style")
    if not (inputs.quality.total or inputs.brand):
        return silent(
            tongue,
            "quality",
            title,
            (
                "Żadna rozmowa nie została jeszcze oceniona.",
                "No conversation has been judged yet.",
            ),
        )
    return Section(
        key="quality",
        title=title,
        lead=tongue.say(
            "Oceny od 0 do 100. Reguły widzą każdą rozmowę, audytorzy losową próbę; tych ocen "
            "nie łączymy.",
            "Scores from 0 to 100. Rules see every conversation, auditors a random sample; the "
            "two are never mixed.",
        ),
        blocks=named(
            (
                _scores(inputs.quality, tongue),
                _audits(inputs.quality.audits, tongue),
                *_style_figure(inputs.brand, tongue),
                _style(inputs.brand, tongue),
            )
        ),
    )


def _source(name: str, tongue: Tongue) -> str:
    return tongue.say(*SOURCES[name]) if name in SOURCES else name


def _scores(quality: Quality, tongue: Tongue) -> Table:
    heads = (
        ("Kto ocenia", "Judged by"),
        ("Poziom", "Tier"),
        ("Rozmowy", "Conversations"),
        ("Ocena", "Score"),
        ("Niezaliczone", "Failed"),
    )
    parts: list[QualityScore] = [
        *quality.total,
        *sorted(quality.by_tier, key=lambda one: (one.source, by_rank(one.key or ""))),
    ]
    return Table(
        name="quality",
        title=tongue.say("Jakość obsługi", "Quality of service"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(_source(one.source, tongue)),
                text(tier_label(one.key) if one.key else tongue.say("wszystkie", "all")),
                count(tongue, one.count),
                value(tongue, "points", one.score),
                count(tongue, one.failed_count),
            )
            for one in parts
        ),
    )


def _audits(audits: Sequence[Audit], tongue: Tongue) -> Table:
    heads = (
        ("Od", "From"),
        ("Do", "Until"),
        ("Rozmowy", "Conversations"),
        ("Ocenione", "Judged"),
        ("Ocena", "Score"),
        ("Przedział 95%", "95% interval"),
    )
    return Table(
        name="audits",
        title=tongue.say("Zakończone audyty", "Completed audits"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(tongue.moment(one.starts_at)),
                text(tongue.moment(one.ends_at)),
                count(tongue, one.population_count),
                count(tongue, one.judged_count),
                value(tongue, "points", one.score),
                text(interval(tongue, "points", one.low, one.high)),
            )
            for one in audits
        ),
    )


def _of(one: Brand, tongue: Tongue) -> str:
    if one.part not in PARTS or one.key is None:
        return tongue.say("wszystkie odpowiedzi", "all answers")
    key = tier_label(one.key) if one.part == "tier" else channel_label(tongue, one.key)
    return f"{tongue.say(*PARTS[one.part])}: {key}"


def _style_figure(parts: Sequence[Brand], tongue: Tongue) -> list[Block]:
    rows = [
        RangeRow(
            label=_of(one, tongue),
            value=float(one.score.value),
            low=float(one.score.low),
            high=float(one.score.high),
            text=f"{tongue.number(one.score.value, 1)} (n = {tongue.number(one.count)})",
        )
        for one in _in_order(parts)
        if one.score.value is not None and one.score.low is not None and one.score.high is not None
    ]
    if not rows:
        return []
    title = tongue.say(
        "Zgodność odpowiedzi ze stylem domu, od 0 do 100, z przedziałem 95%",
        "How answers kept to the house's style, from 0 to 100, with its 95% interval",
    )
    chart = RangeChart(
        rows=rows,
        write=lambda number: tongue.number(Decimal(str(number)), 0),
        description=f"{title}. " + "; ".join(f"{row.label}: {row.text}" for row in rows) + ".",
        floor=0.0,
        ceiling=100.0,
    )
    return [Figure(title=title, drawing=chart.draw(), table="style")]


def _style(parts: Sequence[Brand], tongue: Tongue) -> Table:
    heads = (
        ("Odpowiedzi", "Answers"),
        ("Liczba", "Count"),
        ("Ocena", "Score"),
        ("Bez uwag", "Passed"),
        ("Z uwagami", "With remarks"),
        ("Wysłane mimo blokady", "Sent against the gate"),
    )
    return Table(
        name="style",
        title=tongue.say("Styl odpowiedzi", "Style of answers"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(_of(one, tongue)),
                count(tongue, one.count),
                value(tongue, "points", one.score.value),
                share(tongue, one.passed.value),
                share(tongue, one.warned.value),
                share(tongue, one.overridden.value),
            )
            for one in _in_order(parts)
        ),
    )


def _in_order(parts: Sequence[Brand]) -> list[Brand]:
    ranks = {"total": 0, "channel": 1, "tier": 2}
    return sorted(parts, key=lambda one: (ranks.get(one.part, 3), by_rank(one.key or "")))
