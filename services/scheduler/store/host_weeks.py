"""Hosts' weeks in the store: one document a host and week; its version is what stops two claims on one minute."""

from collections.abc import Sequence

from kit.mongo import Collection, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.host_weeks import HostWeek

HOST_WEEKS = Collection("host_weeks", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "host_id")),))
HOST_WEEK = Record(HostWeek, "week_id")


async def host_weeks_of(rows: Rows, week_ids: Sequence[str]) -> dict[str, HostWeek]:
    """The weeks with these ids, by id, in one query."""
    return {row_id: HOST_WEEK.unpack(row) for row_id, row in (await rows.many(week_ids)).items()}
