"""Rosters: from the upload, over a dry run, to what stands; and what speaks against applying one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kit.refusals import Kind, Refusal, refuse_all

MOST_LEAVING = 0.05
"""More than this share of a file's standing rows leaving at once is rather a broken export than a change."""
SAMPLES = 20
OLDEST = timedelta(days=6)
"""An upload is kept for a day longer than it may be accepted, so that there is time to apply it."""


class RosterState(StrEnum):
    """Where a roster stands. A refused, applied or discarded one is never worked on again."""

    UPLOADED = "uploaded"
    READING = "reading"
    READY = "ready"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


PENDING = (RosterState.UPLOADED, RosterState.READING, RosterState.READY, RosterState.REFUSED)
"""States in which an upload, with the names in it, still lies here and nothing of it was applied."""


class NoSuchRoster(Refusal):
    kind = Kind.MISSING
    text = "There is no roster with this id in this district."


class EmptyUpload(Refusal):
    kind = Kind.INVALID
    text = "The upload holds nothing. Send the ZIP of a OneRoster CSV set as application/zip."


class RosterNotReady(Refusal):
    text = "This roster is {state}. Only one that was read without an error, and is ready, can be applied."


class FindingsNotAccepted(Refusal):
    text = "{count} findings have not been accepted. Look at them, then apply with accept_findings: true."


class TooMuchLeaving(Refusal):
    text = "Too much would leave: {files}. If that is meant, apply with accept_leaving: true."


class SupersededByAnother(Refusal):
    text = "The roster that stands has changed since this one was read. Upload it again to see what it would do now."


class RosterTooOld(Refusal):
    text = "This roster was sent more than six days ago, and its upload will soon be gone. Upload it again."


class AnotherApplying(Refusal):
    text = "Another roster is being applied in this district. Wait until it is done."


class RosterUnderWay(Refusal):
    text = "This roster is {state}, and can no longer be discarded."


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What one file of the set would do. `standing` counts the rows that stand before it."""

    mode: str
    standing: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    leaving: int = 0
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def leaves_too_many(self) -> bool:
        return self.leaving > self.standing * MOST_LEAVING


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How often one thing is wrong with one file; the first of them are kept to be looked at."""

    file: str
    code: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work of a stage has come."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """One uploaded set. `standing` is the number of the district's standing roster when this one was read."""

    roster_id: str
    version: int
    state: RosterState
    uploaded_by: str
    uploaded_at: datetime
    size_bytes: int
    chunks: int
    correlation_id: str
    standing: int = 0
    oneroster_version: str | None = None
    progress: Progress = Progress("waiting", 0, 0)
    files: Mapping[str, FileDiff] = field(default_factory=dict)
    findings: tuple[FindingCount, ...] = ()
    files_done: int = 0
    ended_at: datetime | None = None

    @property
    def too_much_leaving(self) -> tuple[str, ...]:
        """The files of which more would leave than the policy lets pass unasked."""
        return tuple(sorted(name for name, diff in self.files.items() if diff.leaves_too_many))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a district: a number that rises with every change of it, and the roster being applied."""

    district_id: str
    version: int = 0
    number: int = 0
    applying: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a set has shown."""

    oneroster_version: str | None
    files: Mapping[str, FileDiff]
    findings: tuple[FindingCount, ...]
    standing: int
    is_refused: bool


def begin_reading(roster: Roster, standing: Standing) -> Roster:
    """An uploaded roster is being read; one whose reader was lost begins again."""
    return replace(roster, state=RosterState.READING, standing=standing.number, progress=Progress("reading", 0, 0))


def end_reading(roster: Roster, read: Reading, at: datetime) -> Roster:
    """The dry run is over: the roster is ready, or refused."""
    return replace(
        roster,
        state=RosterState.REFUSED if read.is_refused else RosterState.READY,
        oneroster_version=read.oneroster_version,
        files=read.files,
        findings=read.findings,
        standing=read.standing,
        progress=Progress("read", roster.progress.done, roster.progress.done),
        ended_at=at if read.is_refused else None,
    )


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the office has looked at and means: that there are findings, and that so much leaves."""

    findings: bool
    leaving: bool


def begin_applying(
    roster: Roster, standing: Standing, accepted: Accepted, at: datetime, correlation_id: str
) -> tuple[Roster, Standing]:
    """Let a ready roster become what stands.

    Raises: Refusals of RosterNotReady, FindingsNotAccepted, TooMuchLeaving, SupersededByAnother, RosterTooOld,
    AnotherApplying, all that hold together.
    """
    count = sum(finding.count for finding in roster.findings)
    superseded = roster.state is RosterState.READY and standing.number != roster.standing
    refuse_all(
        RosterNotReady(state=roster.state.value) if roster.state is not RosterState.READY else None,
        FindingsNotAccepted(count=count) if count and not accepted.findings else None,
        TooMuchLeaving(files=", ".join(roster.too_much_leaving))
        if roster.too_much_leaving and not accepted.leaving
        else None,
        SupersededByAnother() if superseded else None,
        RosterTooOld() if roster.state is RosterState.READY and at - roster.uploaded_at > OLDEST else None,
        AnotherApplying() if standing.applying not in (None, roster.roster_id) else None,
    )
    applying = replace(
        roster, state=RosterState.APPLYING, progress=Progress("rows", 0, 0), correlation_id=correlation_id
    )
    return applying, replace(standing, applying=roster.roster_id)


def end_applying(roster: Roster, standing: Standing, at: datetime) -> tuple[Roster, Standing]:
    """All of the roster stands."""
    progress = replace(roster.progress, stage="applied")
    applied = replace(_without_samples(roster), state=RosterState.APPLIED, progress=progress, ended_at=at)
    return applied, replace(standing, number=standing.number + 1, applying=None)


def discard(roster: Roster, at: datetime) -> Roster:
    """Nothing of the roster will be applied.

    Raises: Refusals of RosterUnderWay.
    """
    refuse_all(RosterUnderWay(state=roster.state.value) if roster.state not in PENDING else None)
    return replace(_without_samples(roster), state=RosterState.DISCARDED, ended_at=at)


def _without_samples(roster: Roster) -> Roster:
    """Samples are roster numbers, and do not outlive the decision."""
    return replace(roster, files={name: replace(diff, samples={}) for name, diff in roster.files.items()})
