"""What each number means, and which call answers the rows behind it."""

from lib.analytics.report.document import Definition, Section, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.sections.common import metric_label
from lib.analytics.report.sections.meanings import MEANINGS
from lib.analytics.report.tongue import NO_BREAK, Tongue

SOURCES = {
    "kpis": (
        ("Trend", "Trend"),
        (
            "Kierunek dzień po dniu w samym okresie; wyraźny, gdy przypadek go nie tłumaczy. "
            "Poprzednio: równy mu okres kalendarzowy wcześniej.",
            "The way from day to day within the period; clear when chance does not explain it. "
            "Before: the like period of the calendar.",
        ),
        "get_kpis",
    ),
    "surveys": (
        ("Ankiety", "Surveys"),
        (
            "Ankiety wysłane w okresie; przedziały jak w get_survey_results.",
            "Surveys sent in the period; intervals as in get_survey_results.",
        ),
        "get_survey_results",
    ),
    "promises": (
        ("Obietnice", "Promises"),
        (
            "Obietnice dotrzymane lub złamane w okresie, w czasie pracy ich kalendarza.",
            "Promises kept or broken in the period, in working time of their calendar.",
        ),
        "get_metric_evidence('promises_kept')",
    ),
    "quality": (
        ("Jakość", "Quality"),
        (
            "Średnia ważona; audytowane rozmowy ważą tyle, za ile stoją w losowaniu.",
            "Weighted mean; audited conversations weigh as many as they stand for.",
        ),
        "get_quality_metrics",
    ),
    "brand": (
        ("Styl", "Style"),
        (
            "Ocena każdej wysłanej odpowiedzi według wytycznych, które wtedy obowiązywały.",
            "The score of each answer sent, by the guidelines valid then.",
        ),
        "get_brand_consistency_metrics",
    ),
    "journeys": (
        ("Drogi", "Journeys"),
        (
            "Wszystkie kontakty obecnych klientów, według ich poziomu dziś.",
            "All contacts of present clients, by the tier they have now.",
        ),
        "get_client_journey_metrics",
    ),
    "roi": (
        ("Zwrot z obsługi", "Return on service"),
        (
            "100 × (przychód − koszty) / koszty; przychód to zakupy po rozwiązanej sprawie, "
            "w oknie modelu, bez zwrotów.",
            "100 × (revenue − costs) / costs; revenue is what was bought after a resolved ticket, "
            "within the model's window, less refunds.",
        ),
        "get_support_roi",
    ),
    "cohorts": (
        ("Kohorty", "Cohorts"),
        (
            "Udział klientów kohorty, którzy w danym miesiącu byli na wizycie lub coś kupili.",
            "The share of a cohort that visited or bought something in that month.",
        ),
        "get_client_cohorts",
    ),
    "tier_values": (
        ("Wartość klienta", "Lifetime value"),
        (
            "Przychód bez zwrotów, mniej koszt towaru i obsługi, od początku do dziś.",
            "Revenue less refunds, cost of goods and of service, from the beginning until now.",
        ),
        "get_lifetime_values",
    ),
}


def definitions_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return the definitions of all that was quoted."""
    metrics = {
        known.metric: Definition(
            term=metric_label(tongue, known.metric, known.label),
            text=_meaning(known.metric, known.description, known.version, tongue),
            source=f"get_metric_evidence('{known.metric}')",
        )
        for known in inputs.metrics
    }
    kpis = {
        kpi.metric: Definition(
            term=tongue.say(kpi.label_pl, kpi.label_en),
            text=_meaning(kpi.metric, kpi.description, kpi.metric_version, tongue),
            source=f"get_metric_evidence('{kpi.metric}')",
        )
        for kpi in inputs.kpis
    }
    spoken = tuple(
        Definition(term=tongue.say(*term), text=tongue.say(*said), source=source)
        for part, (term, said, source) in SOURCES.items()
        if _has(inputs, part)
    )
    return Section(
        key="definitions",
        title=tongue.say("Definicje i źródła", "Definitions and sources"),
        lead=tongue.say(
            "Każda liczba pochodzi z wierszy, które można zobaczyć: pod definicją jest funkcja, "
            "która je podaje dla tego samego okresu.",
            "Every number is made of rows that can be looked at: under its definition is the "
            "function that answers them for the same period.",
        ),
        blocks=named(((*(metrics | kpis).values(), *spoken),)),
    )


def _meaning(metric: str, description: str, version: int, tongue: Tongue) -> str:
    known = MEANINGS.get(metric, description) if tongue.is_polish else description
    return f"{known} ({tongue.say('wersja', 'version')}{NO_BREAK}{version})"


def _has(inputs: Inputs, part: str) -> bool:
    found = getattr(inputs, part)
    return bool(found.total or found.by_tier or found.audits) if part == "quality" else bool(found)
