"""A student's side of a round, over HTTP: what they may rank, their draft, their result."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.save_ranking import SaveRanking, save_ranking
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.no_place import GoalUnknown
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.openings import seats_left
from services.scheduler.domain.rankings import (
    BlockRankedTwice,
    BlockRanking,
    Choice,
    ChoiceNotOpenToYou,
    NoSuchBlockToRank,
    NoSuchChoice,
    NoSuchFriend,
    NotAStudentHere,
    RankedTwice,
    Ranking,
    RankingClosed,
    RankingNotYetOpen,
    TooManyChoices,
    TooManyFriends,
)
from services.scheduler.domain.rounds import MOST_BLOCKS, NoSuchRound, RoundState
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.routes.fields import Id, PathId
from services.scheduler.routes.round_shapes import ResultShown
from services.scheduler.routes.round_subjects import OWN_RANKING, RANKING_READERS
from services.scheduler.views.round_choices import RoundChoices, get_choices, get_ranking
from services.scheduler.views.round_results import get_own_result

routes = Routes(prefix="/v1/people/{person_id}/rounds/{round_id}", tags=["rounds"])


class ChoiceWanted(Body):
    """An occurrence, and the goal and step it is chosen for."""

    occurrence_id: Id
    goal_id: Id | None = None
    step_id: Id | None = None


class BlockRankingWanted(Body):
    """A block's choices, best first; `calm`: if none of these, then a calm space."""

    block_id: Id
    ranked: tuple[ChoiceWanted, ...] = Field((), max_length=100)
    calm: bool = False


class RankingWanted(Body):
    """The whole ranking, in place of what was saved. Friends count where both name each other."""

    blocks: tuple[BlockRankingWanted, ...] = Field((), max_length=MOST_BLOCKS)
    friend_ids: tuple[Id, ...] = Field((), max_length=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingShown:
    """A ranking as it is saved; version 0 and no `saved_at`: nothing is saved yet."""

    round_id: str
    student_id: str
    version: int
    blocks: tuple[BlockRanking, ...]
    friend_ids: tuple[str, ...]
    saved_at: datetime | None

    @classmethod
    def of(cls, ranking: Ranking) -> "RankingShown":
        """What is shown of a ranking."""
        return cls(
            round_id=ranking.round_id,
            student_id=ranking.student_id,
            version=ranking.version,
            blocks=ranking.blocks,
            friend_ids=ranking.friend_ids,
            saved_at=ranking.saved_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RankableShown:
    """Something that the student may rank."""

    occurrence_id: str
    offer_id: str
    space_id: str | None
    title: str
    kind: str
    host_ids: tuple[str, ...]
    tags: tuple[str, ...]
    target_ids: tuple[str, ...]
    seats_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankableBlock:
    """A block of the round, and what the student may rank in it."""

    block_id: str
    period_name: str
    day: date
    starts_at: datetime
    ends_at: datetime
    choices: list[RankableShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesShown:
    """A round as one student sees it."""

    round_id: str
    title: str
    state: RoundState
    opens_at: datetime
    closes_at: datetime
    blocks: list[RankableBlock]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnResultShown:
    """A student's result; null while the round is not published, or where they ranked nothing in it."""

    round_id: str
    title: str
    state: RoundState
    result: ResultShown | None


@routes.get("/choices", policy=RANKING_READERS, refuses=[NoSuchRound, NoSuchStudent])
async def get_round_choices(person_id: PathId, round_id: PathId, edge: EdgeDep) -> ChoicesShown:
    """What this student may rank, block by block."""
    return _choices(await get_choices(edge.reader, round_id, person_id))


@routes.get("/ranking", policy=RANKING_READERS, refuses=[NoSuchRound])
async def get_own_ranking(person_id: PathId, round_id: PathId, edge: EdgeDep) -> RankingShown:
    """The ranking as it is saved."""
    ranking = await get_ranking(edge.reader, round_id, person_id)
    edge.tag(ranking.version)
    return RankingShown.of(ranking)


@routes.put(
    "/ranking",
    policy=OWN_RANKING,
    refuses=[
        NoSuchRound, NoSuchStudent, StaleVersion, RankingNotYetOpen, RankingClosed, NotAStudentHere, NoSuchBlockToRank,
        BlockRankedTwice, TooManyChoices, NoSuchChoice, ChoiceNotOpenToYou, RankedTwice, GoalUnknown, TooManyFriends,
        NoSuchFriend,
    ],
)  # fmt: skip
async def put_own_ranking(
    person_id: PathId, round_id: PathId, body: RankingWanted, expected: IfMatch, edge: EdgeDep
) -> RankingShown:
    """Save the ranking; it can be saved again until the round closes."""
    order = SaveRanking(
        round_id=round_id,
        student_id=person_id,
        blocks=tuple(_block(block) for block in body.blocks),
        friend_ids=body.friend_ids,
        expected=expected,
    )
    ranking = await edge.act(save_ranking, order)
    edge.tag(ranking.version)
    return RankingShown.of(ranking)


@routes.get("/result", policy=RANKING_READERS, refuses=[NoSuchRound])
async def get_result(person_id: PathId, round_id: PathId, edge: EdgeDep) -> OwnResultShown:
    """What the student got, why, and what would have changed it."""
    own = await get_own_result(edge.reader, round_id, person_id)
    return OwnResultShown(
        round_id=own.of.round_id,
        title=own.of.title,
        state=own.of.state,
        result=ResultShown.of(own.result, own.names) if own.result is not None else None,
    )


def _block(wanted: BlockRankingWanted) -> BlockRanking:
    ranked = tuple(
        Choice(occurrence_id=one.occurrence_id, goal_id=one.goal_id, step_id=one.step_id) for one in wanted.ranked
    )
    return BlockRanking(block_id=wanted.block_id, ranked=ranked, calm=wanted.calm)


def _choices(found: RoundChoices) -> ChoicesShown:
    return ChoicesShown(
        round_id=found.of.round_id,
        title=found.of.title,
        state=found.of.state,
        opens_at=found.of.opens_at,
        closes_at=found.of.closes_at,
        blocks=[_rankable(block, found.choices[block.block_id]) for block in found.blocks],
    )


def _rankable(block: Block, choices: list[Occurrence]) -> RankableBlock:
    return RankableBlock(
        block_id=block.block_id,
        period_name=block.period_name,
        day=block.day,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
        choices=[_shown(one) for one in choices],
    )


def _shown(one: Occurrence) -> RankableShown:
    return RankableShown(
        occurrence_id=one.occurrence_id,
        offer_id=one.offer_id,
        space_id=one.space_id,
        title=one.title,
        kind=one.kind,
        host_ids=one.host_ids,
        tags=one.tags,
        target_ids=one.target_ids,
        seats_left=seats_left(one),
    )
