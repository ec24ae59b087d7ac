"""Who may see and do what with rounds: their subjects and policies."""

from collections.abc import Mapping

from kit.auth import Caller, Subject
from kit.edge import Reader
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, person_in
from kit.refusals import refuse
from services.scheduler.domain.rounds import NoSuchRound
from services.scheduler.routes.placing import PLACE
from services.scheduler.routes.subjects import READ, everyone_at, office_at
from services.scheduler.store.rounds import ROUNDS


async def round_asked(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    """The school of the round in the path."""
    found = await reader[ROUNDS].one({"_id": asked["round_id"]}, ["school_id"])
    if found is None:
        raise refuse(NoSuchRound())
    return Subject(organisations=frozenset({found["school_id"]}))


ROUND_READERS, ROUND_OFFICE = everyone_at(round_asked), office_at(round_asked)
RUN_READERS = Policy(("administrator", SCHOOL), scope=READ, subject=round_asked)
OWN_RANKING = Policy(("learner", OWN), scope=PLACE, subject=person_in("person_id"))
RANKING_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", CLASS),
    ("administrator", SCHOOL),
    scope=READ,
    subject=person_in("person_id"),
)
