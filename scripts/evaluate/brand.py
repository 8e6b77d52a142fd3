"""The brand check on marked texts: precision and recall by rule, asked of the database itself."""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lib.brand.evaluation import (
    Tally,
    mean_of,
    read_expected,
    read_item,
    resolve_rule,
    sum_tallies,
    tally_rules,
    tells_gender,
)
from lib.errors import ConfigurationError
from lib.settings import Settings, load_settings
from lib.store.client import worker_rpc
from lib.store.rpc import Rpc
from scripts.commands.project import find_settings
from scripts.evaluate.report import Line, Report
from scripts.stack import control

INSTANCE = "evaluate"
BATCH = 200
GOLD = Path(__file__).parents[2] / "tests/database/brand/gold"
LEAST_PRECISION = 0.95
LEAST_RECALL = 0.85
GENDER_RULES = {"pl.gender", "pl.slashed_gender", "en.gender"}

Row = Mapping[str, Any]


def goals() -> Report:
    """Judge the project's own gold files, Polish and English."""
    rows = [row for path in sorted(GOLD.glob("*.jsonl")) for row in read_rows(path)]
    return _judged("Brand check on the project's gold files", rows)


def judge_file(path: Path) -> Report:
    """Judge a file of JSON lines: text, channel, tier, language, gender, given_name, expected."""
    return _judged(f"Brand check on {path.name}", read_rows(path))


def rules() -> Report:
    """List every rule: its id, severity, weight, what it finds and other names for it."""

    async def question(rpc: Rpc) -> list[Row]:
        listed: list[Row] = await rpc.call("list_brand_rules", {})
        return listed

    lines = [
        Line(
            what=rule["rule"],
            measured=f"{rule['severity']}, {rule['weight']}",
            goal=rule["label"],
            baseline=", ".join(rule["aliases"]),
        )
        for rule in _ask(question)
    ]
    notes = ["measured: severity and weight; goal: what it finds; baseline: other names for it"]
    return Report("Brand rules", lines, notes)


def read_rows(path: Path) -> list[Row]:
    """Return the lines of a file of JSON lines; empty ones are left out."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _judged(title: str, rows: Sequence[Row]) -> Report:
    if not rows:
        return Report(title, [], ["The file holds no lines."], is_unusable=True)

    async def question(rpc: Rpc) -> tuple[list[Row], list[Row]]:
        listed: list[Row] = await rpc.call("list_brand_rules", {})
        items = [read_item(row) for row in rows]
        checks: list[Row] = []
        for start in range(0, len(items), BATCH):
            batch = {"p_items": items[start : start + BATCH]}
            checks += await rpc.call("check_brands", batch)
        return listed, checks

    listed, checks = _ask(question)
    return _report(title, rows, listed, checks)


def _report(
    title: str, rows: Sequence[Row], listed: Sequence[Row], checks: Sequence[Row]
) -> Report:
    severities = {str(rule["rule"]): str(rule["severity"]) for rule in listed}
    pairs = []
    for row, check in zip(rows, checks, strict=True):
        language = read_item(row)["language"]
        expected = {resolve_rule(name, language, listed) for name in read_expected(row)}
        found = {str(finding["rule"]) for finding in check["findings"]}
        # A line that says nothing of gender asks nothing of the rules that need it.
        pairs.append(
            (expected, found if tells_gender(row) else found - GENDER_RULES | expected & found)
        )
    tallies = tally_rules(pairs)
    blocking = [tally for tally in tallies if severities.get(tally.rule) == "blocking"]
    totals = [
        sum_tallies("blocking rules, micro", blocking),
        sum_tallies("all rules, micro", tallies),
    ]
    lines = [_line(tally, severities.get(tally.rule, "unknown")) for tally in tallies]
    lines += [_line(total, "", goal=_goal()) for total in totals[:1]]
    lines += [_macro("blocking rules, macro", blocking), _line(totals[1], "")]
    lines += [_macro("all rules, macro", tallies)]
    unknown = sorted({tally.rule for tally in tallies} - severities.keys())
    notes = [f"{len(rows)} texts; {sum(not expected for expected, _ in pairs)} expect nothing."]
    notes += [f"No rule of ours: {', '.join(unknown)}."] if unknown else []
    return Report(title, lines, notes, _figures(tallies, totals))


def _goal() -> str:
    return f"precision {LEAST_PRECISION}, recall {LEAST_RECALL} by rule"


def _line(tally: Tally, on: str, goal: str = "") -> Line:
    counts = f"right {tally.right}, extra {tally.extra}, missed {tally.missed}"
    measured = f"precision {_told(tally.precision)}, recall {_told(tally.recall)}"
    return Line(what=tally.rule, measured=measured, goal=goal, baseline=counts, on=on)


def _macro(name: str, tallies: Sequence[Tally]) -> Line:
    precision = mean_of(tally.precision for tally in tallies)
    recall = mean_of(tally.recall for tally in tallies)
    return Line(what=name, measured=f"precision {_told(precision)}, recall {_told(recall)}")


def _told(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _figures(tallies: Sequence[Tally], totals: Sequence[Tally]) -> dict[str, Any]:
    return {
        tally.rule: {
            "right": tally.right,
            "extra": tally.extra,
            "missed": tally.missed,
            "precision": tally.precision,
            "recall": tally.recall,
        }
        for tally in [*tallies, *totals]
    }


def _ask(question: Any) -> Any:
    """Ask the project of the settings, or an instance started for this alone."""
    with _settings() as settings:

        async def asked() -> Any:
            async with worker_rpc(settings) as rpc:
                return await question(rpc)

        return asyncio.run(asked())


@contextmanager
def _settings() -> Iterator[Settings]:
    try:
        settings = find_settings("dev")
    except ConfigurationError:
        os.environ |= {"STACK_API_PORT": "0", "STACK_DB_PORT": "0"}
        try:
            state = control.start_detached(INSTANCE)
            yield load_settings(supabase_url=state.url, supabase_secret_key=state.secret_key)
        finally:
            control.stop(INSTANCE)
            control.forget(INSTANCE)
        return
    yield settings
