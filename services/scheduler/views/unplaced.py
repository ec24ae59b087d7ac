"""Who has no place in a block?"""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.directory import PEOPLE
from kit.edge import Reader
from kit.mongo import Document
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.weeks import overlapping, week_id
from services.scheduler.store.weeks import WEEK, WEEKS

# Most students have a place: so many are looked at in one go to find a page of those who have none.
LOOK = 1000


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A student of the school who is nowhere at that time. Names come from the profile."""

    student_id: str
    grades: tuple[str, ...]


async def get_unplaced(
    reader: Reader, block: Block, class_ids: Sequence[str] | None, after: str, limit: int
) -> list[Unplaced]:
    """Up to `limit` students without a place in `block`, by id, from the one after `after` on.

    `class_ids`: those of these classes alone; None: the whole school. The clock decides: whoever is somewhere else at
    that time has a place. Two queries a thousand students.
    """
    found: list[Unplaced] = []
    while len(found) < limit:
        people = await _students(reader, block.school_id, class_ids, after)
        placed = await _placed(reader, block, [row["_id"] for row in people])
        found += [Unplaced(row["_id"], tuple(row["grades"])) for row in people if row["_id"] not in placed]
        if len(people) < LOOK:
            break
        after = people[-1]["_id"]
    return found[:limit]


async def _students(reader: Reader, school_id: str, class_ids: Sequence[str] | None, after: str) -> list[Document]:
    where: Document = {
        "organisations": school_id,
        "_id": {"$gt": after},
        "active": True,
        "roles": {"$elemMatch": {"role": "learner", "organisation_id": school_id}},
    }
    if class_ids is not None:
        where["groups"] = {"$in": list(class_ids)}
    return await reader[PEOPLE].find(where, sort=[("_id", 1)], limit=LOOK, fields=["grades"])


async def _placed(reader: Reader, block: Block, student_ids: Sequence[str]) -> set[str]:
    rows = await reader[WEEKS].many([week_id(student_id, block.week) for student_id in student_ids])
    weeks = map(WEEK.unpack, rows.values())
    return {week.student_id for week in weeks if overlapping(week, block.starts_at, block.ends_at)}
