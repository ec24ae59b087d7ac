"""Erasures: who asked for what to be forgotten, and what every service removed; opaque ids and counts alone."""

from kit.mongo import Collection, Index
from kit.records import Record
from services.profile.domain.erasure import Erasure

ERASURES = Collection(
    "erasures",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "person_id"), unique=True),),
)
ERASURE = Record(Erasure, "erasure_id")
