"""What is the caller to this learner? Answered from people, classes and projects, for a field's visibility."""

from kit.auth import Caller, Member, Subject
from kit.edge import Reader
from kit.policy import CLASS, FAMILY, SCHOOL, all_relations
from services.profile.domain.circles import Circle, Onlooker
from services.profile.domain.people import STAFF
from services.profile.store.people import CLASSES
from services.profile.views.directory import PeopleDirectory
from services.profile.views.project_partners import partners_of


async def onlooker_of(reader: Reader, caller: Caller, person_id: str) -> Onlooker:
    """The circles of this learner that the caller is in; at most two queries, three for a partner."""
    if caller.caller_id == person_id:
        return Onlooker(caller.caller_id, frozenset(), is_learner=True)
    members = await PeopleDirectory().members(reader, [caller.caller_id, person_id])
    found = all_relations(caller, Subject(person_id), members)
    circles = set[Circle]()
    if ("guardian", FAMILY) in found:
        circles.add(Circle.FAMILY)
    if any((role, SCHOOL) in found for role in STAFF):
        circles.add(Circle.SCHOOL)
    if ("educator", CLASS) in found:
        circles.add(Circle.TEACHERS)
        if await _is_advisor(reader, members[caller.caller_id], members[person_id]):
            circles.add(Circle.ADVISOR)
    if "partner" in caller.role_names() and caller.caller_id in await partners_of(reader, person_id):
        circles.add(Circle.PROJECT_PARTNERS)
    return Onlooker(caller.caller_id, frozenset(circles))


async def _is_advisor(reader: Reader, teacher: Member, learner: Member) -> bool:
    shared = sorted(teacher.leads & learner.groups)
    return await reader[CLASSES].one({"_id": {"$in": shared}, "kind": "homeroom"}, ["_id"]) is not None
