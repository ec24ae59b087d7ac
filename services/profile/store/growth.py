"""Growth as documents: profiles, goals, targets, evidence and stories, and the indexes their questions use."""

from kit.mongo import Collection, Index
from kit.records import Record
from services.profile.domain.assessments import Assessment
from services.profile.domain.evidence import Evidence
from services.profile.domain.goals import Goal, GoalPolicy
from services.profile.domain.pace import GoalPlacement
from services.profile.domain.profile_fields import Profile, Turn
from services.profile.domain.skills import Growth
from services.profile.domain.targets import Proposal, Target
from services.profile.domain.vocabulary import Vocabulary

BY_ID = ("district_id", "_id")

PROFILES = Collection(
    "profiles",
    shard_key=BY_ID,
    indexes=(Index(("district_id", "fields.written_by")), Index(("district_id", "fields.visibility.named_ids"))),
)
PROFILE_TURNS = Collection(
    "profile_turns",
    shard_key=BY_ID,
    indexes=(
        Index(("district_id", "person_id", "-version", "-_id")),
        Index(("district_id", "by")),
        Index(("district_id", "written_by")),
        Index(("district_id", "visibility.named_ids")),
    ),
)
VOCABULARIES = Collection("vocabularies", shard_key=BY_ID)
TARGETS = Collection("targets", shard_key=BY_ID, indexes=(Index(("district_id", "code", "_id")),))
GOAL_POLICIES = Collection("goal_policies", shard_key=BY_ID)
GOALS = Collection(
    "goals",
    shard_key=BY_ID,
    indexes=(
        Index(("district_id", "person_id", "-written_at", "-_id")),
        Index(("district_id", "person_id", "state", "-written_at", "-_id")),
        Index(("district_id", "turns.by")),
    ),
)
GOAL_PLACEMENTS = Collection(
    "goal_placements",
    shard_key=BY_ID,
    indexes=(Index(("district_id", "goal_id", "starts_at")), Index(("district_id", "person_id"))),
)
PROPOSALS = Collection(
    "target_proposals",
    shard_key=BY_ID,
    indexes=(
        Index(("district_id", "person_id", "-proposed_at", "-_id")),
        Index(("district_id", "goal_id", "target_id")),
        Index(("district_id", "proposed_by")),
    ),
)
EVIDENCE = Collection(
    "evidence",
    shard_key=BY_ID,
    indexes=(
        Index(("district_id", "person_id", "-at", "-_id")),
        Index(("district_id", "person_id", "state", "-at", "-_id")),
        Index(("district_id", "by")),
        Index(("district_id", "answered_by")),
    ),
)
ASSESSMENTS = Collection(
    "assessments",
    shard_key=BY_ID,
    indexes=(Index(("district_id", "person_id", "-at", "-_id")), Index(("district_id", "by"))),
)
GROWTH = Collection("growth", shard_key=BY_ID, indexes=(Index(("district_id", "person_id")),))
PROJECTS = Collection("projects", shard_key=BY_ID)
TEAM_PLACES = Collection("team_places", shard_key=BY_ID, indexes=(Index(("district_id", "person_id")),))
DISTRICTS = Collection("districts", shard_key=BY_ID)

PROFILE = Record(Profile, "person_id")
TURN = Record(Turn, "turn_id")
VOCABULARY = Record(Vocabulary, "district_id")
TARGET = Record(Target, "target_id")
GOAL_POLICY = Record(GoalPolicy, "district_id")
GOAL = Record(Goal, "goal_id")
GOAL_PLACEMENT = Record(GoalPlacement, "placement_id")
PROPOSAL = Record(Proposal, "proposal_id")
EVIDENCE_RECORD = Record(Evidence, "evidence_id")
ASSESSMENT = Record(Assessment, "assessment_id")
GROWTH_RECORD = Record(Growth, "growth_id")

GROWTH_COLLECTIONS: tuple[Collection, ...] = (
    ASSESSMENTS,
    DISTRICTS,
    EVIDENCE,
    GOAL_PLACEMENTS,
    GOAL_POLICIES,
    GOALS,
    GROWTH,
    PROFILE_TURNS,
    PROFILES,
    PROJECTS,
    PROPOSALS,
    TARGETS,
    TEAM_PLACES,
    VOCABULARIES,
)
