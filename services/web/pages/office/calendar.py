"""A preview calendar: weeks of days, each with what it would be; and the words for days and times of day."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from babel.dates import format_time, get_day_names

from services.web.looks.languages import current, gettext
from services.web.pages.office.pattern_changes import WEEKDAYS
from services.web.pages.office.school import A_WEEK, monday_of

WEEKS = 4
Day = Mapping[str, Any]


def span_of(first: date) -> tuple[date, date]:
    """The first and the last day of the weeks that are shown together."""
    monday = monday_of(first)
    return monday, monday + WEEKS * A_WEEK - timedelta(days=1)


def weeks_of(days: Sequence[Day]) -> list[list[Day]]:
    """Days in rows of a week; days of the week without any school in all of them are left out."""
    shown = {_weekday(each) for each in days if each["kind"] != "no-school"} or set(range(5))
    rows: dict[date, list[Day]] = {}
    for each in days:
        if _weekday(each) in shown:
            rows.setdefault(monday_of(date.fromisoformat(each["day"])), []).append(each)
    return [rows[monday] for monday in sorted(rows)]


def by_day(blocks: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Blocks in time order, day by day."""
    days: dict[str, list[Mapping[str, Any]]] = {}
    for each in blocks:
        days.setdefault(each["day"], []).append(each)
    return sorted(days.items())


def weekday_choices() -> list[tuple[str, str]]:
    """The days of the week, as forms name them and as a reader says them."""
    names = get_day_names("wide", locale=current().locale)
    return [(day, str(names[number]).capitalize()) for number, day in enumerate(WEEKDAYS)]


def weekday_of(day: str) -> str:
    """The day of the week of a date, as a reader says it."""
    return weekday_choices()[date.fromisoformat(day).weekday()][1]


def clock_of(wall: str) -> str:
    """A time of day without a date, as a reader says it: 9:05 AM."""
    return format_time(time.fromisoformat(wall), "short", locale=current().locale)


def day_kind(kind: str) -> str:
    """What a day is, in words."""
    kinds = {"school": gettext("School day"), "holiday": gettext("Holiday"), "no-school": gettext("No school")}
    return kinds.get(kind, kind)


def _weekday(day: Day) -> int:
    return date.fromisoformat(day["day"]).weekday()
