"""What service earns and costs, and how sure that is."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.bars import Bar, BarRow, draw_bars
from lib.analytics.report.document import Block, Cell, Figure, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.money import CostPart, RevenueModel, Roi
from lib.analytics.report.sections.common import interval, silent, text, value
from lib.analytics.report.sections.sensitivity import cases_table, swing_figure
from lib.analytics.report.tongue import Tongue

MODELS = {
    "last_touch": ("ostatni kontakt", "last touch"),
    "linear": ("po równo między kontakty", "linear"),
    "direct": ("sprzedane w sprawie", "sold in the ticket"),
}
COSTS = {
    "agents": ("czas pracowników", "agents' time"),
    "overhead": ("koszty stałe", "overhead"),
    "channels": ("kanały kontaktu", "channels"),
    "partners": ("partnerzy", "partners"),
    "recovery": ("zadośćuczynienia", "recovery gestures"),
}


def money_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return revenue by model, costs, the return and what moves it."""
    title = tongue.say("Przychód, koszty i zwrot", "Revenue, costs and return")
    roi = inputs.roi
    if roi is None or not (roi.revenue or roi.costs):
        return silent(
            tongue,
            "money",
            title,
            (
                "Nie było ani przychodu po sprawach, ani kosztów obsługi.",
                "There was neither revenue after tickets nor cost of service.",
            ),
        )
    return Section(
        key="money",
        title=title,
        lead=roi_sentence(roi, tongue),
        blocks=named(
            (
                *_revenue_and_costs(roi, tongue),
                _models(roi.by_model, tongue),
                _costs(roi.components, tongue),
                *swing_figure(roi, tongue),
                cases_table(roi.sensitivity, tongue),
            )
        ),
    )


def roi_sentence(roi: Roi, tongue: Tongue) -> str:
    """What came in, what it cost, and the return with its interval."""
    revenue, costs = tongue.money(roi.revenue or 0, 0), tongue.money(roi.costs or 0, 0)
    said = tongue.say(
        f"Po rozwiązanych sprawach klienci wydali {revenue}, a obsługa kosztowała {costs}.",
        f"After resolved tickets clients spent {revenue}; service cost {costs}.",
    )
    if roi.roi is None:
        return said
    sure = ""
    if roi.interval is not None:
        ends = interval(tongue, "percent", roi.interval.low, roi.interval.high)
        sure = tongue.say(f" (przedział 95%: {ends})", f" (95% interval: {ends})")
    return said + tongue.say(
        f" Zwrot z obsługi: {tongue.percent(roi.roi)}{sure}.",
        f" Return on service: {tongue.percent(roi.roi)}{sure}.",
    )


def _named_in(names: dict[str, tuple[str, str]], key: str, other: str, tongue: Tongue) -> str:
    return tongue.say(*names[key]) if key in names else other


def _model(model: RevenueModel, tongue: Tongue) -> str:
    label = _named_in(MODELS, model.model, model.label, tongue)
    return tongue.say(f"Przychód: {label}", f"Revenue: {label}")


def _cost(part: CostPart, tongue: Tongue) -> str:
    label = _named_in(COSTS, part.kind, part.kind, tongue)
    return tongue.say(f"Koszt: {label}", f"Cost: {label}")


def _revenue_and_costs(roi: Roi, tongue: Tongue) -> list[Block]:
    amounts = [(_model(one, tongue), one.revenue, "first") for one in roi.by_model] + [
        (_cost(one, tongue), one.cost, "second") for one in roi.components if one.cost
    ]
    if not amounts:
        return []
    rows = [
        BarRow(
            label=label,
            bars=[Bar(value=float(amount), text=tongue.money(amount, 0), look=look)],
        )
        for label, amount, look in amounts
    ]
    title = tongue.say(
        "Przychód według modelu przypisania i koszty według rodzaju",
        "Revenue by model of attribution, and costs by kind",
    )
    said = "; ".join(f"{row.label}: {row.bars[0].text}" for row in rows)
    return [
        Figure(title=title, drawing=draw_bars(rows, f"{title}. {said}."), table="revenue_models")
    ]


def _models(models: Sequence[RevenueModel], tongue: Tongue) -> Table:
    heads = (
        ("Model przypisania", "Attribution model"),
        ("Okno (dni)", "Window (days)"),
        ("Przychód", "Revenue"),
        ("Zwrot", "Return"),
    )
    return Table(
        name="revenue_models",
        title=tongue.say("Przychód po rozwiązanych sprawach", "Revenue after resolved tickets"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(_named_in(MODELS, one.model, one.label, tongue)),
                Cell(one.window_days, tongue.number(one.window_days)),
                value(tongue, "money", one.revenue),
                value(tongue, "percent", one.roi),
            )
            for one in models
        ),
    )


def _costs(parts: Sequence[CostPart], tongue: Tongue) -> Table:
    total = sum((part.cost for part in parts), Decimal(0))
    return Table(
        name="costs",
        title=tongue.say("Koszty obsługi", "Costs of service"),
        columns=(
            tongue.say("Rodzaj", "Kind"),
            tongue.say("Koszt", "Cost"),
            tongue.say("Udział", "Share"),
        ),
        rows=tuple(
            (
                text(_named_in(COSTS, part.kind, part.kind, tongue)),
                value(tongue, "money", part.cost),
                value(tongue, "percent", round(100 * part.cost / total, 4) if total else None),
            )
            for part in parts
        ),
    )
