"""Telemetry: how a process speaks of its work: JSON log lines, metrics by route, and traces where they are wanted."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from functools import cache
from typing import Any

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import Counter, Histogram

from kit.redaction import redact
from kit.tracing import current_trace, trace_headers, trace_of, trace_scope

__all__ = ["configure", "count_request", "current_trace", "trace_headers", "trace_of", "trace_scope"]

_REQUESTS = Counter("http_requests_total", "Requests answered", ["service", "route", "method", "status"])
_SECONDS = Histogram(
    "http_request_seconds",
    "Time from the first byte of a request to the last of its answer",
    ["service", "route", "method"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_FRAMES_SHOWN = 8


def configure(service: str, *, level: str = "info", otlp_endpoint: str | None = None) -> None:
    """Set the process up: structlog and the standard library's loggers to JSON lines on stdout, spans to OTLP if asked.

    Called once, first of all, by a process's entry point.
    """
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _faults,
        redact,
        _Named(service),
    ]
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*processors, structlog.processors.JSONRenderer(serializer=_bytes)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    _catch_standard_logging(processors, threshold)
    if otlp_endpoint:
        _export_spans(service, otlp_endpoint)


def count_request(service: str, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is the template, never the path: label sets stay closed."""
    requests, durations = _children(service, route, method, status)
    requests.inc()
    durations.observe(seconds)


@cache
def _children(service: str, route: str, method: str, status: int) -> tuple[Any, Any]:
    return _REQUESTS.labels(service, route, method, str(status)), _SECONDS.labels(service, route, method)


class _Named:
    """Puts the service's name on every line."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["service"] = self._service
        return line


def _bytes(line: Any, **_options: Any) -> bytes:
    return orjson.dumps(line, default=str)


def _faults(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its types and places alone: messages quote values, and values have no place in a log."""
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        line["error"], line["places"] = describe_fault(error)
    return line


def describe_fault(error: BaseException) -> tuple[list[str], list[str]]:
    """The types of an exception and its causes, and the places it came through (innermost last)."""
    types: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(types) < _FRAMES_SHOWN:
        types.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_SHOWN:]
    return types, [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class _Lines(logging.Formatter):
    """Records of the standard library's loggers as the same JSON lines; a traceback never gets in."""

    def __init__(self, processors: list[Any]) -> None:
        super().__init__()
        self._processors = processors

    def format(self, record: logging.LogRecord) -> str:
        line: MutableMapping[str, Any] = {"event": record.getMessage(), "logger": record.name}
        if record.exc_info:
            line["exc_info"] = record.exc_info
        for processor in self._processors:
            line = processor(None, record.levelname.lower(), line)
        return _bytes(line).decode()


def _catch_standard_logging(processors: list[Any], threshold: int) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines(processors))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    logging.raiseExceptions = False  # a record that cannot be written is dropped, not shown with its values on stderr
    for chatty in ("httpx", "httpcore", "pymongo", "asyncio"):
        logging.getLogger(chatty).setLevel(max(threshold, logging.WARNING))
    # It says several times a second that a broker is away; our own lines, /ready and the metrics say it once.
    logging.getLogger("kafka").setLevel(max(threshold, logging.CRITICAL))


def _export_spans(service: str, endpoint: str) -> None:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)


def flush_spans(seconds: float = 2.0) -> None:
    """Send the spans that wait, where spans are wanted; called at the end, as a signal leaves no time for it later."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.force_flush(int(seconds * 1000))
