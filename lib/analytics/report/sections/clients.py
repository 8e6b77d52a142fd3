"""Who stays: cohorts, retention and what clients have brought, by tier."""

from collections.abc import Sequence

from lib.analytics.report.charts.grid import draw_grid
from lib.analytics.report.document import Block, Cell, Figure, Section, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.money import Cohort, CohortAge
from lib.analytics.report.sections.common import count, silent, value
from lib.analytics.report.sections.retention import retention_figure, retention_table, values_table
from lib.analytics.report.tongue import Tongue

AGES = 12
"""So many months after the first a cohort is followed on the page."""


def clients_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return cohorts of the last year, retention and lifetime value."""
    title = tongue.say("Kohorty i utrzymanie klientów", "Cohorts and retention")
    if not (inputs.cohorts or inputs.retention or inputs.tier_values):
        return silent(
            tongue,
            "clients",
            title,
            (
                "Kohorty powstają z wizyt i zakupów, a tych jeszcze nie ma.",
                "Cohorts are made of visits and purchases, and there are none yet.",
            ),
        )
    return Section(
        key="clients",
        title=title,
        lead=tongue.say(
            "Kohorta to klienci, którzy przyszli po raz pierwszy w tym samym miesiącu. Grupy "
            "mniejsze niż pięć osób nie są pokazywane.",
            "A cohort is the clients who came first in the same month. Groups of fewer than five "
            "are not shown.",
        ),
        blocks=named(
            (
                *_cohort_figure(inputs.cohorts, tongue),
                _cohort_table(inputs.cohorts, tongue),
                *retention_figure(inputs.retention, tongue),
                retention_table(inputs.retention, tongue),
                values_table(inputs.tier_values, tongue),
            )
        ),
    )


def _cohort_figure(cohorts: Sequence[Cohort], tongue: Tongue) -> list[Block]:
    shown = [
        cohort
        for cohort in cohorts
        if not cohort.is_suppressed
        and any(age.months >= 1 and age.is_complete for age in cohort.ages)
    ]
    ages = sorted({age.months for one in shown for age in one.ages if 1 <= age.months <= AGES})
    rows = [
        (
            f"{tongue.month(cohort.cohort_on)} ({tongue.number(cohort.client_count)})",
            [_field(cohort.ages, months, tongue) for months in ages],
        )
        for cohort in shown
    ]
    rows = [row for row in rows if any(row[1])]
    title = tongue.say(
        "Ilu klientów kohorty wróciło w kolejnych miesiącach",
        "How many of a cohort came again in the months after",
    )
    if not rows:
        return []
    drawing = draw_grid(
        rows,
        [str(months) for months in ages],
        (
            tongue.say("pierwszy miesiąc (klienci)", "first month (clients)"),
            tongue.say("miesięcy później", "months later"),
        ),
        f"{title}. {tongue.say('Liczby są w tabeli.', 'The numbers are in the table.')}",
    )
    return [Figure(title=title, drawing=drawing, table="cohorts")]


def _field(ages: Sequence[CohortAge], months: int, tongue: Tongue) -> tuple[float, str] | None:
    age = next((one for one in ages if one.months == months), None)
    if age is None or age.share is None or not age.is_complete:
        return None
    return float(age.share), tongue.percent(100 * age.share, 0)


def _cohort_table(cohorts: Sequence[Cohort], tongue: Tongue) -> Table:
    heads = (
        ("Pierwszy miesiąc", "First month"),
        ("Miesięcy później", "Months later"),
        ("Klienci", "Clients"),
        ("Udział", "Share"),
    )
    return Table(
        name="cohorts",
        title=tongue.say("Kohorty", "Cohorts"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                Cell(f"{cohort.cohort_on:%Y-%m}", tongue.month(cohort.cohort_on)),
                count(tongue, age.months),
                count(tongue, age.client_count),
                value(tongue, "percent", None if age.share is None else 100 * age.share),
            )
            for cohort in cohorts
            for age in cohort.ages
            if age.is_complete
        ),
        is_shown=False,
    )
