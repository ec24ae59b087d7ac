"""What is told of each hop: one log line, written in batches, and two metrics with closed label sets."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import orjson

from kit.telemetry import count_request

_MOST_HELD = 200


class Hops:
    """Log lines of hops are held for a moment and written together: a line each would cost as much as the hop.

    Once closed, each line is written at once: a request that is cut off by the end of the process is told of too.
    """

    def __init__(self, write: Callable[[bytes], object] | None = None) -> None:
        self._write = write or _write_out
        self._held: list[bytes] = []
        self._most_held = _MOST_HELD

    def tell(
        self,
        *,
        route: str,
        method: str,
        status: int,
        began: float,
        correlation_id: str,
        caller: tuple[str, str] | None,
        codes: Sequence[str] = (),
    ) -> None:
        """Tell of one answered request; identifiers alone, never a path, a query or a payload."""
        seconds = self.count(route, method, status, began)
        line: dict[str, object] = {
            "method": method,
            "route": route,
            "status": status,
            "took_ms": round(seconds * 1000, 2),
            "correlation_id": correlation_id,
        }
        if caller is not None:
            line["caller_id"], line["district_id"] = caller
        if codes:
            line["codes"] = codes
        line["event"] = "request_answered"
        line["level"] = "error" if status in (0, 500) else "info"
        line["timestamp"] = datetime.now(UTC)
        line["service"] = "gateway"
        self._held.append(orjson.dumps(line))
        if len(self._held) >= self._most_held:
            self.flush()

    def count(self, route: str, method: str, status: int, began: float) -> float:
        """Count one answered request; returns the seconds it took."""
        seconds = time.perf_counter() - began
        count_request("gateway", route, method, status, seconds)
        return seconds

    def flush(self) -> None:
        """Write what is held. A log that nobody reads any more must not fail the requests."""
        held, self._held = self._held, []
        if held:
            with suppress(OSError, ValueError):
                self._write(b"\n".join(held) + b"\n")

    def close(self) -> None:
        """Write what is held, and from now on each line at once."""
        self._most_held = 1
        self.flush()


def _write_out(lines: bytes) -> None:
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()
