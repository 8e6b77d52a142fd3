"""Where the demo plays: an embedded instance of its own, or a Supabase that already runs."""

import os
from dataclasses import dataclass

from scripts.stack import control
from scripts.stack.remote import RemoteProject
from scripts.stack.supervisor import StackError

INSTANCE = "demo"


@dataclass(frozen=True)
class Target:
    """What opens the project. `db_url` is Postgres as role postgres, for the final checks."""

    url: str
    publishable_key: str
    secret_key: str
    db_url: str
    is_embedded: bool


def start_embedded() -> Target:
    """A fresh instance on free ports; what an earlier run left is removed."""
    os.environ.setdefault("STACK_API_PORT", "0")
    os.environ.setdefault("STACK_DB_PORT", "0")
    control.stop(INSTANCE)
    control.forget(INSTANCE)
    state = control.start_detached(INSTANCE)
    return Target(
        state.url, state.publishable_key, state.secret_key, state.db_url, is_embedded=True
    )


def stop_embedded() -> None:
    """Stops the instance and removes its data."""
    control.stop(INSTANCE)
    control.forget(INSTANCE)


def use_running(url: str) -> Target:
    """A project that runs already; keys come from the environment or `.env`."""
    project = RemoteProject.read(url, "")
    wanted = {
        "SUPABASE_PUBLISHABLE_KEY": project.publishable_key,
        "SUPABASE_SECRET_KEY": project.secret_key,
        "SUPABASE_DB_URL": project.db_url,
    }
    if missing := [name for name, value in wanted.items() if not value]:
        raise StackError(f"With --url, set {', '.join(missing)} in the environment or in .env.")
    return Target(
        project.url, project.publishable_key, project.secret_key, project.db_url, is_embedded=False
    )
