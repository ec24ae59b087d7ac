"""Hosts' weeks in the store: one document a host and week; its version is what stops two claims on one minute."""

from kit.mongo import Collection, Index
from kit.records import Record
from services.scheduler.domain.host_weeks import HostWeek

HOST_WEEKS = Collection("host_weeks", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "host_id")),))
HOST_WEEK = Record(HostWeek, "week_id")
