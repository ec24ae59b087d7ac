"""Made-up answers of the API for pages' own rules."""

from datetime import UTC, datetime
from typing import Any


def at(clock: str) -> datetime:
    """A time of one school day."""
    return datetime.fromisoformat(f"2031-03-03T{clock}:00").replace(tzinfo=UTC)


def place(starts: str, ends: str) -> dict[str, Any]:
    return {"title": starts, "day": "2031-03-03", "starts_at": at(starts).isoformat(), "ends_at": at(ends).isoformat()}


def step(words: str, due_on: str | None) -> dict[str, Any]:
    return {"words": words, "due_on": due_on, "done_at": None}


def goal(state: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"words": "A goal", "state": state, "steps": list(steps)}
