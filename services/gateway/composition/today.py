"""Today: where a student is now and next, and the next step of their goals, found in what the services answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Place = Mapping[str, Any]
# Goals that are still worked at; the first are those that have begun.
OPEN_GOALS = ("active", "agreed")


def now_and_next(week: Mapping[str, Any] | None, moment: datetime) -> tuple[Place | None, Place | None]:
    """The place that holds at this moment, and the first that begins after it; of this week's places, where known."""
    places = sorted(week["places"] if week else (), key=lambda place: _at(place["starts_at"]))
    now = next((place for place in places if _at(place["starts_at"]) <= moment < _at(place["ends_at"])), None)
    following = next((place for place in places if _at(place["starts_at"]) > moment), None)
    return now, following


def next_step(goals: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The step to do next, over all open goals: the earliest by the learner's own dates, else the first written."""
    steps = [
        (step, goal)
        for goal in goals
        if goal["state"] in OPEN_GOALS
        for step in goal["steps"]
        if step["done_at"] is None
    ]
    if not steps:
        return None
    # `min` keeps the first of equals: the newest goal's first step.
    step, goal = min(steps, key=lambda pair: pair[0]["due_on"] or "9999")
    return {**step, "goal_id": goal["goal_id"], "goal_words": goal["words"]}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
