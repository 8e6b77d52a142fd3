"""What an operator asks on the command line: what is wrong, which jobs are dead, try them again."""

import json
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

from lib.settings_example import all_settings
from scripts.cli import app
from scripts.stack.state import StackState
from tests.support.replica import replica

WORKER = "foundation.housekeeping"


@pytest.fixture(autouse=True)
def _settings_of_the_stack(stack: StackState, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in all_settings():
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)


@pytest.fixture
def dead_job(stack: StackState) -> Iterator[int]:
    """A job that died, committed for all to see."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        row = db.execute(
            """
            with event as (
                insert into public.events (kind, subject_id)
                values ('test.happened', %s)
                returning id, kind, subject_id, occurred_at
            )
            insert into private.dead_jobs (
                id, event_id, worker, kind, subject_id, payload, depth, occurred_at, collapses,
                fence, attempts, max_attempts, reason
            )
            select nextval('private.jobs_id_seq'), e.id, %s, e.kind, e.subject_id, '{}', 0,
                e.occurred_at, false, 10, 10, 10, 'ValueError: a bug'
            from event e
            returning id
            """,
            [uuid4(), WORKER],
        ).fetchone()
        assert row
        yield row[0]
        db.execute("delete from private.dead_jobs where worker = %s", [WORKER])
        db.execute(
            "delete from private.jobs where worker = %s and kind = 'test.happened'", [WORKER]
        )


def luxury_jobs(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["jobs", *arguments])


def luxury_doctor(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def test_the_doctor_finds_a_running_stack_with_a_worker_healthy(stack: StackState) -> None:
    with replica(stack):
        result = luxury_doctor("--json")
    findings = {finding["check"]: finding for finding in json.loads(result.stdout)}
    assert findings.keys() >= {"database", "key", "contract", "realtime", "workers", "dead jobs"}
    assert findings["realtime"]["is_ok"], findings["realtime"]["sentence"]
    assert findings["contract"]["is_ok"], findings["contract"]["sentence"]
    assert findings["database"]["is_ok"]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SUPABASE_URL", "http://127.0.0.1:9", "Nothing answers at SUPABASE_URL"),
        ("SUPABASE_SECRET_KEY", "sb_secret_of_another_project", "is not accepted"),
        ("SUPABASE_SECRET_KEY", "sb_publishable_by_mistake_00", "workers need a secret key"),
    ],
    ids=["wrong address", "wrong key", "publishable key"],
)
def test_the_doctor_says_what_is_wrong_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = luxury_doctor()
    assert result.exit_code == 1
    assert sentence in result.stdout
    assert result.stdout.count("failed") == 1


def test_the_doctor_mentions_dead_jobs(dead_job: int) -> None:
    result = luxury_doctor("--json")
    findings = {finding["check"]: finding for finding in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert WORKER in findings["dead jobs"]["sentence"]


def test_dead_jobs_are_listed_with_their_reason(dead_job: int) -> None:
    listed = json.loads(luxury_jobs("list", "--state", "dead", "--json").stdout)
    assert [job["error"] for job in listed if job["id"] == dead_job] == ["ValueError: a bug"]
    assert WORKER in luxury_jobs("list", "--state", "dead").stdout


def test_a_job_is_shown_with_the_event_that_led_to_it(dead_job: int) -> None:
    shown = json.loads(luxury_jobs("show", str(dead_job), "--json").stdout)
    assert shown["state"] == "dead"
    assert [event["kind"] for event in shown["causes"]] == ["test.happened"]
    assert "test.happened" in luxury_jobs("show", str(dead_job)).stdout


def test_a_dead_job_is_tried_again(dead_job: int) -> None:
    result = luxury_jobs("retry", str(dead_job), "--json")
    assert json.loads(result.stdout) == {"retried": [dead_job], "missing": []}
    waiting = json.loads(luxury_jobs("list", "--worker", WORKER, "--json").stdout)
    assert "test.happened" in [job["kind"] for job in waiting]


def test_what_is_not_dead_cannot_be_retried_or_shown() -> None:
    retried = luxury_jobs("retry", "999999999")
    shown = luxury_jobs("show", "999999999")
    assert (retried.exit_code, shown.exit_code) == (1, 1)
    assert "There is no job 999999999" in shown.stderr
