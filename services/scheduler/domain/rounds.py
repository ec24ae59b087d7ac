"""Rounds: when students rank what takes place in some blocks, and what becomes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from contracts.scheduler import RoundCalledOff, RoundOpened, RoundPublished, RoundUndone
from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence

MOST_BLOCKS = 60


class NoSuchRound(Refusal):
    kind = Kind.MISSING
    text = "There is no such round in this district."


class NoSuchBlockInRound(Refusal):
    kind = Kind.MISSING
    text = "There is no block {block_id} at this school."


class RankingEndsBeforeItBegins(Refusal):
    kind = Kind.INVALID
    text = "Ranking would close at {closes_at}, which is not after it opens. Check the two times."


class RankingEndsAfterLock(Refusal):
    kind = Kind.INVALID
    text = (
        "Ranking would close after the first block locks ({locks_at}). Let it close earlier, or leave that block out."
    )


class BlockClosedToRounds(Refusal):
    text = "The block of {day} is locked, cancelled or over: nothing in it can be ranked."


class BlockInAnotherRound(Refusal):
    text = "The block of {day} belongs to another round that is not published yet. Publish it or call it off first."


class NothingToRank(Refusal):
    kind = Kind.INVALID
    text = "Nothing takes place in these blocks that students could rank. Schedule offers there first."


class TooManyBlocks(Refusal):
    kind = Kind.INVALID
    text = "A round has at most {most} blocks; these are {blocks}. Make several rounds."


class RoundNotOpen(Refusal):
    text = "This round is {state}. Only a round that is open can change so."


class RoundNotPublished(Refusal):
    text = "This round is {state}. Only a published round can be undone."


class RankingStillOpen(Refusal):
    text = "Students can still rank until {closes_at}. Wait, or close the ranking first."


class BlocksLocked(Refusal):
    text = "Blocks of this round are locked already ({days}): places in them change no more."


class HeldForRound(Refusal):
    text = "Seats here are given out by a round, not first come. {what_to_do}."
    staff_text = "Seats here are held for a round that is not published yet. You can still assign a student."


class RoundState(StrEnum):
    """Where a round stands; while publishing or undoing a worker has it in hand."""

    OPEN = "open"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    UNDOING = "undoing"
    CALLED_OFF = "called-off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """A publication or an undo: of which run, on whose behalf, and how far it has come.

    `attempt` counts publications of the round: ids of placements are made from it. `refused` is a code, where the
    whole was refused. `placed` and `not_placed` count places; of an undo `returned` and `not_returned` those that
    students had left.
    """

    run_id: str
    attempt: int
    asked_by: str
    asked_at: datetime
    correlation_id: str
    even_if_changed: bool = False
    students: int = 0
    settled: int = 0
    placed: int = 0
    not_placed: int = 0
    freed: int = 0
    returned: int = 0
    not_returned: int = 0
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round of a school over some blocks; `offer_ids` and `occurrence_ids` narrow what is ranked (both empty: all).

    `claim` and `claimed_until`: which worker has it in hand, where one has.
    """

    round_id: str
    version: int
    district_id: str
    school_id: str
    title: str
    seed: int
    opens_at: datetime
    closes_at: datetime
    block_ids: tuple[str, ...]
    offer_ids: frozenset[str] = frozenset()
    occurrence_ids: frozenset[str] = frozenset()
    state: RoundState = RoundState.OPEN
    made_by: str
    made_at: datetime
    settling: Settling | None = None
    claim: str | None = None
    claimed_until: datetime | None = None

    @property
    def at_work(self) -> bool:
        """Whether a worker has to do something about it."""
        return self.state in (RoundState.PUBLISHING, RoundState.UNDOING)

    @property
    def published_run_id(self) -> str | None:
        """The run that counts, or None."""
        return self.settling.run_id if self.state is RoundState.PUBLISHED and self.settling is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A block whose seats are held for a round since a moment: whoever chooses must rank instead."""

    block_id: str
    district_id: str
    school_id: str
    round_id: str
    since: datetime
    opens_at: datetime
    closes_at: datetime
    offer_ids: frozenset[str] = frozenset()
    occurrence_ids: frozenset[str] = frozenset()


def is_ranked_in(of: Round | Hold, occurrence: Occurrence) -> bool:
    """Whether an occurrence of one of the blocks is given out by the round."""
    if not of.offer_ids and not of.occurrence_ids:
        return True
    return occurrence.offer_id in of.offer_ids or occurrence.occurrence_id in of.occurrence_ids


def held_for_round(hold: Hold | None, occurrence: Occurrence, asked_at: datetime) -> HeldForRound | None:
    """Why a student cannot choose a seat here at this moment, or None. A choice from before the hold still counts."""
    if hold is None or asked_at < hold.since or not is_ranked_in(hold, occurrence):
        return None
    if asked_at < hold.opens_at:
        what = f"You can rank it from {_said(hold.opens_at)} until {_said(hold.closes_at)}"
    elif asked_at < hold.closes_at:
        what = f"Rank it until {_said(hold.closes_at)}"
    else:
        what = f"Ranking closed at {_said(hold.closes_at)}; what is left after the result is first come"
    return HeldForRound(what_to_do=what, round_id=hold.round_id, closes_at=_said(hold.closes_at))


def holds_of(opened: Round, since: datetime) -> list[Hold]:
    """One hold a block."""
    return [
        Hold(
            block_id=block_id,
            district_id=opened.district_id,
            school_id=opened.school_id,
            round_id=opened.round_id,
            since=since,
            opens_at=opened.opens_at,
            closes_at=opened.closes_at,
            offer_ids=opened.offer_ids,
            occurrence_ids=opened.occurrence_ids,
        )
        for block_id in opened.block_ids
    ]


def open_round(
    new: Round, blocks: Sequence[Block], occurrences: Iterable[Occurrence], held: Iterable[str], now: datetime
) -> list[RoundOpened]:
    """The facts of a new round. `blocks` are its own, `held` those that another round holds.

    Raises: Refusals of RankingEndsBeforeItBegins, RankingEndsAfterLock, BlockClosedToRounds, BlockInAnotherRound,
    NothingToRank, TooManyBlocks.
    """
    taken = set(held)
    first_lock = min((block.locks_at for block in blocks), default=new.closes_at)
    ranked = any(is_ranked_in(new, occurrence) for occurrence in occurrences)
    refuse_all(
        TooManyBlocks(most=MOST_BLOCKS, blocks=len(blocks)) if len(blocks) > MOST_BLOCKS else None,
        RankingEndsBeforeItBegins(closes_at=_said(new.closes_at)) if new.closes_at <= new.opens_at else None,
        RankingEndsAfterLock(locks_at=_said(first_lock)) if new.closes_at > first_lock else None,
        *(BlockClosedToRounds(day=block.day.isoformat()) for block in blocks if _is_closed(block, now)),
        *(BlockInAnotherRound(day=block.day.isoformat()) for block in blocks if block.block_id in taken),
        None if ranked else NothingToRank(),
    )
    fact = RoundOpened(
        district_id=new.district_id,
        round_id=new.round_id,
        school_id=new.school_id,
        block_ids=new.block_ids,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
    )
    return [fact]


def close_ranking(opened: Round, now: datetime) -> Round:
    """Ranking closes now (or has closed already).

    Raises: Refusals of RoundNotOpen.
    """
    _must_be_open(opened)
    return replace(opened, opens_at=min(opened.opens_at, now), closes_at=min(opened.closes_at, now))


def call_off(opened: Round) -> tuple[Round, list[RoundCalledOff]]:
    """The round will not be distributed.

    Raises: Refusals of RoundNotOpen.
    """
    _must_be_open(opened)
    fact = RoundCalledOff(district_id=opened.district_id, round_id=opened.round_id, school_id=opened.school_id)
    return replace(opened, state=RoundState.CALLED_OFF), [fact]


def begin_publishing(opened: Round, asked: Settling, blocks: Iterable[Block], now: datetime) -> Round:
    """The round with a run about to be published.

    Raises: Refusals of RoundNotOpen, RankingStillOpen, BlocksLocked.
    """
    still_open = opened.state is RoundState.OPEN and now < opened.closes_at
    refuse_all(
        _not_open(opened),
        RankingStillOpen(closes_at=_said(opened.closes_at)) if still_open else None,
        _locked(blocks),
    )
    attempt = opened.settling.attempt + 1 if opened.settling is not None else 1
    return replace(opened, state=RoundState.PUBLISHING, settling=replace(asked, attempt=attempt))


def begin_undoing(published: Round, asked: Settling, blocks: Sequence[Block], held: Iterable[str]) -> Round:
    """The round about to be put back to before its publication. `held`: blocks that another round holds by now.

    Raises: Refusals of RoundNotPublished, BlocksLocked, BlockInAnotherRound.
    """
    is_published, taken = published.state is RoundState.PUBLISHED, set(held)
    refuse_all(
        None if is_published else RoundNotPublished(state=published.state.value),
        _locked(blocks),
        *(BlockInAnotherRound(day=block.day.isoformat()) for block in blocks if block.block_id in taken),
    )
    assert published.settling is not None, published
    attempt, run_id = published.settling.attempt, published.settling.run_id
    return replace(published, state=RoundState.UNDOING, settling=replace(asked, attempt=attempt, run_id=run_id))


def refuse_publication(publishing: Round, code: str) -> Round:
    """The round open again: the run could not be published as a whole."""
    assert publishing.settling is not None, publishing
    return replace(_let_go(publishing, RoundState.OPEN), settling=replace(publishing.settling, refused=code))


def finish_publishing(publishing: Round, result_digest: str, seed: int) -> tuple[Round, RoundPublished]:
    """The round with a run that counts, and the fact that says so. `seed` is the run's."""
    done = publishing.settling
    assert done is not None, publishing
    fact = RoundPublished(
        district_id=publishing.district_id,
        round_id=publishing.round_id,
        school_id=publishing.school_id,
        run_id=done.run_id,
        seed=seed,
        result_digest=result_digest,
        students=done.students,
        placed=done.placed,
        not_placed=done.not_placed,
        published_by=done.asked_by,
    )
    return _let_go(publishing, RoundState.PUBLISHED), fact


