"""One school by its id."""

from kit.refusals import refuse
from kit.transaction import Rows
from services.profile.domain.people import NoSuchSchool, School
from services.profile.store.people import SCHOOL


async def the_school(rows: Rows, school_id: str) -> School:
    """The school with this id, active or not.

    Raises: Refusals of NoSuchSchool.
    """
    found = await rows.get(school_id)
    if found is None:
        raise refuse(NoSuchSchool())
    return SCHOOL.unpack(found)
