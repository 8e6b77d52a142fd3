"""`python -m workers [--only orchestrator,vip] [--replica NAME]`: one replica of the workers.

Exit status: 0 drained after SIGTERM or SIGINT, 1 crashed, 2 wrong configuration, 130 stopped by a
second signal.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import uvloop

from lib.errors import ConfigurationError
from lib.log import configure_logging, error_fields, get_logger
from lib.settings import Settings, load_settings
from workers.app import serve

CRASHED, REFUSED, INTERRUPTED = 1, 2, 130

log = get_logger()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a replica and return its exit status."""
    arguments = _parser().parse_args(argv)
    only = [name.strip() for name in arguments.only.split(",") if name.strip()]
    try:
        overrides = {"worker_replica_name": arguments.replica} if arguments.replica else {}
        settings = load_settings(**overrides)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    stream = sys.stdout if settings.log_stream == "stdout" else sys.stderr
    configure_logging(settings.log_level, settings.worker_replica_name, stream)
    return run(settings, only)


def run(settings: Settings, only: Sequence[str]) -> int:
    """Serve until stopped; turn what ended it into a log line and an exit status."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings, only))
    except (asyncio.CancelledError, KeyboardInterrupt):
        log.warning("runtime.process.interrupted")
        return INTERRUPTED
    except Exception as error:
        return _explained(error)
    return 0


def _explained(error: Exception) -> int:
    causes = _leaves(error)
    refusal = next((e for e in causes if isinstance(e, ConfigurationError)), None)
    if refusal is not None:
        log.error("runtime.process.refused", variable=refusal.variable, reason=str(refusal))
        sys.stderr.write(f"{refusal}\n")
        return REFUSED
    for cause in causes:
        log.error("runtime.process.crashed", **error_fields(cause))
    return CRASHED


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in _leaves(part)]
    return [error]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers", description="Run one replica.")
    parser.add_argument(
        "--only", default="", help="components or workers: orchestrator,foundation.housekeeping"
    )
    parser.add_argument("--replica", default="", help="name in leases, heartbeats and log lines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
