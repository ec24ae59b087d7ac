"""Learners in the store: one row a learner, fed by facts, one sequence a source."""

from kit.mongo import Collection
from kit.records import Record
from services.scheduler.domain.learners import Learner

LEARNERS = Collection("learners", shard_key=("district_id", "_id"))
LEARNER = Record(Learner, "person_id")
