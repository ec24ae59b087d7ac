"""What may a student rank in a round, and what have they ranked?"""

import asyncio
from dataclasses import dataclass

from kit.directory import PEOPLE
from kit.edge import Reader
from kit.refusals import refuse
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.rankings import Ranking, open_choices, ranking_id
from services.scheduler.domain.rounds import NoSuchRound, Round
from services.scheduler.domain.students import NoSuchStudent
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.ledger import students_of
from services.scheduler.store.occurrences import OCCURRENCES, occurrences_in
from services.scheduler.store.rounds import RANKINGS, ROUNDS, ranking_of, round_of


@dataclass(frozen=True, slots=True)
class RoundChoices:
    """A round as one student sees it: its blocks in time order, and in each only what is open to them."""

    of: Round
    blocks: list[Block]
    choices: dict[str, list[Occurrence]]


async def get_round(reader: Reader, round_id: str) -> Round:
    """A round.

    Raises: Refusals of NoSuchRound.
    """
    found = await round_of(reader[ROUNDS], round_id)
    if found is None:
        raise refuse(NoSuchRound())
    return found


async def get_choices(reader: Reader, round_id: str, person_id: str) -> RoundChoices:
    """What this student may rank.

    Raises: Refusals of NoSuchRound, NoSuchStudent.
    """
    of = await get_round(reader, round_id)
    people, blocks, occurrences = await asyncio.gather(
        students_of(reader[PEOPLE], [person_id]),
        BLOCK.many(reader[BLOCKS], of.block_ids),
        occurrences_in(reader[OCCURRENCES], of.block_ids),
    )
    if person_id not in people:
        raise refuse(NoSuchStudent())
    choices: dict[str, list[Occurrence]] = {block_id: [] for block_id in of.block_ids}
    for one in sorted(open_choices(of, occurrences, people[person_id]), key=lambda one: (one.title, one.occurrence_id)):
        choices[one.block_id].append(one)
    return RoundChoices(of, sorted(blocks.values(), key=lambda block: (block.starts_at, block.block_id)), choices)


async def get_ranking(reader: Reader, round_id: str, person_id: str) -> Ranking:
    """The ranking as it is saved; version 0 where nothing is.

    Raises: Refusals of NoSuchRound.
    """
    of = await get_round(reader, round_id)
    key = ranking_id(round_id, person_id)
    empty = Ranking(
        ranking_id=key,
        version=0,
        district_id=reader.district_id,
        school_id=of.school_id,
        round_id=round_id,
        student_id=person_id,
    )
    return await ranking_of(reader[RANKINGS], key) or empty
