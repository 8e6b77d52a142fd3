"""Churn without labels, and what the ladder makes of them: simulated, or on a file of visits.

CDNOW, which the goal is about, may be measured with but not shipped: `--data CDNOW_master.txt`.
"""

from pathlib import Path

from lib.intelligence.prediction.candidates import LadderPolicy, fit_prior, matrix, outcomes_of
from lib.intelligence.prediction.ladder import climb
from lib.intelligence.prediction.measures import Goodness, measure
from lib.intelligence.prediction.model import Model
from scripts.evaluate.report import Line, Report
from scripts.evaluate.visits import NAMES, Visits, read_visits, simulate, snapshots

POLICY = LadderPolicy()
GOAL = (".721", ".202")
NOTE = (
    "CDNOW (Fader, Hardie) is for research and teaching and not shipped; "
    "get CDNOW_master.txt and run: luxury evaluate --task churn --data CDNOW_master.txt"
)


def goals() -> Report:
    """Return how near the rhythm comes to the truth of simulated clients."""
    report = _judge(simulate(), "6,000 simulated clients", ("", ""))
    return Report(report.title, report.lines, [NOTE])


def judge_file(path: Path) -> Report:
    """Judge on visits of a file: client, date as 19970101, whatever follows; spaces between."""
    visits, notes = read_visits(path)
    if len(visits.clients) < POLICY.min_clients:
        return Report("Churn", [], [*notes, "Too few visits to judge by."], is_unusable=True)
    report = _judge(visits, path.name, GOAL if path.name.startswith("CDNOW") else ("", ""))
    return Report(report.title, report.lines, notes)


def _judge(visits: Visits, name: str, goal: tuple[str, str]) -> Report:
    everybody, earlier = snapshots(visits, POLICY.horizon_days)
    now = everybody.filter(everybody["silence_days"] <= POLICY.active_days)
    prior = fit_prior(everybody, POLICY)
    climbed = climb(everybody, earlier, NAMES, POLICY)
    if prior is None or climbed.model is None:
        return Report("Churn", [], ["Too few clients came back to judge by."], is_unusable=True)

    def goodness(model: Model) -> Goodness:
        return measure(outcomes_of(now), model.probability(matrix(now, model.names)))

    found, chosen = goodness(prior), goodness(climbed.model)
    on = f"{name}: {found.count:,} clients, {100 * found.base_rate:.1f} % stayed away"
    base = f"{found.base_brier:.3f} (share of all)"
    lines = [
        Line("Without labels: AUC", _number(found.auc), goal[0], "", "", on),
        Line("Without labels: Brier", _number(found.brier), goal[1], base, "", on),
        Line("Without labels: ECE", _number(found.ece), "", "", "", on),
        Line(
            "With labels the ladder chose", climbed.rung, "", "", "", _learnt(climbed.learnt_from)
        ),
        Line("That one: AUC", _number(chosen.auc), "", _number(found.auc), "", on),
        Line("That one: Brier", _number(chosen.brier), "", _number(found.brier), "", on),
        Line("That one: ECE", _number(chosen.ece), "", _number(found.ece), "", on),
    ]
    return Report("Churn: no visit in 90 days", lines)


def _learnt(count: int) -> str:
    return f"{count:,} earlier outcomes, all older than 90 days"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
