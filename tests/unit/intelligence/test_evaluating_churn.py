"""`luxury evaluate --task churn`: what it reads of a file, and what a moment may know."""

from pathlib import Path

import polars as pl
import pytest

from scripts.evaluate import churn, promotion
from scripts.evaluate.visits import LAST, read_visits, simulate, snapshots

FILE = """\
 customer_id  date number_of_cds  dollar_value
 00001 19970101  1   11.77
 00001 19970101  2   3.00
 00002 19970112  1   12.00
 00002 19970301  1   77.00
 nonsense
 00001 19971301  1   1.00
"""


def test_days_of_visits_are_read_and_what_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "visits.txt"
    file.write_text(FILE, "utf-8")
    visits, notes = read_visits(file)
    assert visits.clients.tolist() == [0, 1, 1]
    assert (visits.days - visits.days[0]).tolist() == [0, 11, 59]
    assert notes == ["2 lines were no visit and left out."]
    assert churn.judge_file(file).is_unusable


def test_a_moment_knows_nothing_of_what_comes_after_it() -> None:
    whole, days = simulate(400), 90
    now, earlier = snapshots(whole, days)
    cut = int(whole.days.max()) - days - 1
    is_past = whole.days <= cut
    again = pl.DataFrame({"client": whole.clients[is_past], "day": whole.days[is_past]})
    seen = again.group_by("client").agg(
        (pl.len() - 1).cast(pl.Float64).alias("repeats"),
        (cut - pl.col("day").max()).cast(pl.Float64).alias("silence_days"),
    )
    columns = ["repeats", "silence_days"]
    found = now.with_columns(pl.col("client_id").cast(pl.Int64).alias("client"))
    assert found.sort("client").select(columns).equals(seen.sort("client").select(columns))
    assert earlier["as_of"].n_unique() == 4
    assert earlier["as_of"].max() != now["as_of"].max()
    assert whole.days.min() >= LAST


def test_the_gate_is_not_judged_on_files(tmp_path: Path) -> None:
    assert promotion.judge_file(tmp_path).is_unusable


def test_of_simulated_clients_the_rhythm_is_as_good_as_it_gets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(churn, "simulate", lambda: simulate(800))
    found = {line.what: line.measured for line in churn.goals().lines}
    assert float(found["Without labels: AUC"]) > 0.65
    assert found["With labels the ladder chose"] == "prior"
