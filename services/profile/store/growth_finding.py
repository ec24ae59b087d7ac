"""Finding one thing of a learner's growth by its id, or refusing because it is not there."""

from collections.abc import Sequence

from kit.refusals import refuse
from kit.transaction import Rows
from services.profile.domain.evidence import Evidence, NoSuchEvidence
from services.profile.domain.goals import Goal, GoalPolicy, NoSuchGoal
from services.profile.domain.people import NoSuchPerson
from services.profile.domain.profile_fields import Profile
from services.profile.domain.targets import NoSuchProposal, NoSuchTarget, Proposal, Target
from services.profile.domain.vocabulary import Vocabulary, starting_vocabulary
from services.profile.store.growth import EVIDENCE_RECORD, GOAL, GOAL_POLICY, PROFILE, PROPOSAL, TARGET, VOCABULARY


async def profile_of(rows: Rows, district_id: str, person_id: str) -> Profile:
    """What is said of this person; an empty profile where nothing is said yet."""
    found = await rows.get(person_id)
    return PROFILE.unpack(found) if found else Profile(person_id=person_id, version=0, district_id=district_id)


async def vocabulary_of(rows: Rows, district_id: str) -> Vocabulary:
    """The district's words, or the list that Trellis begins with."""
    found = await rows.get(district_id)
    return VOCABULARY.unpack(found) if found else starting_vocabulary(district_id)


async def goal_policy_of(rows: Rows, district_id: str) -> GoalPolicy:
    """The district's rule for goals, or what holds until it has one."""
    found = await rows.get(district_id)
    return GOAL_POLICY.unpack(found) if found else GoalPolicy(district_id=district_id, version=0)


async def goal_of(rows: Rows, goal_id: str) -> Goal:
    """The goal with this id. Raises: Refusals of NoSuchGoal."""
    found = await rows.get(goal_id)
    if found is None:
        raise refuse(NoSuchGoal())
    return GOAL.unpack(found)


async def target_of(rows: Rows, target_id: str) -> Target:
    """The target with this id. Raises: Refusals of NoSuchTarget."""
    found = await rows.get(target_id)
    if found is None:
        raise refuse(NoSuchTarget())
    return TARGET.unpack(found)


async def proposal_of(rows: Rows, proposal_id: str) -> Proposal:
    """The proposal with this id. Raises: Refusals of NoSuchProposal."""
    found = await rows.get(proposal_id)
    if found is None:
        raise refuse(NoSuchProposal())
    return PROPOSAL.unpack(found)


async def evidence_of(rows: Rows, evidence_id: str) -> Evidence:
    """The evidence with this id. Raises: Refusals of NoSuchEvidence."""
    found = await rows.get(evidence_id)
    if found is None:
        raise refuse(NoSuchEvidence())
    return EVIDENCE_RECORD.unpack(found)


async def known_ids(rows: Rows, row_ids: Sequence[str]) -> frozenset[str]:
    """Which of these ids are there, in one query that reads no more than the ids."""
    if not row_ids:
        return frozenset()
    return frozenset(row["_id"] for row in await rows.find({"_id": {"$in": list(row_ids)}}, fields=["_id"]))


async def check_person(people: Rows, person_id: str) -> None:
    """Nothing new is written about somebody who was forgotten. Raises: Refusals of NoSuchPerson."""
    if not await known_ids(people, [person_id]):
        raise refuse(NoSuchPerson())


async def forgotten_among(erasures: Rows, person_ids: Sequence[str]) -> frozenset[str]:
    """Who of these people was forgotten: what is heard of them late is not kept. One query."""
    rows = await erasures.find({"person_id": {"$in": list(person_ids)}}, fields=["person_id"])
    return frozenset(row["person_id"] for row in rows)
