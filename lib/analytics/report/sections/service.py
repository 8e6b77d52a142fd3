"""Satisfaction, answers and tickets, day by day."""

from collections.abc import Sequence

from lib.analytics.report.document import Cell, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.service import Metric
from lib.analytics.report.sections.common import change, count, metric_label, silent, text, value
from lib.analytics.report.sections.days import (
    days_table,
    response_figure,
    satisfaction_figure,
    ticket_figure,
)
from lib.analytics.report.tongue import Tongue


def service_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return the measures of service, and how they went by day."""
    title = tongue.say("Satysfakcja i czas odpowiedzi", "Satisfaction and response")
    if not (inputs.satisfaction_days or inputs.response_days or inputs.ticket_days):
        return silent(
            tongue,
            "service",
            title,
            (
                "Nie otwarto żadnej sprawy i nikt nie odpowiedział na ankietę.",
                "No ticket was opened and no survey was answered.",
            ),
        )
    return Section(
        key="service",
        title=title,
        lead=service_sentence(inputs, tongue),
        blocks=named(
            (
                _measures(inputs.metrics, tongue),
                *satisfaction_figure(inputs, tongue),
                *response_figure(inputs, tongue),
                *ticket_figure(inputs, tongue, service_sentence(inputs, tongue)),
                days_table(inputs, tongue),
            )
        ),
    )


def service_sentence(inputs: Inputs, tongue: Tongue) -> str:
    """How many tickets and surveys there were."""
    opened = sum(day.opened_count for day in inputs.ticket_days)
    resolved = sum(day.resolved_count for day in inputs.ticket_days)
    said = sum(day.sample_count for day in inputs.satisfaction_days)
    tickets = tongue.count(opened, ("sprawę", "sprawy", "spraw"), ("ticket", "tickets"))
    surveys = tongue.count(said, ("ankietę", "ankiety", "ankiet"), ("survey", "surveys"))
    return tongue.say(
        f"Otwarto {tickets}, rozwiązano {tongue.number(resolved)}; klienci wypełnili {surveys}.",
        f"{tickets} were opened and {tongue.number(resolved)} resolved; "
        f"clients answered {surveys}.",
    )


def _measures(metrics: Sequence[Metric], tongue: Tongue) -> Table:
    heads = (
        ("Miara", "Measure"),
        ("Wynik", "Value"),
        ("Poprzednio", "Before"),
        ("Zmiana", "Change"),
        ("Wzorzec", "Standard"),
        ("Obserwacje", "Observations"),
    )
    return Table(
        name="service",
        title=tongue.say("Miary obsługi", "Measures of service"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(_measure(known, tongue) for known in metrics if known.sample_count),
    )


def _measure(known: Metric, tongue: Tongue) -> tuple[Cell, ...]:
    difference = (
        None
        if known.value is None or known.previous_value is None
        else known.value - known.previous_value
    )
    return (
        text(metric_label(tongue, known.metric, known.label)),
        value(tongue, known.unit, known.value),
        value(tongue, known.unit, known.previous_value),
        Cell(difference, change(tongue, known.unit, known.value, known.previous_value)),
        value(tongue, known.unit, known.target),
        count(tongue, known.sample_count),
    )
