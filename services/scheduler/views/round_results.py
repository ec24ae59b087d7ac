"""What came of a round: which runs has it, how do two of them differ, and what did a student get?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kit.edge import Reader
from kit.mongo import Document
from kit.refusals import refuse
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.calendars import zone_of
from services.scheduler.domain.round_runs import NoSuchRun, Result, Run, must_be_finished
from services.scheduler.domain.rounds import Round, derived_id
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.rounds import RESULT, RESULTS, RUNS, run_of
from services.scheduler.store.spaces import SPACE, SPACES
from services.scheduler.store.timetables import CALENDAR, CALENDARS
from services.scheduler.views.round_choices import get_round

SHARES = ("student_id", "share", "places.occurrence_id", "places.space_id", "places.block_id")


@dataclass(frozen=True, slots=True)
class Names:
    """What people call a round's blocks, occurrences and spaces, by id."""

    blocks: dict[str, str]
    titles: dict[str, str]

    def block(self, block_id: str) -> str:
        return self.blocks.get(block_id, "that block")


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A student's result of the run that counts; None while none does, or where they ranked nothing."""

    of: Round
    result: Result | None
    names: Names


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two finished runs side by side: how many students have another result in the second, and how they fare."""

    first: Run
    second: Run
    students: int
    different: int
    better: int
    worse: int


async def get_run(reader: Reader, round_id: str, run_id: str) -> Run:
    """A run of a round.

    Raises: Refusals of NoSuchRun.
    """
    found = await run_of(reader[RUNS], round_id, run_id)
    if found is None:
        raise refuse(NoSuchRun())
    return found


async def get_own_result(reader: Reader, round_id: str, person_id: str) -> OwnResult:
    """What a student got in the published run, and why.

    Raises: Refusals of NoSuchRound.
    """
    of = await get_round(reader, round_id)
    if of.published_run_id is None:
        return OwnResult(of, None, Names({}, {}))
    row = await reader[RESULTS].get(derived_id("result", of.published_run_id, person_id))
    result = RESULT.unpack(row) if row is not None else None
    return OwnResult(of, result, await names_for(reader, of, [result] if result is not None else []))


async def compare_runs(reader: Reader, round_id: str, first_id: str, second_id: str) -> Comparison:
    """Two runs of a round held against each other.

    Raises: Refusals of NoSuchRun, RunNotFinished.
    """
    first, second = await asyncio.gather(get_run(reader, round_id, first_id), get_run(reader, round_id, second_id))
    must_be_finished(first)
    must_be_finished(second)
    before, after = await asyncio.gather(_shares(reader, first), _shares(reader, second))
    both = sorted(set(before) & set(after))
    moved = [one for one in both if _given(before[one]) != _given(after[one])]
    return Comparison(
        first=first,
        second=second,
        students=len(both),
        different=len(moved),
        better=sum(after[one]["share"] > before[one]["share"] for one in moved),
        worse=sum(after[one]["share"] < before[one]["share"] for one in moved),
    )


async def names_for(reader: Reader, of: Round, results: Sequence[Result]) -> Names:
    """What people call the blocks of a round, and what stands in these results."""
    occurrence_ids = {one.occurrence_id for result in results for one in result.places}
    occurrence_ids |= {one.occurrence_id for result in results for one in result.reasons}
    space_ids = {place.space_id for result in results for place in result.places}
    blocks, calendar, occurrences, spaces = await asyncio.gather(
        BLOCK.many(reader[BLOCKS], of.block_ids),
        CALENDAR.get(reader[CALENDARS], of.school_id),
        OCCURRENCE.many(reader[OCCURRENCES], [key for key in occurrence_ids if key is not None]),
        SPACE.many(reader[SPACES], [key for key in space_ids if key is not None]),
    )
    zone = zone_of(calendar.time_zone if calendar is not None else "UTC")
    titles = {key: one.title for key, one in occurrences.items()} | {key: one.name for key, one in spaces.items()}
    return Names({key: _called(block, zone) for key, block in blocks.items()}, titles)


def _called(block: Block, zone: ZoneInfo) -> str:
    """`Wildcat Time, Tuesday 4 March 10:00`, by the school's clock."""
    starts = block.starts_at.astimezone(zone)
    return f"{block.period_name}, {starts:%A} {starts.day} {starts:%B} {starts:%H:%M}"


async def _shares(reader: Reader, run: Run) -> dict[str, Document]:
    rows = await reader[RESULTS].find({"run_id": run.run_id}, fields=SHARES)
    return {row["student_id"]: row for row in rows}


def _given(row: Document) -> set[tuple[str | None, ...]]:
    return {(one.get("occurrence_id"), one.get("space_id"), one.get("block_id")) for one in row["places"]}
