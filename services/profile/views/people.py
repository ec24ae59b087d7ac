"""People: one by id, and the lists they stand on."""

from contracts.people import Role
from kit.mongo import Document
from kit.refusals import refuse
from kit.transaction import Rows
from services.profile.domain.people import NoSuchPerson, Person
from services.profile.store.people import unpack_person


async def the_person(rows: Rows, person_id: str) -> Person:
    """The person with this id, active or not.

    Raises: Refusals of NoSuchPerson.
    """
    found = await rows.get(person_id)
    if found is None:
        raise refuse(NoSuchPerson())
    return unpack_person(found)


def people_where(school_id: str | None, role: Role | None, class_id: str | None) -> Document:
    """The filter for active people of these lists, the smallest list first: the index walks along that one."""
    if school_id and role:
        lists = [f"{role.value}@{school_id}"]
    else:
        lists = [name for name in (school_id, role and role.value) if name]
    if class_id:
        lists.insert(0, class_id)
    where: Document = {"active": True}
    if len(lists) == 1:
        where["lists"] = lists[0]
    elif lists:
        where["lists"] = {"$all": lists}
    return where
