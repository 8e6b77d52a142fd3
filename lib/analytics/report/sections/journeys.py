"""Whole journeys: how much effort it is to be a client of each tier."""

from lib.analytics.report.document import Cell, Section, Table
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.success import Journey
from lib.analytics.report.sections.common import count, silent, text, tier_label, value
from lib.analytics.report.tongue import Tongue


def journeys_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return contacts, waits, effort and recoveries by tier."""
    title = tongue.say("Drogi klientów", "Journeys")
    if not inputs.journeys:
        return silent(
            tongue,
            "journeys",
            title,
            ("Nikt nie był jeszcze w kontakcie z domem.", "Nobody has been in contact yet."),
        )
    heads = (
        ("Poziom", "Tier"),
        ("Klienci", "Clients"),
        ("Kontakty na klienta", "Contacts a client"),
        ("Czekanie: mediana", "Wait: median"),
        ("Wiadomości na sprawę", "Messages a ticket"),
        ("Powroty spraw", "Reopened"),
        ("Przekazania", "Handed on"),
        ("Trudne sytuacje", "Recoveries"),
        ("Naprawione", "Recovered"),
    )
    return Section(
        key="journeys",
        title=title,
        lead=tongue.say(
            "Od pierwszego kontaktu do dziś: drogi nie mają okresu, więc są tu w całości.",
            "From the first contact until today: journeys have no period, so these are whole ones.",
        ),
        blocks=(
            Table(
                name="journeys",
                title=tongue.say("Drogi według poziomu", "Journeys by tier"),
                columns=tuple(tongue.say(*head) for head in heads),
                rows=tuple(_row(one, tongue) for one in inputs.journeys),
            ),
        ),
    )


def _row(one: Journey, tongue: Tongue) -> tuple[Cell, ...]:
    return (
        text(tier_label(one.tier)),
        count(tongue, one.client_count),
        Cell(one.touchpoints_mean, tongue.number(one.touchpoints_mean, 1)),
        value(tongue, "seconds", one.wait_median_seconds),
        Cell(one.messages_per_resolution, tongue.number(one.messages_per_resolution, 1)),
        count(tongue, one.reopening_count),
        count(tongue, one.transfer_count),
        count(tongue, one.recovery_count),
        count(tongue, one.recovered_count),
    )
