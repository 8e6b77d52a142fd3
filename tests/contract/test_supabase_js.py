"""The official JavaScript client, as a React frontend uses it, against the stack and one worker.

The stories stand beside: supabase_js/<story>.test.mjs.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
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
STORIES = {
    "orchestrator": ("ticket", "desk", "vip"),
    "intelligence,quality,analytics": ("intelligence", "measurement", "quality"),
}
"""By the workers that stand by: who judges texts would answer the desk's tickets as well."""
STAFF = (
    ("agent", "agent", "online", "Ewa Maj"),
    ("colleague", "agent", "offline", "Ola Lis"),
    ("manager", "manager", "offline", "Jan Dąb"),
    ("executive", "executive", "offline", "Anna Król"),
    ("auditor", "quality_auditor", "offline", "Iza Wilk"),
)


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


@pytest.fixture(scope="module")
def worker(
    stack: StackState, request: pytest.FixtureRequest
) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only=request.param) as process:
        yield process


@pytest.mark.parametrize(
    ("worker", "story"),
    [(workers, story) for workers, stories in STORIES.items() for story in stories],
    indirect=["worker"],
)
def test_a_story_told_by_the_official_client(
    stack: StackState, supabase_js: Path, worker: "subprocess.Popen[bytes]", story: str
) -> None:
    with psycopg.connect(stack.db_url) as db:
        people = a_desk(stack, db)
    environment = {
        **os.environ,
        "SUPABASE_URL": stack.url,
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "PASSWORD": PASSWORD,
        **people,
    }
    command = [str(node()), "--test", "--test-reporter=spec", f"{story}.test.mjs"]
    run = subprocess.run(
        command,
        cwd=supabase_js,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"


def a_desk(stack: StackState, db: psycopg.Connection) -> dict[str, str]:
    """A desk of its own with a client, an agent who is online, a colleague who is not, a manager,
    an executive and an auditor; its id and their e-mails, as the stories name them.
    """
    people = {name: an_account(stack) for name in ("client", *(name for name, *_ in STAFF))}
    desk_id = uuid4()
    db.execute("insert into public.desks (id, name) values (%s, %s)", [desk_id, f"Desk {desk_id}"])
    db.execute(
        "update public.profiles set desk_id = %s where id = %s", [desk_id, people["client"][0]]
    )
    for name, role, state, display_name in STAFF:
        staff_id = people[name][0]
        db.execute(
            "update public.profiles set display_name = %s where id = %s", [display_name, staff_id]
        )
        db.execute(
            "insert into public.staff_members (id, desk_id, role, state) values (%s, %s, %s, %s)",
            [staff_id, desk_id, role, state],
        )
        db.execute(
            "insert into public.staff_skills (staff_id, skill) values (%s, 'language.pl')",
            [staff_id],
        )
    emails = {f"{name.upper()}_EMAIL": email for name, (_, email) in people.items()}
    return {"DESK_ID": str(desk_id)} | emails


def an_account(stack: StackState) -> tuple[str, str]:
    """Somebody whom an admin has registered: id and e-mail."""
    email = f"{uuid4().hex}@example.test"
    answer = httpx.post(
        f"{stack.url}/auth/v1/admin/users",
        headers={"apikey": stack.secret_key, "Authorization": f"Bearer {stack.secret_key}"},
        json={"email": email, "password": PASSWORD, "email_confirm": True},
    ).raise_for_status()
    return answer.json()["id"], email
