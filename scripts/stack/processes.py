"""One child process: started, watched, restarted when it dies, stopped."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.stack.settings import account

RESTART_SECONDS = 0.2  # a child that dies at once must not spin


@dataclass(kw_only=True)
class Child:
    """A part of the stack that runs as a process of its own, logging to a file."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    is_unprivileged: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    process: asyncio.subprocess.Process | None = None
    is_stopping: bool = False

    async def start(self) -> None:
        """Starts the process with its output appended to `<name>.log`."""
        await self._end_leftover()
        owner = account() if self.is_unprivileged else None
        log = (self.folder / f"{self.name}.log").open("ab")
        with log:
            self.process = await asyncio.create_subprocess_exec(
                *map(str, self.command),
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops in order
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
            )
        self._pid_file.write_text(str(self.process.pid))

    async def keep_alive(self) -> None:
        """Restarts the process whenever it ends by itself; returns once it is stopped."""
        while self.process is not None:
            await self.process.wait()
            if self.is_stopping:
                return
            await asyncio.sleep(RESTART_SECONDS)
            await self.start()

    async def stop(self, grace_seconds: float = 10) -> None:
        """Asks the process to end, and ends it after the grace."""
        self.is_stopping = True
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), grace_seconds)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    async def _end_leftover(self) -> None:
        """A supervisor that was killed leaves its children behind; they hold our ports."""
        pid = int(self._pid_file.read_text()) if self._pid_file.exists() else None
        while pid and _works_in(pid, self.folder):
            os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, for an error message."""
        path = self.folder / f"{self.name}.log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process lives and is ours, not a later one with the same number (Linux)."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False
