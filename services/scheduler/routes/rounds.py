"""Ranked rounds, over HTTP: opened by the office, closed, published, undone."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.end_ranking import EndRanking, call_off_round, close_round
from services.scheduler.actions.open_round import OpenRound, open_a_round
from services.scheduler.actions.settle_round import PublishRun, UndoRound, publish_run, undo_round
from services.scheduler.domain.day_patterns import RangeOutOfBounds, check_range
from services.scheduler.domain.round_runs import NoSuchRun, RunNotFinished
from services.scheduler.domain.rounds import (
    MOST_BLOCKS,
    BlockClosedToRounds,
    BlockInAnotherRound,
    BlocksLocked,
    NoSuchBlockInRound,
    NoSuchRound,
    NothingToRank,
    RankingEndsAfterLock,
    RankingEndsBeforeItBegins,
    RankingStillOpen,
    Round,
    RoundNotOpen,
    RoundNotPublished,
    RoundState,
    TooManyBlocks,
)
from services.scheduler.routes.fields import Day, Id, Moment, Name, PathId
from services.scheduler.routes.round_subjects import ROUND_OFFICE, ROUND_READERS
from services.scheduler.routes.subjects import SCHOOL_OFFICE, SCHOOL_READERS, NoSuchSchool
from services.scheduler.store.rounds import ROUNDS, unpack_round
from services.scheduler.views.round_choices import get_round

routes = Routes(prefix="/v1", tags=["rounds"])
Seed = Annotated[int, Field(ge=0, lt=2**53)]
NEWEST_FIRST = Keyset(("-made_at", "-_id"))


class RoundWanted(Body):
    """A round over named blocks, or over all from one day to another (of these periods); `seed` absent: one is drawn.

    `offer_ids` and `occurrence_ids` narrow what is given out; both empty: everything in these blocks.
    """

    title: Name
    opens_at: Moment | None = None
    closes_at: Moment
    block_ids: frozenset[Id] = Field(frozenset(), max_length=MOST_BLOCKS)
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    period_ids: frozenset[Id] = Field(frozenset(), max_length=50)
    offer_ids: frozenset[Id] = Field(frozenset(), max_length=500)
    occurrence_ids: frozenset[Id] = Field(frozenset(), max_length=500)
    seed: Seed | None = None

    @model_validator(mode="after")
    def _blocks_or_range(self) -> "RoundWanted":
        has_range = self.first is not None and self.last is not None
        if bool(self.block_ids) == has_range or (self.first is None) != (self.last is None):
            raise ValueError("either block_ids, or from and to")
        return self


class PublicationWanted(Body):
    """Which run is to count. `even_if_changed`: although seats, rankings or eligibility are others than it knew."""

    run_id: Id
    even_if_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlingShown:
    """How far the last publication or undo has come. `refused` says why nothing was published."""

    run_id: str
    asked_at: datetime
    students: int
    settled: int
    placed: int
    not_placed: int
    freed: int
    returned: int
    not_returned: int
    refused: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundShown:
    """A round. The seed is published from the start: whoever knows the input can work out the result again."""

    round_id: str
    version: int
    school_id: str
    title: str
    seed: int
    opens_at: datetime
    closes_at: datetime
    block_ids: tuple[str, ...]
    offer_ids: frozenset[str]
    occurrence_ids: frozenset[str]
    state: RoundState
    published_run_id: str | None
    settling: SettlingShown | None

    @classmethod
    def of(cls, shown: Round) -> "RoundShown":
        """What may be seen of it by whoever belongs to the school."""
        return cls(
            round_id=shown.round_id,
            version=shown.version,
            school_id=shown.school_id,
            title=shown.title,
            seed=shown.seed,
            opens_at=shown.opens_at,
            closes_at=shown.closes_at,
            block_ids=shown.block_ids,
            offer_ids=shown.offer_ids,
            occurrence_ids=shown.occurrence_ids,
            state=shown.state,
            published_run_id=shown.published_run_id,
            settling=_settling(shown),
        )


@routes.post(
    "/schools/{school_id}/rounds",
    policy=SCHOOL_OFFICE,
    status_code=201,
    refuses=[
        NoSuchSchool, NoSuchBlockInRound, RangeOutOfBounds, RankingEndsBeforeItBegins, RankingEndsAfterLock,
        BlockClosedToRounds, BlockInAnotherRound, NothingToRank, TooManyBlocks,
    ],
)  # fmt: skip
async def post_round(school_id: PathId, body: RoundWanted, edge: EdgeDep) -> RoundShown:
    """Open a round: from now on seats in its blocks are not first come, until it is published or called off."""
    if body.first is not None and body.last is not None:
        check_range(body.first, body.last)
    order = OpenRound(
        round_id=edge.new_id("round"),
        school_id=school_id,
        title=body.title,
        seed=secrets.randbelow(2**31) if body.seed is None else body.seed,
        opens_at=_to_the_millisecond(body.opens_at or edge.now),
        closes_at=_to_the_millisecond(body.closes_at),
        block_ids=tuple(sorted(body.block_ids)),
        first=body.first,
        last=body.last,
        period_ids=body.period_ids,
        offer_ids=body.offer_ids,
        occurrence_ids=body.occurrence_ids,
        opened_by=edge.caller.caller_id,
    )
    opened = await edge.act(open_a_round, order)
    edge.location(f"/v1/rounds/{opened.round_id}")
    return RoundShown.of(opened)


@routes.get("/schools/{school_id}/rounds", policy=SCHOOL_READERS, refuses=[NoSuchSchool, StaleCursor])
async def get_rounds(school_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[RoundShown]:
    """A school's rounds, newest first."""
    where = {"school_id": school_id}
    return await edge.page(ask, edge.reader[ROUNDS], where, NEWEST_FIRST, lambda row: RoundShown.of(unpack_round(row)))


