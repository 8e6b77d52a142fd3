"""The stack starts beside another one, keeps its data, heals, resets and stops."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from scripts.stack import control
from scripts.stack.settings import PROJECT
from scripts.stack.state import StackState, is_port_free
from tests.support.waiting import eventually

INSTANCE = f"lifecycle-{os.getpid()}"


@pytest.fixture(scope="module")
def second(stack: StackState) -> Iterator[StackState]:
    """A second instance beside the one of the other tests."""
    yield control.start_detached(INSTANCE)
    control.stop(INSTANCE)
    control.forget(INSTANCE)


def luxury(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.cli", *arguments, f"--instance={INSTANCE}"]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def report() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(luxury("status", "--json").stdout)
    return answer


def is_healthy(state: StackState) -> bool:
    try:
        return httpx.get(f"{state.url}/healthz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def test_two_instances_run_side_by_side(stack: StackState, second: StackState) -> None:
    assert is_healthy(stack)
    assert is_healthy(second)
    assert {stack.api_port, stack.db_port}.isdisjoint({second.api_port, second.db_port})


def test_status_tells_programs_all_they_need(second: StackState) -> None:
    found = report()
    assert found["is_healthy"] is True
    assert found["url"] == second.url
    assert found["jwt_secret"] == second.jwt_secret
    with psycopg.connect(found["db_url"]) as connection:
        connection.execute("create table public.checker (id int primary key)")
        connection.execute(
            "create policy checker on realtime.messages for select to authenticated using (true)"
        )
        connection.rollback()


def test_migrations_ran_as_an_owner_who_is_no_superuser(second: StackState) -> None:
    with psycopg.connect(second.db_url) as connection:
        row = connection.execute(
            "select current_user, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "select tableowner from pg_tables where schemaname = 'public' and tablename = 'events'"
        ).fetchone()
    assert row == ("postgres", False)
    assert owner == ("postgres",)


@pytest.mark.parametrize("part", ["postgrest", "gateway", "postgres"])
def test_a_killed_part_comes_back(second: StackState, part: str) -> None:
    victim = _pid(second, part)
    os.kill(victim, signal.SIGQUIT if part == "postgres" else signal.SIGKILL)
    eventually(lambda: _pid(second, part) not in (0, victim))
    assert eventually(lambda: is_healthy(second), 20)


def test_data_survives_a_stop_and_not_a_reset(second: StackState) -> None:
    with psycopg.connect(second.db_url, autocommit=True) as connection:
        connection.execute("create table public.kept (id int primary key)")
    assert luxury("down").stdout == "Stopped.\n"
    assert is_port_free(second.api_port)
    again = luxury("up", "--detach")
    assert f"SUPABASE_URL={second.url}\n" in again.stdout
    assert _exists(second, "public.kept")
    assert luxury("reset").returncode == 0
    assert not _exists(second, "public.kept")
    assert report()["publishable_key"] == second.publishable_key


def test_ctrl_c_stops_a_stack_in_the_foreground_cleanly(second: StackState) -> None:
    control.stop(INSTANCE)
    command = [sys.executable, "-m", "scripts.cli", "up", f"--instance={INSTANCE}"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"SUPABASE_URL={second.url}\n"
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")
    assert is_port_free(second.api_port)
    assert is_port_free(second.db_port)


def test_a_stopped_instance_says_so() -> None:
    control.stop(INSTANCE)
    assert luxury("status").returncode == 1
    assert luxury("down").stdout == "Nothing was running.\n"


def _exists(state: StackState, table: str) -> bool:
    with psycopg.connect(state.db_url) as connection:
        row = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    return bool(row and row[0])


def _pid(state: StackState, part: str) -> int:
    """The part's process; 0 between its end and its restart."""
    path = state.folder / f"{part}.pid"
    return int(path.read_text() or 0) if path.exists() else 0
