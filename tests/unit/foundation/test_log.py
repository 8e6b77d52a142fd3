"""Log lines: one JSON object each, with an event name and nothing of what clients wrote."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from lib.errors import TransientError
from lib.log import configure_logging, error_fields, get_logger


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("info", "replica-1", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_one_json_object(lines: io.StringIO) -> None:
    get_logger().info("orchestrator.routing.recorded", jobs=3)
    line = json.loads(lines.getvalue())
    assert line["event"] == "orchestrator.routing.recorded"
    assert (line["level"], line["replica"], line["jobs"]) == ("info", "replica-1", 3)
    assert line["timestamp"].endswith("Z")


def test_lines_below_the_level_are_left_out(lines: io.StringIO) -> None:
    get_logger().debug("runtime.claims.made")
    assert lines.getvalue() == ""


def test_an_error_is_told_by_type_code_and_place_without_its_message() -> None:
    try:
        raise TransientError('invalid input: "Zofia Nowak"', code="57014")
    except TransientError as error:
        fields = error_fields(error)
    assert (fields["error"], fields["code"]) == ("TransientError", "57014")
    assert "test_log.py" in str(fields["where"])
    assert "Zofia" not in json.dumps(fields)


def test_libraries_speak_json_too_and_without_values(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("could not send %s", "sb_secret_0123")
    line = json.loads(lines.getvalue())
    assert line["event"] == "runtime.library.warned"
    assert line["template"] == "could not send %s"
    assert "sb_secret" not in lines.getvalue()


def test_what_carries_urls_with_keys_is_silent(lines: io.StringIO) -> None:
    logging.getLogger("realtime._async.client").error("connecting to ws://...apikey=sb_secret_01")
    logging.getLogger("httpx").warning("HTTP Request")
    assert lines.getvalue() == ""
