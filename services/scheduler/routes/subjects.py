"""Whom or what a scheduler's address is about, found with one query each."""

from collections.abc import Collection, Mapping

from kit.auth import Caller, Subject
from kit.edge import Reader
from kit.policy import SCHOOL, Policy, SubjectFinder
from kit.refusals import Kind, Refusal, refuse
from kit.request import Edge
from services.scheduler.domain.booking import NoSuchBlock
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.offers import Editor, NoSuchOffer
from services.scheduler.store.blocks import BLOCKS
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.offers import OFFERS
from services.scheduler.store.schools import SCHOOLS

READ, WRITE = "schedule.read", "schedule.write"


class NoSuchSchool(Refusal):
    kind = Kind.MISSING
    text = "There is no such school in this district."


async def school_asked(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    """The school whose id stands in the path or the query."""
    school_id = asked.get("school_id", "")
    if await reader[SCHOOLS].one({"_id": school_id}, ["_id"]) is None:
        raise refuse(NoSuchSchool())
    return Subject(organisations=frozenset({school_id}))


async def block_asked(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    """The school of the block in the path."""
    found = await reader[BLOCKS].one({"_id": asked["block_id"]}, ["school_id"])
    if found is None:
        raise refuse(NoSuchBlock())
    return Subject(organisations=frozenset({found["school_id"]}))


async def offer_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The school of the offer in the path, with its hosts as the circle `host`."""
    found = await reader[OFFERS].one({"_id": asked["offer_id"]}, ["school_id", "host_ids"])
    if found is None:
        raise refuse(NoSuchOffer())
    return _hosted(found["school_id"], found["host_ids"], caller)


async def occurrence_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The school of the occurrence in the path, with its hosts as the circle `host`."""
    found = await reader[OCCURRENCES].one({"_id": asked["occurrence_id"]}, ["school_id", "host_ids"])
    if found is None:
        raise refuse(NoSuchOccurrence())
    return _hosted(found["school_id"], found["host_ids"], caller)


def _hosted(school_id: str, host_ids: list[str], caller: Caller) -> Subject:
    return Subject(organisations=frozenset({school_id}), circles={"host": hosts_still(caller, school_id, host_ids)})


def hosts_still(caller: Caller, school_id: str, host_ids: Collection[str]) -> frozenset[str]:
    """The hosts, as far as the caller is concerned: who has left the school hosts there no longer."""
    at = {school_id, caller.district_id}
    return frozenset(host_ids) if any(held.organisation_id in at for held in caller.roles) else frozenset()


def editor_at(edge: Edge, school_id: str) -> Editor:
    """The caller as one who changes offers or occurrences of this school."""
    at = {school_id, edge.district_id}
    administers = any(held.role == "administrator" and held.organisation_id in at for held in edge.caller.roles)
    return Editor(person_id=edge.caller.caller_id, administers=administers)


def everyone_at(subject: SubjectFinder) -> Policy:
    """Whoever belongs to the school may read; apps may too."""
    roles = ("learner", "guardian", "educator", "administrator")
    return Policy(*((role, SCHOOL) for role in roles), scope=READ, subject=subject, apps=True)


def staff_at(subject: SubjectFinder) -> Policy:
    """The school's educators and administrators may read; apps may too."""
    return Policy(("educator", SCHOOL), ("administrator", SCHOOL), scope=READ, subject=subject, apps=True)


def office_at(subject: SubjectFinder) -> Policy:
    """The school's administrators may change it."""
    return Policy(("administrator", SCHOOL), scope=WRITE, subject=subject)


def hosts_at(subject: SubjectFinder) -> Policy:
    """Educators of the school may write; whether it is theirs to write, the action says."""
    return Policy(("educator", SCHOOL), ("administrator", SCHOOL), scope=WRITE, subject=subject)


BLOCK_STAFF = Policy(("educator", SCHOOL), ("administrator", SCHOOL), scope=READ, subject=block_asked)
SCHOOL_READERS, SCHOOL_STAFF = everyone_at(school_asked), staff_at(school_asked)
SCHOOL_OFFICE, SCHOOL_HOSTS = office_at(school_asked), hosts_at(school_asked)
BLOCK_READERS, BLOCK_OFFICE = everyone_at(block_asked), office_at(block_asked)
OFFER_READERS, OFFER_HOSTS = everyone_at(offer_asked), hosts_at(offer_asked)
OCCURRENCE_READERS = everyone_at(occurrence_asked)
OCCURRENCE_HOSTS = Policy(("educator", "host"), ("administrator", SCHOOL), scope=WRITE, subject=occurrence_asked)
