"""The official JavaScript client, as a React frontend uses it, against the stack and one worker."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from scripts.stack.parts import node
from scripts.stack.settings import home
from scripts.stack.state import StackState
from tests.support.replica import replica

FOLDER = Path(__file__).with_name("supabase_js")
PASSWORD = "Aksamit-i-cynamon-7"


@pytest.fixture(scope="session")
def supabase_js() -> Path:
    """A folder with the client at the locked version, fetched once, and our test beside it."""
    digest = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = home() / f"supabase-js-{digest}"
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    if not (folder / "complete").exists():
        npm = [str(node().with_name("npm")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        path = f"{node().parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            npm, cwd=folder, env={**os.environ, "PATH": path}, check=True, capture_output=True
        )
        (folder / "complete").touch()
    return folder


def test_a_ticket_from_sign_in_to_the_answer(stack: StackState, supabase_js: Path) -> None:
    with psycopg.connect(stack.db_url) as db:
        client_email, agent_email = a_desk(stack, db)
    environment = {
        **os.environ,
        "SUPABASE_URL": stack.url,
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "CLIENT_EMAIL": client_email,
        "AGENT_EMAIL": agent_email,
        "PASSWORD": PASSWORD,
    }
    command = [str(node()), "--test", "--test-reporter=spec", "ticket.test.mjs"]
    with replica(stack, only="orchestrator"):
        run = subprocess.run(
            command,
            cwd=supabase_js,
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"


def a_desk(stack: StackState, db: psycopg.Connection) -> tuple[str, str]:
    """A desk of its own with one client and one agent who is online; returns their e-mails."""
    client_id, client_email = an_account(stack)
    agent_id, agent_email = an_account(stack)
    desk_id = uuid4()
    db.execute("insert into public.desks (id, name) values (%s, %s)", [desk_id, f"Desk {desk_id}"])
    db.execute("update public.profiles set desk_id = %s where id = %s", [desk_id, client_id])
    db.execute(
        "insert into public.staff_members (id, desk_id, role, state)"
        " values (%s, %s, 'agent', 'online')",
        [agent_id, desk_id],
    )
    db.execute(
        "insert into public.staff_skills (staff_id, skill) values (%s, 'language.pl')", [agent_id]
    )
    return client_email, agent_email


def an_account(stack: StackState) -> tuple[str, str]:
    """Somebody whom an admin has registered: id and e-mail."""
    email = f"{uuid4().hex}@example.test"
    answer = httpx.post(
        f"{stack.url}/auth/v1/admin/users",
        headers={"apikey": stack.secret_key, "Authorization": f"Bearer {stack.secret_key}"},
        json={"email": email, "password": PASSWORD, "email_confirm": True},
    ).raise_for_status()
    return answer.json()["id"], email
