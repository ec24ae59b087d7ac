"""Day patterns: which day is which, by rotation, bell schedule and exception."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from kit.refusals import Kind, Refusal, refuse_all

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_RANGE = timedelta(days=200)


class NoSuchPattern(Refusal):
    kind = Kind.MISSING
    text = "There is no such day pattern at this school."


class RangeOutOfBounds(Refusal):
    kind = Kind.INVALID
    text = "From {first} to {last} is no range to answer: give a last day after the first, at most {most_days} later."


class UnknownBell(Refusal):
    kind = Kind.INVALID
    text = "There is no bell schedule {bell}. The pattern has: {known}."


class UnknownRotationDay(Refusal):
    kind = Kind.INVALID
    text = "There is no rotation day {rotation_day}. The pattern has: {known}."


class RotationEmpty(Refusal):
    kind = Kind.INVALID
    text = "A cycle needs at least one rotation day."


class BellEndsBeforeStart(Refusal):
    kind = Kind.INVALID
    text = "In bell schedule {bell}, a period would start at {starts} and end at {ends}. A period ends after it starts."


class RungTwice(Refusal):
    kind = Kind.INVALID
    text = "In bell schedule {bell}, a period starts twice at {starts} on the same day."


class NamedTwice(Refusal):
    kind = Kind.INVALID
    text = "{name} is given twice. Each bell schedule, rotation day and exception date stands once."


@dataclass(frozen=True, slots=True, kw_only=True)
class BellEntry:
    """A period by the wall clock; `on` names the rotation days it happens on (none named: every day)."""

    period_id: str
    starts: time
    ends: time
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """A bell schedule: regular, late start, half day. `weekdays` are those it is used on without being asked for."""

    name: str
    entries: tuple[BellEntry, ...]
    weekdays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayException:
    """One date that is otherwise: a holiday, another bell schedule, another rotation day.

    `consumes`: a holiday uses up its rotation day, so that the day after is one further on. School days always do, save
    a day called in at the weekend that is told which rotation day to be.
    """

    day: date
    holiday: bool = False
    bell: str | None = None
    rotation_day: str | None = None
    consumes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPattern:
    """How a school's days go. The rotation begins at `starts_on` with the first of `rotation_days`.

    `rotation` cycle: the rotation days follow each other on school days (A, B, A, …). weekday: a day's rotation day is
    the name of its weekday. `regular` is the bell schedule of every school day that no other one claims.
    """

    pattern_id: str
    version: int
    district_id: str
    school_id: str
    name: str
    rotation: Literal["cycle", "weekday"]
    rotation_days: tuple[str, ...]
    starts_on: date
    school_weekdays: tuple[str, ...] = WEEKDAYS[:5]
    regular: str
    bells: tuple[Bell, ...]
    exceptions: tuple[DayException, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """What a date is: its kind, rotation day, bell schedule, and the periods with their wall-clock times."""

    day: date
    kind: Literal["school", "holiday", "no-school"]
    rotation_day: str | None = None
    bell: str | None = None
    entries: tuple[BellEntry, ...] = ()


def check_pattern(pattern: DayPattern) -> DayPattern:
    """The pattern, if all that it names is there, once each.

    Raises: Refusals of RotationEmpty, UnknownBell, UnknownRotationDay, BellEndsBeforeStart, NamedTwice, RungTwice.
    """
    empty = pattern.rotation == "cycle" and not pattern.rotation_days
    refuse_all(
        RotationEmpty() if empty else None,
        *_unknown_bells(pattern),
        *_unknown_days(pattern),
        *_backward(pattern),
        *_twice(pattern),
        *_rung_twice(pattern),
    )
    return pattern


def check_range(first: date, last: date, longest: timedelta = LONGEST_RANGE) -> None:
    """Raises: Refusals of RangeOutOfBounds for a range that runs backwards or is too long."""
    fits = first <= last <= first + longest
    refuse_all(None if fits else RangeOutOfBounds(first=str(first), last=str(last), most_days=longest.days))


def days_known(pattern: DayPattern) -> tuple[str, ...]:
    """The names of the rotation days that the pattern can say."""
    return pattern.rotation_days if pattern.rotation == "cycle" else WEEKDAYS


def plan(pattern: DayPattern, first: date, last: date) -> list[DayPlan]:
    """What every date from `first` to `last` is. The rotation is counted from the pattern's start, whatever is asked.

    Raises: Refusals of RangeOutOfBounds.
    """
    check_range(first, last)
    before = [DayPlan(day=day, kind="no-school") for day in _dates(first, last) if day < pattern.starts_on]
    return [*before, *_walk(pattern, first, last)]


def _walk(pattern: DayPattern, first: date, last: date) -> Iterator[DayPlan]:
    """The plans from `first` on; the rotation is counted from the pattern's own start."""
    exceptions = {exception.day: exception for exception in pattern.exceptions}
    consumed = 0
    for day in _dates(pattern.starts_on, last):
        exception = exceptions.get(day)
        if day >= first:
            yield _day_plan(pattern, day, exception, consumed)
        if _consumes(pattern, day, exception):
            consumed += 1


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _consumes(pattern: DayPattern, day: date, exception: DayException | None) -> bool:
    school_day = _is_school_day(pattern, day)
    if exception is None:
        return school_day
    if exception.holiday:
        return school_day and exception.consumes
    return school_day or (exception.bell is not None and exception.rotation_day is None)


