"""A worker process beside the test, as an operator would start it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from scripts.stack.settings import PROJECT
from scripts.stack.state import StackState
from tests.support.waiting import eventually


@contextmanager
def replica(stack: StackState, *, only: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """`python -m workers` against the stack; ready once its first heartbeat is in the database."""
    name = f"test-{uuid4().hex[:8]}"
    log = stack.folder / f"{name}.log"
    command = [sys.executable, "-m", "workers", "--replica", name]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--only", only] if only else command,
            cwd=PROJECT,
            env={
                **os.environ,
                "SUPABASE_URL": stack.url,
                "SUPABASE_SECRET_KEY": stack.secret_key,
            },
            stdout=output,
            stderr=output,
        )
    try:
        assert eventually(lambda: _beats(stack, name, process, log), 20)
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _beats(stack: StackState, name: str, process: "subprocess.Popen[bytes]", log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    with psycopg.connect(stack.db_url) as db:
        row = db.execute(
            "select exists (select from private.worker_heartbeats where replica = %s)", [name]
        ).fetchone()
    return bool(row and row[0])
