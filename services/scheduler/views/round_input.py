"""What would a round be worked out from, as things stand now?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from kit.directory import PEOPLE
from kit.edge import Reader
from services.scheduler.distribution_files.from_timetable import Timetable
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.booking import seat_needs
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.rankings import Ranking
from services.scheduler.domain.resource_days import ResourceDay, resource_day_id
from services.scheduler.domain.rounds import Round
from services.scheduler.domain.spaces import Space, pool_day, space_day
from services.scheduler.domain.weeks import Week, week_id
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.ledger import students_of
from services.scheduler.store.occurrences import OCCURRENCES, occurrences_in
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS
from services.scheduler.store.rounds import CREDITS, RANKINGS, credits_of, rankings_in
from services.scheduler.store.spaces import POOL, POOLS, SPACE, SPACES, own_work_spaces
from services.scheduler.store.weeks import WEEK, WEEKS


@dataclass(frozen=True, slots=True)
class _Time:
    """The part of a timetable that is about time and space."""

    blocks: dict[str, Block]
    occurrences: list[Occurrence]
    own_work_spaces: list[Space]
    days: dict[str, ResourceDay]


async def get_timetable(reader: Reader, of: Round, seed: int) -> Timetable:
    """Everything that counts for a round, from a fixed number of indexed queries, however many students ranked."""
    time, rankings = await asyncio.gather(_time(reader, of), rankings_in(reader[RANKINGS], of.round_id))
    student_ids = [ranking.student_id for ranking in rankings]
    weeks = {block.week for block in time.blocks.values()}
    students, credits, held = await asyncio.gather(
        students_of(reader[PEOPLE], student_ids),
        credits_of(reader[CREDITS], of.school_id, student_ids),
        _weeks(reader, rankings, sorted(weeks)),
    )
    return Timetable(
        of=of,
        seed=seed,
        blocks=time.blocks,
        occurrences=time.occurrences,
        own_work_spaces=time.own_work_spaces,
        days=time.days,
        rankings=rankings,
        students=students,
        weeks=held,
        credits={student_id: row["credit"] for student_id, row in credits.items()},
    )


async def _time(reader: Reader, of: Round) -> _Time:
    blocks, occurrences, spaces = await asyncio.gather(
        BLOCK.many(reader[BLOCKS], of.block_ids),
        occurrences_in(reader[OCCURRENCES], of.block_ids),
        own_work_spaces(reader[SPACES], [of.school_id]),
    )
    return _Time(blocks, occurrences, spaces, await _days(reader, blocks, occurrences, spaces))


async def _days(
    reader: Reader, blocks: dict[str, Block], occurrences: Sequence[Occurrence], own_work: Sequence[Space]
) -> dict[str, ResourceDay]:
    """The days of all spaces and pools in use; one that nobody touched yet is made from its space or pool."""
    dates = {block.day for block in blocks.values()}
    wanted = {resource_day_id(space.space_id, day) for space in own_work for day in dates}
    wanted |= {need.day_id for one in occurrences for need in seat_needs(one)}
    space_ids = {one.space_id for one in occurrences if one.space_id is not None}
    pool_ids = {need.pool_id for one in occurrences for need in one.equipment}
    days, spaces, pools = await asyncio.gather(
        RESOURCE_DAY.many(reader[RESOURCE_DAYS], sorted(wanted)),
        SPACE.many(reader[SPACES], sorted(space_ids)),
        POOL.many(reader[POOLS], sorted(pool_ids)),
    )
    every_space = {**spaces, **{space.space_id: space for space in own_work}}
    fresh = [space_day(space, day) for space in every_space.values() for day in dates]
    fresh += [pool_day(pool, day) for pool in pools.values() for day in dates]
    return {**{day.day_id: day for day in fresh}, **days}


async def _weeks(reader: Reader, rankings: Sequence[Ranking], weeks: Sequence[str]) -> dict[str, Week]:
    keys = [week_id(ranking.student_id, week) for ranking in rankings for week in weeks]
    return await WEEK.many(reader[WEEKS], keys)
