"""Which reflections may somebody read?"""

from collections.abc import Sequence

from kit.auth import Caller
from kit.directory import PEOPLE
from kit.edge import Reader
from kit.mongo import Document
from services.community.domain.reflections import Reflection, may_read
from services.community.store.collections import PROJECTS, REFLECTION, REFLECTIONS

STAFF_ROLES = frozenset({"educator", "administrator"})


async def readable_reflections(reader: Reader, ids: Sequence[str], caller: Caller) -> list[Reflection]:
    """Those of these reflections that are shared with the caller. Three queries, however many are asked for."""
    found = [REFLECTION.unpack(row) for row in (await reader[REFLECTIONS].many(ids)).values()]
    projects = await reader[PROJECTS].many(sorted({reflection.project_id for reflection in found}))
    me = await reader[PEOPLE].get(caller.caller_id)
    wards = set(me["wards"]) if me else set()
    return [
        reflection
        for reflection in found
        if may_read(
            reflection,
            caller.caller_id,
            staff=_is_staff(caller, reflection.school_id),
            family=reflection.person_id in wards,
            teammate=_in_team(projects.get(reflection.project_id), caller.caller_id),
        )
    ]


def _is_staff(caller: Caller, school_id: str) -> bool:
    at = {school_id, caller.district_id}
    return any(held.role in STAFF_ROLES and held.organisation_id in at for held in caller.roles)


def _in_team(project: Document | None, person_id: str) -> bool:
    return project is not None and any(member["person_id"] == person_id for member in project["members"])
