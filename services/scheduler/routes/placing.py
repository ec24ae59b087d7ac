"""Who may place whom: the subjects and policies of placements, waits, rolls and weeks."""

from collections.abc import Mapping

from kit.auth import Caller, Subject
from kit.edge import Reader
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, SubjectFinder, person_in
from kit.refusals import refuse
from kit.request import Edge
from services.scheduler.domain.spaces import NoSuchSpace
from services.scheduler.domain.weeks import Cause
from services.scheduler.routes.subjects import READ, hosts_still, occurrence_asked
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.spaces import SPACES
from services.scheduler.views.placement import get_placement, get_wait

PLACE = "placements.write"


async def placing_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """Whom a booking is for stands in its body: a learner passes as themselves, and `settle_cause` holds them to it."""
    if "learner" in caller.role_names():
        return Subject(caller.caller_id)
    return await occurrence_asked(reader, asked, caller)


async def own_work_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The same for a space: staff are held against its school."""
    if "learner" in caller.role_names():
        return Subject(caller.caller_id)
    return await space_subject(reader, asked, caller)


async def space_subject(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    """The school of the space in the path."""
    found = await reader[SPACES].one({"_id": asked["space_id"]}, ["school_id"])
    if found is None:
        raise refuse(NoSuchSpace())
    return Subject(organisations=frozenset({found["school_id"]}))


async def placement_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The student whose placement stands in the path, at its school, with its hosts as the circle `host`."""
    week, place = await get_placement(reader, asked["placement_id"])
    hosts = await _hosts(reader, place.occurrence_id) if week.student_id != caller.caller_id else frozenset[str]()
    hosts = hosts_still(caller, place.school_id, hosts)
    return Subject(week.student_id, organisations=frozenset({place.school_id}), circles={"host": hosts})


async def entry_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The student who waits, at the occurrence's school, with its hosts as the circle `host`."""
    wait = await get_wait(reader, asked["entry_id"])
    school_id = wait.occurrence.school_id
    hosts = hosts_still(caller, school_id, wait.occurrence.host_ids)
    return Subject(wait.student_id, organisations=frozenset({school_id}), circles={"host": hosts})


async def _hosts(reader: Reader, occurrence_id: str | None) -> frozenset[str]:
    if occurrence_id is None:
        return frozenset()
    found = await reader[OCCURRENCES].one({"_id": occurrence_id}, ["host_ids"])
    return frozenset(found["host_ids"]) if found else frozenset()


async def settle_cause(edge: Edge, student_id: str, finder: SubjectFinder) -> Cause:
    """Chosen where a learner asks for themselves; else assigned, once the caller is held against the student.

    Raises: Refusals of NotPermitted.
    """
    if student_id == edge.caller.caller_id and "learner" in edge.caller.role_names():
        return Cause.CHOSEN
    about = await finder(edge.reader, edge.path_params, edge.caller)
    await edge.permit(Subject(student_id, organisations=about.organisations, circles=about.circles))
    return Cause.ASSIGNED


PLACERS = Policy(("learner", OWN), ("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=placing_asked)
OWN_WORK_PLACERS = Policy(
    ("learner", OWN), ("educator", SCHOOL), ("administrator", SCHOOL), scope=PLACE, subject=own_work_asked
)
PLACEMENT_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", "host"),
    ("educator", CLASS),
    ("administrator", SCHOOL),
    scope=READ,
    subject=placement_asked,
)
PLACEMENT_WRITERS = Policy(
    ("learner", OWN), ("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=placement_asked
)
ENTRY_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", "host"),
    ("administrator", SCHOOL),
    scope=READ,
    subject=entry_asked,
)
ENTRY_WRITERS = Policy(
    ("learner", OWN), ("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=entry_asked
)
ROLL_READERS = Policy(("educator", "host"), ("administrator", SCHOOL), scope=READ, subject=occurrence_asked)
ROLL_TAKERS = Policy(("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=occurrence_asked)
WEEK_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", CLASS),
    ("administrator", SCHOOL),
    scope=READ,
    subject=person_in("person_id"),
)