@routes.get("/rounds/{round_id}", policy=ROUND_READERS, refuses=[NoSuchRound])
async def get_one(round_id: PathId, edge: EdgeDep) -> RoundShown:
    """One round, and how far a publication or undo of it has come."""
    return RoundShown.of(await get_round(edge.reader, round_id))


@routes.post("/rounds/{round_id}/close", policy=ROUND_OFFICE, refuses=[NoSuchRound, RoundNotOpen])
async def post_close(round_id: PathId, edge: EdgeDep) -> RoundShown:
    """Close the ranking now."""
    return RoundShown.of(await edge.act(close_round, EndRanking(round_id)))


@routes.post("/rounds/{round_id}/call-off", policy=ROUND_OFFICE, refuses=[NoSuchRound, RoundNotOpen])
async def post_call_off(round_id: PathId, edge: EdgeDep) -> RoundShown:
    """Give the round up: its seats are first come again."""
    return RoundShown.of(await edge.act(call_off_round, EndRanking(round_id)))


@routes.post(
    "/rounds/{round_id}/publish",
    policy=ROUND_OFFICE,
    status_code=202,
    refuses=[NoSuchRound, NoSuchRun, RunNotFinished, RoundNotOpen, RankingStillOpen, BlocksLocked],
)
async def post_publish(round_id: PathId, body: PublicationWanted, edge: EdgeDep) -> RoundShown:
    """Let a run count. It is carried out by a worker: look at the round to see how far it is.

    A run that was worked out from something else than what stands now is refused (`settling.refused` is
    `run-outdated`), unless that is asked for; places that are not possible any more are then left out, each with why.
    """
    order = PublishRun(round_id, body.run_id, body.even_if_changed, edge.caller.caller_id)
    return RoundShown.of(await edge.act(publish_run, order))


@routes.post(
    "/rounds/{round_id}/undo",
    policy=ROUND_OFFICE,
    status_code=202,
    refuses=[NoSuchRound, RoundNotPublished, BlocksLocked, BlockInAnotherRound],
)
async def post_undo(round_id: PathId, edge: EdgeDep) -> RoundShown:
    """Put back what stood before the publication; the round is open again, and any run of it can be published."""
    return RoundShown.of(await edge.act(undo_round, UndoRound(round_id, edge.caller.caller_id)))


def _settling(shown: Round) -> SettlingShown | None:
    done = shown.settling
    if done is None:
        return None
    return SettlingShown(
        run_id=done.run_id,
        asked_at=done.asked_at,
        students=done.students,
        settled=done.settled,
        placed=done.placed,
        not_placed=done.not_placed,
        freed=done.freed,
        returned=done.returned,
        not_returned=done.not_returned,
        refused=done.refused,
    )


def _to_the_millisecond(moment: datetime) -> datetime:
    """Which is what the store keeps."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
