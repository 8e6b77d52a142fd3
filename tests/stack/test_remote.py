"""The commands against a Supabase that already runs; here the test's own stack plays its part."""

import json
import os
import subprocess
import sys

import pytest

from scripts.stack.settings import PROJECT
from scripts.stack.state import StackState, free_port


def luxury(
    stack: StackState, *arguments: str, secret_key: str = ""
) -> subprocess.CompletedProcess[str]:
    keys = {
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "SUPABASE_SECRET_KEY": secret_key or stack.secret_key,
    }
    return subprocess.run(
        [sys.executable, "-m", "scripts.cli", *arguments],
        cwd=PROJECT,
        env=os.environ | keys,
        capture_output=True,
        text=True,
        check=False,
    )


def test_up_brings_its_migrations_up_to_date_and_prints_the_env(stack: StackState) -> None:
    answer = luxury(stack, "up", f"--url={stack.url}", f"--db-url={stack.db_url}")
    assert answer.returncode == 0, answer.stderr
    assert f"SUPABASE_URL={stack.url}\n" in answer.stdout
    assert f"SUPABASE_SECRET_KEY={stack.secret_key}\n" in answer.stdout


def test_up_says_what_it_needs_for_migrations(stack: StackState) -> None:
    answer = luxury(stack, "up", f"--url={stack.url}")
    assert answer.returncode == 1
    assert "--db-url" in answer.stderr


def test_status_looks_at_key_schema_and_migrations(stack: StackState) -> None:
    asked = ("status", "--json", f"--url={stack.url}", f"--db-url={stack.db_url}")
    right, wrong = luxury(stack, *asked), luxury(stack, *asked, secret_key="sb_secret_wrong")
    assert (right.returncode, wrong.returncode) == (0, 1), right.stderr
    assert json.loads(right.stdout)["pending_migrations"] == []
    assert json.loads(right.stdout)["is_worker_schema_exposed"] is True
    assert json.loads(wrong.stdout)["is_key_accepted"] is False


def test_nothing_at_the_address_is_one_sentence(stack: StackState) -> None:
    answer = luxury(stack, "status", f"--url=http://127.0.0.1:{free_port()}")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert answer.stderr.strip()


@pytest.mark.parametrize("command", ["down", "reset"])
def test_it_is_not_ours_to_stop_or_to_empty(stack: StackState, command: str) -> None:
    answer = luxury(stack, command, f"--url={stack.url}")
    assert answer.returncode == 1
    assert "not ours" in answer.stderr
