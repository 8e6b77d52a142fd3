"""Worker processes: `python -m workers` (or another program of the same kind), with their logs."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from scripts.stack.settings import PROJECT

DRAIN_SECONDS = 25


class Replica:
    """One worker process and its log."""

    def __init__(
        self, name: str, environment: Mapping[str, str], log: Path, module: str = "workers"
    ) -> None:
        self.name = name
        self.log = log
        self._environment = environment
        self._module = module
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts the process; its JSON log lines go to the log file."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", self._module, "--replica", self.name),
                cwd=PROJECT,
                env={**os.environ, **self._environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            )

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.returncode is None

    def kill(self) -> None:
        """SIGKILL: no drain, no goodbye."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def wait(self) -> int | None:
        """Returns its exit status once it has ended."""
        return await self._process.wait() if self._process else None

    async def stop(self) -> None:
        """SIGTERM, and a drain."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), DRAIN_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def running_replicas(
    url: str, secret_key: str, count: int, **settings: str
) -> AsyncIterator[Sequence[Replica]]:
    """`count` replicas run inside this block; `settings` are environment variables of theirs."""
    environment = {"SUPABASE_URL": url, "SUPABASE_SECRET_KEY": secret_key, **settings}
    with tempfile.TemporaryDirectory(prefix="luxury-workers-") as folder:
        replicas = [
            Replica(f"replica-{number}", environment, Path(folder) / f"replica-{number}.log")
            for number in range(1, count + 1)
        ]
        try:
            for replica in replicas:
                await replica.start()
            yield replicas
        finally:
            await asyncio.gather(*(replica.stop() for replica in replicas))
