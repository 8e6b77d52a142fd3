"""From frozen inputs to a page and its tables. The same inputs give the same bytes."""

from collections.abc import Callable

from lib.analytics.models.reports import RenderedReport, ReportContext
from lib.analytics.report.document import Document, Section
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.pages import page
from lib.analytics.report.sections.clients import clients_section
from lib.analytics.report.sections.definitions import definitions_section
from lib.analytics.report.sections.goals import goals_section
from lib.analytics.report.sections.insights import insights_section
from lib.analytics.report.sections.journeys import journeys_section
from lib.analytics.report.sections.kpis import kpi_section, kpi_sentence
from lib.analytics.report.sections.money import money_section, roi_sentence
from lib.analytics.report.sections.promises import promise_sentence, promises_section
from lib.analytics.report.sections.quality import quality_section
from lib.analytics.report.sections.service import service_section, service_sentence
from lib.analytics.report.sections.surveys import survey_sentence, surveys_section
from lib.analytics.report.sections.tiers import tiers_section
from lib.analytics.report.tables import csv_table
from lib.analytics.report.tongue import Tongue

VERSION = "reports-1"
"""Changes with whatever changes a page's bytes."""

SECTIONS: dict[str, tuple[Callable[[Inputs, Tongue], Section], ...]] = {
    "executive": (
        kpi_section,
        money_section,
        service_section,
        tiers_section,
        clients_section,
        insights_section,
        definitions_section,
    ),
    "success": (
        kpi_section,
        goals_section,
        surveys_section,
        promises_section,
        quality_section,
        journeys_section,
        definitions_section,
    ),
}


def render(context: ReportContext) -> RenderedReport:
    """Return the page of a report and the files of its tables."""
    document = compose(context)
    return RenderedReport(
        report_id=context.report_id,
        inputs_digest=context.inputs_digest,
        renderer_version=VERSION,
        html=page(document),
        tables=tuple(csv_table(table) for table in document.tables),
    )


def compose(context: ReportContext) -> Document:
    """Return what the page consists of."""
    inputs = Inputs.model_validate(context.inputs)
    tongue = Tongue(context.language)
    return Document(
        language=context.language,
        title=_title(context, tongue),
        period=tongue.period(context.period, context.starts_on, context.ends_on),
        scope=inputs.desk or tongue.say("Cały dom", "The whole house"),
        highlights=_highlights(inputs, tongue),
        facts=_facts(context, inputs, tongue),
        warning=_warning(inputs, tongue),
        sections=tuple(section(inputs, tongue) for section in SECTIONS[context.kind]),
    )


def _title(context: ReportContext, tongue: Tongue) -> str:
    if context.kind == "executive":
        return tongue.say("Raport zarządczy", "Executive report")
    return tongue.say("Raport sukcesu klientów", "Client success report")


def _highlights(inputs: Inputs, tongue: Tongue) -> tuple[str, ...]:
    said = [kpi_sentence(inputs, tongue)]
    if inputs.roi is not None and (inputs.roi.revenue or inputs.roi.costs):
        said.append(roi_sentence(inputs.roi, tongue))
    if inputs.ticket_days:
        said.append(service_sentence(inputs, tongue))
    said += [
        survey_sentence(one, tongue)
        for one in inputs.surveys
        if one.tier is None and one.answered_count
    ]
    if inputs.promises:
        said.append(promise_sentence(inputs.promises, tongue))
    return tuple(filter(None, said))


def _facts(context: ReportContext, inputs: Inputs, tongue: Tongue) -> tuple[tuple[str, str], ...]:
    return (
        (
            tongue.say("Okres", "Period"),
            f"{tongue.day(context.starts_on)} – {tongue.day(context.ends_on)}",
        ),
        (tongue.say("Stan danych", "Data as of"), tongue.moment(inputs.read_at)),
        (tongue.say("Strefa", "Time zone"), "Europe/Warsaw"),
        (tongue.say("Skrót danych SHA-256", "SHA-256 of the data"), context.inputs_digest),
    )


def _warning(inputs: Inputs, tongue: Tongue) -> str:
    if not inputs.period.is_preliminary:
        return ""
    return tongue.say(
        "Okres jeszcze trwa: liczby są wstępne i porównane z równie długim początkiem "
        "poprzedniego.",
        "The period has not ended: the numbers are preliminary and compared with as long a "
        "beginning of the one before.",
    )