def finish_undoing(undoing: Round) -> tuple[Round, RoundUndone]:
    """The round open again, as it was before the publication, and the fact that says so."""
    done = undoing.settling
    assert done is not None, undoing
    fact = RoundUndone(
        district_id=undoing.district_id,
        round_id=undoing.round_id,
        school_id=undoing.school_id,
        run_id=done.run_id,
        freed=done.freed,
        returned=done.returned,
        not_returned=done.not_returned,
        undone_by=done.asked_by,
    )
    return _let_go(undoing, RoundState.OPEN), fact


def derived_id(noun: str, *parts: object) -> str:
    """An id made from what it belongs to: work that may run again makes no ids of its own."""
    digest = blake2b("\n".join(map(str, parts)).encode(), digest_size=16)
    return f"{noun}_{digest.hexdigest()}"


def _let_go(held: Round, state: RoundState) -> Round:
    return replace(held, state=state, claim=None, claimed_until=None)


def _must_be_open(held: Round) -> None:
    refuse_all(_not_open(held))


def _not_open(held: Round) -> RoundNotOpen | None:
    return None if held.state is RoundState.OPEN else RoundNotOpen(state=held.state.value)


def _locked(blocks: Iterable[Block]) -> BlocksLocked | None:
    days = [block.day.isoformat() for block in blocks if block.locked_at is not None]
    return BlocksLocked(days=", ".join(days)) if days else None


def _is_closed(block: Block, now: datetime) -> bool:
    return block.cancelled or block.locked_at is not None or block.starts_at <= now


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")
