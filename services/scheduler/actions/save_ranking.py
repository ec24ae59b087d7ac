"""A student saves their ranking: a draft until the round closes."""

from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.directory import PEOPLE
from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.rankings import BlockRanking, Known, Ranking, check_ranking, ranking_id
from services.scheduler.domain.rounds import NoSuchRound, Round
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.store.learners import LEARNER, LEARNERS
from services.scheduler.store.ledger import students_of
from services.scheduler.store.occurrences import OCCURRENCES, occurrences_in
from services.scheduler.store.rounds import RANKING, RANKINGS, ROUNDS, ranking_of, round_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRanking:
    """Whose ranking in which round; `expected` is the version it was made for, None: whatever there is."""

    round_id: str
    student_id: str
    blocks: tuple[BlockRanking, ...]
    friend_ids: tuple[str, ...] = ()
    expected: int | None = None


async def save_ranking(tx: Transaction, order: SaveRanking) -> Ranking:
    """Keep it in place of what was saved before.

    Raises: Refusals of NoSuchRound, NoSuchStudent, StaleVersion and of `check_ranking`.
    """
    of = await round_of(tx[ROUNDS], order.round_id)
    if of is None:
        raise refuse(NoSuchRound())
    was = await ranking_of(tx[RANKINGS], ranking_id(order.round_id, order.student_id))
    check_version(was.version if was is not None else 0, order.expected)
    ranking = check_ranking(_ranking(tx, order, of, was), of, await _known(tx, order, of), tx.now)
    return replace(ranking, version=tx[RANKINGS].save(RANKING.pack(ranking)))


def _ranking(tx: Transaction, order: SaveRanking, of: Round, was: Ranking | None) -> Ranking:
    return Ranking(
        ranking_id=ranking_id(order.round_id, order.student_id),
        version=was.version if was is not None else 0,
        district_id=tx.district_id,
        school_id=of.school_id,
        round_id=order.round_id,
        student_id=order.student_id,
        blocks=order.blocks,
        friend_ids=order.friend_ids,
        saved_at=tx.now,
    )


async def _known(tx: Transaction, order: SaveRanking, of: Round) -> Known:
    people: dict[str, Student] = await students_of(tx[PEOPLE], sorted({order.student_id, *order.friend_ids}))
    if order.student_id not in people:
        raise refuse(NoSuchStudent())
    learner = await LEARNER.get(tx[LEARNERS], order.student_id)
    occurrences = await occurrences_in(tx[OCCURRENCES], of.block_ids)
    return Known(
        occurrences={one.occurrence_id: one for one in occurrences},
        student=people[order.student_id],
        learner=learner or Learner(person_id=order.student_id),
        friends=people,
    )
