"""Progress: how far a goal has come against its learner's own dates, in words and as positions on a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from services.web.looks.languages import gettext, ngettext
from services.web.looks.times import day, day_of

LEFT, RIGHT = 70.0, 306.0
"""Between which places of the chart the days lie."""
OPEN = frozenset({"proposed", "agreed", "active"})
Goal = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """One step on the chart: its date and the day it was done, each with its place; None where there is none."""

    number: int
    words: str
    due_on: date | None
    done_on: date | None
    due_x: float | None
    done_x: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Steps between the day a goal was written and its end; `today_x` is where today lies."""

    marks: tuple[Mark, ...]
    begins_on: date
    ends_on: date
    today_x: float


def chart_of(goal: Goal, today: date, zone: ZoneInfo) -> Chart | None:
    """The chart of a goal's steps; None where no step has a date or was done, so that there is nothing to see."""
    steps = [(each, _date(each["due_on"]), _done_on(each, zone)) for each in goal["steps"]]
    days = [found for _, due, done in steps for found in (due, done) if found is not None]
    if not days:
        return None
    ends_on = _date(goal["ends_on"])
    days += [today, day_of(goal["written_at"], zone), *([ends_on] if ends_on else [])]
    first, last = min(days), max(days)
    marks = tuple(
        Mark(number, step["words"], due, done, _place(due, first, last), _place(done, first, last))
        for number, (step, due, done) in enumerate(steps, 1)
    )
    return Chart(marks, first, last, _place(today, first, last) or LEFT)


def standing(goal: Goal, today: date, zone: ZoneInfo) -> tuple[str, str, str]:
    """Where a learner is on their own way: the kind of its tag, the tag's words, and why that is said."""
    late = [each for each in goal["steps"] if _is_late(each, today)]
    match goal["pace"]["standing"]:
        case "ahead":
            return "good", gettext("Ahead of your dates"), gettext("You did a step before the day you set.")
        case "behind" if late:
            why = ngettext(
                "%(num)d step is past the day you set.", "%(num)d steps are past the day you set.", len(late)
            )
            return "wait", gettext("Later than your dates"), why
        case "behind":
            return "wait", gettext("Later than your dates"), gettext("The end you set for this goal has passed.")
        case "over":
            return "quiet", gettext("Over"), gettext("This goal is not worked at now.")
    return "calm", gettext("On your way"), _on_it(goal["steps"], zone)


def step_standing(step: Mapping[str, Any], today: date) -> tuple[str, str]:
    """How one step stands: the kind of its tag, and its words."""
    if step["done_at"] is not None:
        return "good", gettext("Done")
    if _is_late(step, today):
        return "wait", gettext("Past its day")
    return ("calm", gettext("Time is planned")) if step.get("planned") else ("quiet", gettext("To do"))


def next_of(goal: Goal) -> Mapping[str, Any] | None:
    """The step of an open goal to do next: the one due first; those without a day come last."""
    waiting = [each for each in goal["steps"] if each["done_at"] is None] if goal["state"] in OPEN else []
    return min(waiting, key=lambda each: each["due_on"] or "9999-12-31", default=None)


def _on_it(steps: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> str:
    due = [each["due_on"] for each in steps if each["due_on"] and each["done_at"] is None]
    if not due:
        return gettext("Nothing is late.")
    return gettext("Nothing is late. The next day you set is %(day)s.", day=day(min(due), zone))


def _is_late(step: Mapping[str, Any], today: date) -> bool:
    due = _date(step["due_on"])
    return step["done_at"] is None and due is not None and due < today


def _done_on(step: Mapping[str, Any], zone: ZoneInfo) -> date | None:
    return day_of(step["done_at"], zone) if step["done_at"] else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _place(found: date | None, first: date, last: date) -> float | None:
    if found is None:
        return None
    whole = (last - first).days or 1
    return round(LEFT + (RIGHT - LEFT) * (found - first).days / whole, 1)
