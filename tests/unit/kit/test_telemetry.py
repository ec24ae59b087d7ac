"""Telemetry: what a fault becomes in a log line, and lines of every logger in one form."""

import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import structlog

from kit.telemetry import configure, count_request, describe_fault


class Stream(io.TextIOWrapper):
    """Standard output that can be read back."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), write_through=True)

    def lines(self) -> list[dict[str, Any]]:
        self.seek(0)
        return [orjson.loads(line) for line in self.read().splitlines()]


@pytest.fixture
def stdout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    root, stream = logging.getLogger(), Stream()
    before = (root.handlers[:], root.level, {name: logging.getLogger(name).level for name in ("pymongo", "asyncio")})
    monkeypatch.setattr(sys, "stdout", stream)
    configure("library", level="info")
    yield stream
    structlog.reset_defaults()
    root.handlers[:], level, levels = before
    root.setLevel(level)
    logging.raiseExceptions = True
    for name, held in levels.items():
        logging.getLogger(name).setLevel(held)


def test_lines_are_json_with_the_service_and_without_secrets(stdout: Stream) -> None:
    structlog.get_logger().info("copy_lent", copy_id="copy_1", email="maya@example.org")
    structlog.get_logger().debug("too_quiet_to_be_heard")
    [line] = stdout.lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "copy_lent",
        "level": "info",
        "service": "library",
        "copy_id": "copy_1",
        "email": "[hidden]",
    }


def test_other_loggers_speak_in_the_same_form(stdout: Stream) -> None:
    logging.getLogger("uvicorn.error").warning("no reader %s", "maya@example.org")
    logging.getLogger("pymongo").info("chatter")
    [line] = stdout.lines()
    assert (line["event"], line["level"], line["service"]) == ("no reader [hidden]", "warning", "library")


def test_a_fault_is_told_by_type_and_place_whoever_logs_it(stdout: Stream) -> None:
    try:
        raise ValueError("the password is hunter2")
    except ValueError:
        structlog.get_logger().exception("went_wrong")
        logging.getLogger("library").exception("went wrong")
    lines = stdout.lines()
    assert [line["error"] for line in lines] == [["ValueError"], ["ValueError"]]
    assert all("test_telemetry.py" in line["places"][-1] for line in lines)
    assert b"hunter2" not in orjson.dumps(lines)


def test_causes_are_told_too() -> None:
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise RuntimeError("outer") from inner
    except RuntimeError as outer:
        types, places = describe_fault(outer)
    assert types == ["RuntimeError", "KeyError"]
    assert len(places) == 1


def test_requests_are_counted_by_template() -> None:
    from prometheus_client import REGISTRY

    labels = {"service": "library", "route": "/v1/x", "method": "GET"}
    before = REGISTRY.get_sample_value("http_requests_total", {**labels, "status": "200"}) or 0
    count_request("library", "/v1/x", "GET", 200, 0.1)
    assert REGISTRY.get_sample_value("http_requests_total", {**labels, "status": "200"}) == before + 1
    assert REGISTRY.get_sample_value("http_request_seconds_count", labels)
