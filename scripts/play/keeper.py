"""Keeps workers at the demo's desk: `python -m scripts.play.keeper REPLICAS`.

Runs beside a kept instance and ends by itself when that is stopped, so that `luxury down` ends all.
"""

import asyncio
import subprocess
import sys

from scripts.play.replicas import running_replicas
from scripts.play.target import INSTANCE
from scripts.stack.settings import PROJECT, instance_folder
from scripts.stack.state import load_state

LOOK_SECONDS = 0.5


def start_keeper(replicas: int) -> None:
    """Leaves the keeper running in the background."""
    with (instance_folder(INSTANCE) / "keeper.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "scripts.play.keeper", str(replicas)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def keep(replicas: int) -> None:
    """Runs `replicas` workers until the instance stops."""
    state = load_state(INSTANCE)
    if state is None:
        return
    async with running_replicas(state.url, state.secret_key, replicas):
        while (now := load_state(INSTANCE)) and now.is_running():
            await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    asyncio.run(keep(int(sys.argv[1])))
