"""Whom a request about people, schools or rosters is about."""

from collections.abc import Mapping

from kit.auth import Caller, Subject
from kit.edge import Reader
from services.profile.store.people import CLASSES


async def the_district(_reader: Reader, _asked: Mapping[str, str], caller: Caller) -> Subject:
    """The district's own organisation: a role at a school is not enough."""
    return Subject(organisations=frozenset({caller.district_id}))


async def own_school(_reader: Reader, _asked: Mapping[str, str], caller: Caller) -> Subject:
    """The caller's own schools: the body names which; the route then asks `edge.permit` for that one."""
    return Subject(organisations=frozenset(held.organisation_id for held in caller.roles))


async def list_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The school or the class whose people are asked for; neither: all people of the district."""
    if "school_id" in asked:
        return Subject(organisations=frozenset({asked["school_id"]}))
    if "class_id" not in asked:
        return await the_district(reader, asked, caller)
    class_id = asked["class_id"]
    found = await reader[CLASSES].one({"_id": class_id}, ["school_id"])
    schools = frozenset({found["school_id"]}) if found else frozenset()
    return Subject(organisations=schools, groups=frozenset({class_id}))
