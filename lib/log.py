"""One JSON object per line with a stable event name; never clients' text, names or keys.

Event names are `<component>.<concept>.<past participle>`; `runtime.*` is the machinery's.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import orjson
import structlog

Fields = MutableMapping[str, Any]

# Their messages carry URLs with keys, or whole frames; what matters is said by runtime.* events.
_SILENCED = ("realtime", "httpx", "httpcore", "hpack", "websockets", "apscheduler")


def configure_logging(level: str, replica: str, stream: TextIO | None = None) -> None:
    """Write log lines of `level` and above as JSON to `stream` (default: stdout)."""
    target = stream or sys.stdout
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_replica(replica),
            structlog.processors.JSONRenderer(serializer=_to_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    _route_foreign_loggers(target, replica)


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """Return a logger: `log.info("orchestrator.routing.recorded", jobs=3)`."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())


def error_fields(error: BaseException) -> dict[str, str | None]:
    """Describe an error for a log line: its type, code and place.

    Its message stays out: the database quotes the values it refuses.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = None
    if trace is not None:
        code = trace.tb_frame.f_code
        where = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}"
    return {"error": type(error).__name__, "code": getattr(error, "code", None), "where": where}


def _to_json(fields: object, **_: object) -> str:
    return orjson.dumps(fields, default=str).decode()


def _with_replica(replica: str) -> structlog.typing.Processor:
    def add_replica(_logger: object, _method: str, fields: Fields) -> Fields:
        fields["replica"] = replica
        return fields

    return add_replica


class _ForeignFormatter(logging.Formatter):
    """Lines of libraries in our shape: where they come from, not what they say."""

    def __init__(self, replica: str) -> None:
        super().__init__()
        self._replica = replica

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "event": "runtime.library.warned",
            "level": record.levelname.lower(),
            "timestamp": structlog.processors.TimeStamper(fmt="iso", utc=True)(None, "", {})[
                "timestamp"
            ],
            "logger": record.name,
            "template": record.msg if record.args else None,
            "replica": self._replica,
        }
        if record.exc_info and record.exc_info[1]:
            fields |= error_fields(record.exc_info[1])
        return _to_json(fields)


def _route_foreign_loggers(target: TextIO, replica: str) -> None:
    handler = logging.StreamHandler(target)
    handler.setFormatter(_ForeignFormatter(replica))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
