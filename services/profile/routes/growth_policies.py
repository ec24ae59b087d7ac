"""Who may ask what of a learner's growth: the subjects of its addresses, and the policies they share."""

from collections.abc import Mapping

from kit.auth import Caller, Subject
from kit.edge import Reader
from kit.policy import CLASS, DISTRICT, FAMILY, OWN, SCHOOL, Policy, SubjectFinder
from kit.refusals import refuse
from kit.subjects import Found
from services.profile.domain.evidence import NoSuchEvidence
from services.profile.domain.goals import NoSuchGoal
from services.profile.domain.people import NoSuchPerson
from services.profile.domain.targets import NoSuchProposal
from services.profile.store.growth import EVIDENCE, GOALS, PROPOSALS
from services.profile.store.people import PEOPLE
from services.profile.views.project_partners import partners_of

READ, WRITE = "profile.read", "profile.write"
PARTNER = "partner"


async def the_district(_reader: Reader, _asked: Mapping[str, str], _caller: Caller) -> Subject:
    """The district itself: `school` then means a role at the district's own organisation."""
    return Subject()


async def person_asked(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    """The person in the path. That they are there is looked up even for a district's office, which may see all."""
    person_id = asked["person_id"]
    if await reader[PEOPLE].one({"_id": person_id}, ["_id"]) is None:
        raise refuse(NoSuchPerson())
    return Subject(person_id)


async def profile_asked(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
    """The person in the path; for a partner also with whom their projects are done."""
    await person_asked(reader, asked, caller)
    person_id = asked["person_id"]
    if PARTNER not in caller.role_names():
        return Subject(person_id)
    return Subject(person_id, circles={PARTNER: await partners_of(reader, person_id)})


goal_asked = Found(GOALS, "goal_id", NoSuchGoal, member="person_id", organisation=None)
proposal_asked = Found(PROPOSALS, "proposal_id", NoSuchProposal, member="person_id", organisation=None)
evidence_asked = Found(EVIDENCE, "evidence_id", NoSuchEvidence, member="person_id", organisation=None)


def readers_of(subject: SubjectFinder) -> Policy:
    """The learner, their family, educators of their class and school, and the school's office."""
    return Policy(
        ("learner", OWN),
        ("guardian", FAMILY),
        ("educator", CLASS),
        ("educator", SCHOOL),
        ("administrator", SCHOOL),
        scope=READ,
        subject=subject,
    )


def learner_at(subject: SubjectFinder) -> Policy:
    """The learner alone."""
    return Policy(("learner", OWN), scope=WRITE, subject=subject)


def learner_or_teacher_at(subject: SubjectFinder) -> Policy:
    """The learner, and educators of their classes."""
    return Policy(("learner", OWN), ("educator", CLASS), scope=WRITE, subject=subject)


def teacher_at(subject: SubjectFinder) -> Policy:
    """Educators of the learner's classes."""
    return Policy(("educator", CLASS), scope=WRITE, subject=subject)


def educator_at(subject: SubjectFinder) -> Policy:
    """Educators of the learner's classes and school."""
    return Policy(("educator", CLASS), ("educator", SCHOOL), scope=WRITE, subject=subject)


PROFILE_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", CLASS),
    ("educator", SCHOOL),
    ("administrator", SCHOOL),
    (PARTNER, PARTNER),
    scope=READ,
    subject=profile_asked,
)
TEACHER_THEMSELVES = Policy(("educator", OWN), ("administrator", SCHOOL), scope=READ, subject=person_asked)
EVERYONE = Policy(
    *((role, DISTRICT) for role in ("learner", "guardian", "educator", "administrator", PARTNER)), scope=READ, apps=True
)
DISTRICT_OFFICE = Policy(("administrator", SCHOOL), scope=WRITE, subject=the_district)
