"""A host's week: when somebody hosts, so that nobody hosts two occurrences at one minute."""

from dataclasses import dataclass, replace
from datetime import datetime

from kit.refusals import Refusal, refuse_all


class HostBusy(Refusal):
    text = "A host already hosts something else at that time. Choose another block or another host."
    staff_text = "{host_id} already hosts {occurrence_id} from {starts_at} to {ends_at}. Choose another block or host."


@dataclass(frozen=True, slots=True)
class Hosting:
    """One occurrence that is hosted, and when."""

    occurrence_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWeek:
    """A host's hours of one week of the district. `week_id` is `<host_id>:<week>`."""

    week_id: str
    version: int
    district_id: str
    host_id: str
    week: str
    hosting: tuple[Hosting, ...] = ()


def host_week_id(host_id: str, week: str) -> str:
    """A host has one document a week."""
    return f"{host_id}:{week}"


def empty_week(district_id: str, host_id: str, week: str) -> HostWeek:
    """A week in which nothing is hosted yet (version 0: new)."""
    week_id = host_week_id(host_id, week)
    return HostWeek(week_id=week_id, version=0, district_id=district_id, host_id=host_id, week=week)


def busy(host_week: HostWeek, starts_at: datetime, ends_at: datetime) -> HostBusy | None:
    """What the host does at that time already, as a refusal; or None."""
    for held in host_week.hosting:
        if held.starts_at < ends_at and starts_at < held.ends_at:
            return HostBusy(
                host_id=host_week.host_id,
                occurrence_id=held.occurrence_id,
                starts_at=held.starts_at.isoformat(),
                ends_at=held.ends_at.isoformat(),
            )
    return None


def host(host_week: HostWeek, occurrence_id: str, starts_at: datetime, ends_at: datetime) -> HostWeek:
    """The week with one more occurrence hosted.

    Raises: Refusals of HostBusy.
    """
    refuse_all(busy(host_week, starts_at, ends_at))
    return replace(host_week, hosting=(*host_week.hosting, Hosting(occurrence_id, starts_at, ends_at)))


def unhost(host_week: HostWeek, occurrence_id: str) -> HostWeek:
    """The week without this occurrence."""
    return replace(host_week, hosting=tuple(held for held in host_week.hosting if held.occurrence_id != occurrence_id))