def _is_school_day(pattern: DayPattern, day: date) -> bool:
    return WEEKDAYS[day.weekday()] in pattern.school_weekdays


def _day_plan(pattern: DayPattern, day: date, exception: DayException | None, consumed: int) -> DayPlan:
    if exception is not None and exception.holiday:
        return DayPlan(day=day, kind="holiday")
    # A Saturday that is given a bell schedule or a rotation day is a school day.
    called_in = exception is not None and (exception.bell is not None or exception.rotation_day is not None)
    if not _is_school_day(pattern, day) and not called_in:
        return DayPlan(day=day, kind="no-school")
    rotation_day = (exception and exception.rotation_day) or _rotation_day(pattern, day, consumed)
    bell = _bell(pattern, (exception and exception.bell) or _usual_bell(pattern, day))
    entries = tuple(entry for entry in bell.entries if not entry.on or rotation_day in entry.on)
    return DayPlan(day=day, kind="school", rotation_day=rotation_day, bell=bell.name, entries=entries)


def _rotation_day(pattern: DayPattern, day: date, consumed: int) -> str:
    if pattern.rotation == "weekday":
        return WEEKDAYS[day.weekday()]
    return pattern.rotation_days[consumed % len(pattern.rotation_days)]


def _usual_bell(pattern: DayPattern, day: date) -> str:
    weekday = WEEKDAYS[day.weekday()]
    return next((bell.name for bell in pattern.bells if weekday in bell.weekdays), pattern.regular)


def _bell(pattern: DayPattern, name: str) -> Bell:
    return next(bell for bell in pattern.bells if bell.name == name)


def _unknown_bells(pattern: DayPattern) -> Iterator[Refusal]:
    known = [bell.name for bell in pattern.bells]
    asked = {pattern.regular} | {exception.bell for exception in pattern.exceptions if exception.bell}
    return (UnknownBell(bell=name, known=", ".join(known)) for name in sorted(asked - set(known)))


def _unknown_days(pattern: DayPattern) -> Iterator[Refusal]:
    known = days_known(pattern)
    asked = {exception.rotation_day for exception in pattern.exceptions if exception.rotation_day}
    asked |= {day for bell in pattern.bells for entry in bell.entries for day in entry.on}
    return (UnknownRotationDay(rotation_day=day, known=", ".join(known)) for day in sorted(asked - set(known)))


def _backward(pattern: DayPattern) -> Iterator[Refusal]:
    for bell in pattern.bells:
        for entry in bell.entries:
            if entry.ends <= entry.starts:
                yield BellEndsBeforeStart(bell=bell.name, starts=f"{entry.starts:%H:%M}", ends=f"{entry.ends:%H:%M}")


def _twice(pattern: DayPattern) -> Iterator[Refusal]:
    for names in (
        [bell.name for bell in pattern.bells],
        list(pattern.rotation_days),
        [str(exception.day) for exception in pattern.exceptions],
        [weekday for bell in pattern.bells for weekday in bell.weekdays],
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield NamedTwice(name=name)


def _rung_twice(pattern: DayPattern) -> Iterator[Refusal]:
    days = frozenset(days_known(pattern))
    for bell in pattern.bells:
        rung: set[tuple[str, time, str]] = set()
        for entry in bell.entries:
            now = {(entry.period_id, entry.starts, day) for day in (frozenset(entry.on) or days)}
            if now & rung:
                yield RungTwice(bell=bell.name, starts=f"{entry.starts:%H:%M}")
            rung |= now
