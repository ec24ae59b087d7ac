"""Whom or what a scheduler's address is about: the document it names, and the fields that say so."""

from kit.policy import SCHOOL, Policy, SubjectFinder
from kit.refusals import Kind, Refusal
from kit.request import Edge
from kit.subjects import Beside, Found
from services.scheduler.domain.blocks import NoSuchBlock
from services.scheduler.domain.occurrences import NoSuchOccurrence
from services.scheduler.domain.offers import Editor, NoSuchOffer
from services.scheduler.domain.spaces import NoSuchSpace
from services.scheduler.domain.waiting import NoSuchEntry
from services.scheduler.domain.weeks import NoSuchPlacement
from services.scheduler.store.blocks import BLOCKS
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.offers import OFFERS
from services.scheduler.store.schools import SCHOOLS
from services.scheduler.store.spaces import SPACES
from services.scheduler.store.weeks import WEEKS

READ, WRITE = "schedule.read", "schedule.write"


class NoSuchSchool(Refusal):
    kind = Kind.MISSING
    text = "There is no such school in this district."


HOSTS = {"host": "host_ids"}

school_asked = Found(SCHOOLS, "school_id", NoSuchSchool, organisation="_id")
block_asked = Found(BLOCKS, "block_id", NoSuchBlock)
space_asked = Found(SPACES, "space_id", NoSuchSpace)
offer_asked = Found(OFFERS, "offer_id", NoSuchOffer, circles=HOSTS)
occurrence_asked = Found(OCCURRENCES, "occurrence_id", NoSuchOccurrence, circles=HOSTS)
placement_asked = Found(
    WEEKS,
    "placement_id",
    NoSuchPlacement,
    by="places.placement_id",
    member="student_id",
    organisation="places.school_id",
    beside=Beside(OCCURRENCES, "places.occurrence_id", HOSTS),
)
entry_asked = Found(
    OCCURRENCES, "entry_id", NoSuchEntry, by="waiting.entry_id", member="waiting.student_id", circles=HOSTS
)


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
