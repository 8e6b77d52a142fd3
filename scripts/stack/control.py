"""What `luxury up`, `down`, `status` and `reset` do with an instance."""

import os
import shutil
import signal
import subprocess
import sys
import time

from scripts.stack.settings import PROJECT, StackSettings, instance_folder
from scripts.stack.state import StackState, create_state, load_state
from scripts.stack.supervisor import StackError

_started: dict[str, "subprocess.Popen[bytes]"] = {}


def prepare(instance: str) -> StackState:
    """The instance's state, made on the first start."""
    state = load_state(instance)
    if state is None:
        state = create_state(instance, StackSettings())
        state.save()
    return state


def start_detached(instance: str, seconds: float = 300) -> StackState:
    """Starts the supervisor in the background and returns once the stack is ready.

    The time allows for a first start, which fetches the native parts.
    """
    state = prepare(instance)
    if state.is_running() and state.is_ready:
        return state
    command = [sys.executable, "-m", "scripts.cli", "up", f"--instance={instance}", "--quiet"]
    log_path = state.folder / "supervisor.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started[instance] = process
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        current = load_state(instance)
        if current and current.is_ready and current.supervisor_pid == process.pid:
            return current
        if process.poll() is not None:
            raise StackError(log_path.read_text(errors="replace").strip())
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGTERM)
    raise StackError(f"The stack was not ready after {seconds:.0f} s; see {log_path}.")


def stop(instance: str, seconds: float = 30) -> bool:
    """Stops a running instance; False if none ran."""
    state = load_state(instance)
    if state is None or state.supervisor_pid is None or not state.is_running():
        return False
    os.kill(state.supervisor_pid, signal.SIGTERM)
    if own := _started.pop(instance, None):
        own.wait(seconds)  # a child of ours would stay a zombie
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        current = load_state(instance)  # its last act is to write that it is gone
        if current is None or not current.is_running():
            return True
        time.sleep(0.05)
    raise StackError(f"The instance {instance!r} did not stop within {seconds:.0f} s.")


def erase(instance: str) -> None:
    """Removes the database of a stopped instance; its ports and keys stay as people noted them."""
    shutil.rmtree(instance_folder(instance) / "data", ignore_errors=True)


def forget(instance: str) -> None:
    """Removes a stopped instance with all it has."""
    shutil.rmtree(instance_folder(instance), ignore_errors=True)
