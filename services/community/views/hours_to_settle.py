"""Which hours wait for somebody's word, on which projects?"""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.edge import Reader
from services.community.domain.hours import Hours, HoursState
from services.community.domain.projects import State
from services.community.store.collections import HOURS, PROJECTS

# Beyond this an office knows enough: there is much to do.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class ToSettle:
    """Hours, and the title of the project they were logged on (null: the project is gone)."""

    hours: Hours
    project_title: str | None


@dataclass(frozen=True, slots=True)
class Approvals:
    """How much waits for a school's word; counted up to a thousand each."""

    school_id: str
    projects_proposed: int
    hours_verified: int


async def with_titles(reader: Reader, found: Sequence[Hours]) -> list[ToSettle]:
    """These hours with their projects' titles: one query for all of them."""
    ids = sorted({hours.project_id for hours in found})
    rows = await reader[PROJECTS].find({"_id": {"$in": ids}}, fields=["title"]) if ids else []
    titles = {row["_id"]: str(row["title"]) for row in rows}
    return [ToSettle(hours, titles.get(hours.project_id)) for hours in found]


async def get_approvals(reader: Reader, school_id: str) -> Approvals:
    """What waits at a school, in two indexed queries of ids alone."""
    at = {"school_id": school_id}
    proposed = await reader[PROJECTS].find(at | {"state": State.PROPOSED.value}, limit=MOST_COUNTED, fields=["_id"])
    verified = await reader[HOURS].find(at | {"state": HoursState.VERIFIED.value}, limit=MOST_COUNTED, fields=["_id"])
    return Approvals(school_id, len(proposed), len(verified))
