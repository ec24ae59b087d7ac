"""Hours: logged by the student, verified by the partner, approved by the school."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from contracts import community as facts
from contracts.fact import Fact
from kit.refusals import Kind, Refusal, refuse_all

LONGEST = timedelta(hours=24)


class HoursState(StrEnum):
    """How far hours have come; denied and refused ones no longer count."""

    LOGGED = "logged"
    VERIFIED = "verified"
    DENIED = "denied"
    APPROVED = "approved"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What a partner says to logged hours."""

    CONFIRM = "confirm"
    CHANGE = "change"
    DENY = "deny"


class NoSuchHours(Refusal):
    kind = Kind.MISSING
    text = "There are no hours with this id that you may see."


class HoursBackwards(Refusal):
    kind = Kind.INVALID
    text = "Hours end after they start, and last at most 24 hours."


class HoursToCome(Refusal):
    kind = Kind.INVALID
    text = "Hours are logged once they are over."


class HoursOverlap(Refusal):
    text = "You were somewhere else at that time: {what}, from {starts_at} to {ends_at}."


class HoursSettled(Refusal):
    text = "These hours are {state} and no longer change. A correction is a new entry."


class HoursUnverified(Refusal):
    text = "The partner has yet to verify these hours; the school approves after that."


class SamePersonTwice(Refusal):
    text = "You verified these hours. Approving them is somebody else's act."


class ChangeUnexplained(Refusal):
    kind = Kind.INVALID
    text = "Changing or denying hours needs a reason, and a change the minutes that are right."


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a student's time that is spoken for, and by what: hours, or a placement."""

    what: str
    ref: str
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share a minute or more."""
        return min(self.ends_at, other.ends_at) - max(self.starts_at, other.starts_at) >= timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timesheet:
    """All stretches that a student has logged: the document that keeps them from being in two places at once."""

    person_id: str
    version: int
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """One entry of a student's log, with the two acts that make it count."""

    hours_id: str
    version: int
    district_id: str
    project_id: str
    school_id: str
    person_id: str
    contact_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    minutes: int
    what: str
    where: str
    logged_at: datetime
    state: HoursState = HoursState.LOGGED
    verified_by: str | None = None
    verified_at: datetime | None = None
    verified_reason: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    approved_reason: str | None = None

    @property
    def span(self) -> Span:
        return Span("hours", self.hours_id, self.starts_at, self.ends_at)


def log(hours: Hours, timesheet: Timesheet, busy: tuple[Span, ...]) -> tuple[Hours, Timesheet, list[Fact]]:
    """A student logs hours; they may not overlap other hours or placements of theirs.

    Raises: Refusals of HoursBackwards, HoursToCome, HoursOverlap: all that apply.
    """
    taken = next((span for span in (*timesheet.spans, *busy) if span.overlaps(hours.span)), None)
    refuse_all(
        HoursBackwards() if not timedelta() < hours.ends_at - hours.starts_at <= LONGEST else None,
        HoursToCome() if hours.ends_at > hours.logged_at else None,
        _overlap(taken) if taken else None,
    )
    logged = facts.HoursLogged(
        **_carried(hours), contact_ids=hours.contact_ids, starts_at=hours.starts_at, ends_at=hours.ends_at
    )
    return hours, replace(timesheet, spans=(*timesheet.spans, hours.span)), [logged]


def verify(
    hours: Hours, outcome: Outcome, by: str, at: datetime, minutes: int | None = None, reason: str | None = None
) -> tuple[Hours, list[Fact]]:
    """The partner confirms, changes (with minutes and a reason) or denies (with a reason).

    Raises: Refusals of HoursSettled, ChangeUnexplained: all that apply.
    """
    unexplained = (outcome is not Outcome.CONFIRM and not reason) or (outcome is Outcome.CHANGE and minutes is None)
    refuse_all(
        HoursSettled(state=hours.state.value) if hours.state is not HoursState.LOGGED else None,
        ChangeUnexplained() if unexplained else None,
    )
    verified = replace(
        hours,
        state=HoursState.DENIED if outcome is Outcome.DENY else HoursState.VERIFIED,
        minutes=_settled_minutes(hours, outcome, minutes),
        verified_by=by,
        verified_at=at,
        verified_reason=reason,
    )
    return verified, [facts.HoursVerified(**_carried(verified), outcome=outcome.value, verified_by=by)]


def approve(hours: Hours, approved: bool, by: str, at: datetime, reason: str | None = None) -> tuple[Hours, list[Fact]]:
    """The school approves verified hours, or does not; never the same person who verified them.

    Raises: Refusals of HoursUnverified, HoursSettled, SamePersonTwice, ChangeUnexplained: all that apply.
    """
    refuse_all(
        HoursUnverified() if hours.state is HoursState.LOGGED else None,
        HoursSettled(state=hours.state.value) if hours.state not in (HoursState.LOGGED, HoursState.VERIFIED) else None,
        SamePersonTwice() if by == hours.verified_by else None,
        ChangeUnexplained() if not approved and not reason else None,
    )
    settled = replace(
        hours,
        state=HoursState.APPROVED if approved else HoursState.REFUSED,
        approved_by=by,
        approved_at=at,
        approved_reason=reason,
    )
    return settled, [facts.HoursApproved(**_carried(settled), approved=approved, approved_by=by)]


def give_up(timesheet: Timesheet, hours_id: str) -> Timesheet:
    """The timesheet without hours that do not count: the time may be logged again."""
    return replace(timesheet, spans=tuple(span for span in timesheet.spans if span.ref != hours_id))


def counts(hours: Hours) -> bool:
    """Whether these hours stand: neither denied by the partner nor refused by the school."""
    return hours.state not in (HoursState.DENIED, HoursState.REFUSED)


def _settled_minutes(hours: Hours, outcome: Outcome, minutes: int | None) -> int:
    if outcome is Outcome.DENY:
        return 0
    return minutes if outcome is Outcome.CHANGE and minutes is not None else hours.minutes


def _overlap(span: Span) -> HoursOverlap:
    return HoursOverlap(what=span.what, starts_at=span.starts_at.isoformat(), ends_at=span.ends_at.isoformat())


def _carried(hours: Hours) -> dict[str, Any]:
    return {
        "district_id": hours.district_id,
        "hours_id": hours.hours_id,
        "project_id": hours.project_id,
        "school_id": hours.school_id,
        "person_id": hours.person_id,
        "minutes": hours.minutes,
    }
