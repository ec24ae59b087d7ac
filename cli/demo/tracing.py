"""The traces of the story: what one correlation id set in motion, through all services, in order."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.demo.day import Day
from cli.demo.telling import check, until
from cli.http_api import Api
from cli.sign_in import client_token
from cli.traces import lines_of
from cli.whereabouts import OPERATOR

QUIET = timedelta(seconds=1)
"""A story is over once nothing has come of it for so long."""
Steps = list[Mapping[str, Any]]


def show_trace(day: Day, step: int, services: set[str]) -> Steps:
    """Print the hops of this step's correlation id; all of `services` took part."""
    correlation_id = day.stories[step]
    steps = until(lambda: _through(day, correlation_id, services), f"the trace goes through {', '.join(services)}")
    check(_in_order(steps), "each hop comes after its cause")
    day.tell.says(f"The same story as its facts tell it ({len(steps)} hops through {', '.join(sorted(services))}):")
    day.tell.says(f"  trellis trace {correlation_id}")
    for line in lines_of(steps):
        day.tell.console.print(line, soft_wrap=True)
    return steps


def _through(day: Day, correlation_id: str, services: set[str]) -> Steps | None:
    operator = Api(day.base_url, client_token(day.base_url, OPERATOR, day.operator_secret, day.slug))
    steps: Steps = operator.get(f"/v1/operations/trace/{correlation_id}")["steps"]
    if not services <= {step["service"] for step in steps}:
        return None
    newest = max(datetime.fromisoformat(step["at"]) for step in steps)
    return steps if datetime.now(UTC) - newest > QUIET else None


def _in_order(steps: Steps) -> bool:
    seen: set[str] = set()
    for step in steps:
        if step["kind"] == "announced":
            seen.add(step["event_id"])
        elif step["event_id"] not in seen:
            return False
    return True
