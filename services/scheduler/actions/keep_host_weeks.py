"""The weeks of hosts follow what they host: nobody hosts two occurrences at one minute."""

from collections.abc import Sequence

from kit.refusals import Refusal, Refusals
from kit.transaction import Transaction
from services.scheduler.domain.host_weeks import HostWeek, empty_week, host, host_week_id, unhost
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.store.host_weeks import HOST_WEEK, HOST_WEEKS


async def keep_host_weeks(tx: Transaction, before: Sequence[Occurrence], after: Sequence[Occurrence]) -> None:
    """Strike what was hosted `before`, enter what is hosted `after`; the version of each week guards against rivals.

    Raises: Refusals of HostBusy, one for each host and minute that is taken.
    """
    standing = await HOST_WEEK.many(tx[HOST_WEEKS], sorted({week_id for week_id, _, _ in _keys([*before, *after])}))
    weeks = dict(standing)
    for week_id, _, occurrence in _keys(before):
        if week_id in weeks:
            weeks[week_id] = unhost(weeks[week_id], occurrence.occurrence_id)
    _enter(weeks, after)
    for week_id, week in weeks.items():
        if week != standing.get(week_id):
            tx[HOST_WEEKS].save(HOST_WEEK.pack(week))


def _keys(occurrences: Sequence[Occurrence]) -> list[tuple[str, str, Occurrence]]:
    return [
        (host_week_id(host_id, occurrence.week), host_id, occurrence)
        for occurrence in occurrences
        for host_id in occurrence.host_ids
    ]


def _enter(weeks: dict[str, HostWeek], occurrences: Sequence[Occurrence]) -> None:
    reasons: list[Refusal] = []
    for week_id, host_id, occurrence in _keys(occurrences):
        week = weeks.get(week_id) or empty_week(occurrence.district_id, host_id, occurrence.week)
        try:
            weeks[week_id] = host(week, occurrence.occurrence_id, occurrence.starts_at, occurrence.ends_at)
        except Refusals as refusals:
            reasons.extend(refusals.reasons)
    if reasons:
        raise Refusals(tuple(reasons))
