"""Postgres 17 with the roles, schemas and privileges of a fresh Supabase project."""

import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from scripts.stack.parts import postgres_bin_dir
from scripts.stack.processes import Child
from scripts.stack.settings import account
from scripts.stack.state import StackState

BASELINE = Path(__file__).with_name("baseline.sql")
LOGIN_ROLES = ("postgres", "authenticator", "supabase_auth_admin", "supabase_realtime_admin")
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = logical
max_connections = 120
shared_buffers = 256MB
max_wal_senders = 10
max_replication_slots = 10
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_min_messages = warning
"""


def create_cluster(state: StackState) -> None:
    """Makes the data folder on the first start; leaves an existing one alone."""
    data = _data(state)
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700, parents=True)
    password = state.folder / "password"
    password.touch(mode=0o600)
    password.write_text(state.db_password)
    owner = account()
    if owner:
        for path in (data, password):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    try:
        _initdb(data, password)
    finally:
        password.unlink()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)


def postgres_child(state: StackState) -> Child:
    """The server process; SIGINT is Postgres' fast shutdown."""
    server = str(postgres_bin_dir() / "postgres")
    command = [server, "-D", str(_data(state)), "-p", str(state.db_port)]
    return Child(
        name="postgres",
        command=command,
        folder=state.folder,
        is_unprivileged=True,
        stop_signal=signal.SIGINT,
    )


async def wait_until_ready(state: StackState, seconds: float = 20) -> None:
    """Returns as soon as the server accepts connections."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(state.admin_db_url):
                    return
            except psycopg.OperationalError:
                await asyncio.sleep(0.05)


async def apply_baseline(state: StackState) -> None:
    """Brings the database to what a fresh project shows; safe to repeat on every start."""
    async with await psycopg.AsyncConnection.connect(
        state.admin_db_url, autocommit=True
    ) as connection:
        await connection.execute(BASELINE.read_bytes())
        for role in LOGIN_ROLES:
            password = psycopg.sql.Literal(state.db_password)
            name = psycopg.sql.Identifier(role)
            statement = psycopg.sql.SQL("alter role {} password {}").format(name, password)
            await connection.execute(statement)


def _initdb(data: Path, password: Path) -> None:
    owner = account()
    command = [
        str(postgres_bin_dir() / "initdb"),
        f"--pgdata={data}",
        "--username=supabase_admin",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=icu",
        "--icu-locale=und",
        "--no-sync",
    ]
    result = subprocess.run(
        command,
        cwd=data,
        capture_output=True,
        text=True,
        check=False,
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
    )
    if result.returncode:
        raise RuntimeError(f"initdb failed:\n{result.stderr.strip()}")


def _data(state: StackState) -> Path:
    return state.folder / "data"
