"""Running projects whose partner's papers have run out, in any district: what the worker's job asks."""

from dataclasses import dataclass
from datetime import date

from kit.mongo import Mongo
from services.community.domain.projects import State
from services.community.store.collections import PROJECTS

MOST = 500


@dataclass(frozen=True, slots=True)
class LapsedProject:
    """Which project of which district."""

    district_id: str
    project_id: str


async def lapsed_projects(mongo: Mongo, today: date) -> list[LapsedProject]:
    """The first of them, by one indexed query; the job comes again for the rest."""
    where = {"state": State.RUNNING.value, "partner_until": {"$lt": today.isoformat()}}
    rows = await mongo.database[PROJECTS.name].find(where, ["district_id"], limit=MOST).to_list(MOST)
    return [LapsedProject(row["district_id"], row["_id"]) for row in rows]
