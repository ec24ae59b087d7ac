"""From the engine's report to what is kept of a run: each student's result, and the figures, which name nobody."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.scheduler.distribution_files.from_timetable import RoundInput, SetAside
from services.scheduler.distribution_files.lottery import lottery
from services.scheduler.distribution_files.solve_order import Solved
from services.scheduler.domain.distribution.credit import START
from services.scheduler.domain.rankings import BlockRanking, Ranking
from services.scheduler.domain.round_runs import ChoiceReason, EmptyBlock, GivenPlace, Result, Run
from services.scheduler.domain.rounds import derived_id

FIGURES = ("worth", "credit", "figures", "groups", "occurrences", "reasons_tried")
_WORDS_ABOUT_PLACE = frozenset({"block", "rank"})


@dataclass(frozen=True, slots=True)
class Worked:
    """A run worked out: the results in lottery order, the figures, whether the engine came to its end, the digest."""

    results: list[Result]
    figures: dict[str, Any]
    complete: bool
    digest: str


def worked_out(run: Run, rankings: Sequence[Ranking], given: RoundInput, solved: Solved) -> Worked:
    """Put the report and what was set aside together, by student. The same parts give the same digest."""
    rows = {row["student"]: row for row in solved.report["students"]}
    ordered = sorted(rankings, key=lambda one: (lottery(run.seed, one.student_id), one.student_id))
    complete = bool(solved.report["finished"])
    author = _Author(run, given, solved, complete)
    results = [author.result(place, one, rows.get(one.student_id)) for place, one in enumerate(ordered)]
    figures = {name: solved.report[name] for name in FIGURES if name in solved.report}
    keys = Counter(row.key for rows in given.set_aside.values() for row in rows)
    keys["often-enough"] += len(solved.over_quota)
    figures["set_aside"] = {key: count for key, count in sorted(keys.items()) if count}
    return Worked(results, figures, complete, _digest(results, figures))


class _Author:
    """Writes the result of one student after the other."""

    def __init__(self, run: Run, given: RoundInput, solved: Solved, complete: bool) -> None:
        self.run, self.given, self.complete = run, given, complete
        self.over_quota = set(solved.over_quota)

    def result(self, place: int, ranking: Ranking, row: Mapping[str, Any] | None) -> Result:
        """What this student gets, and why."""
        wanted = [block for block in ranking.blocks if block.ranked or block.calm]
        places = tuple(self._places(wanted, row))
        filled = {one.block_id for one in places}
        credit = self.given.credits.get(ranking.student_id, START)
        return Result(
            result_id=derived_id("result", self.run.run_id, ranking.student_id),
            version=0,
            district_id=self.run.district_id,
            school_id=self.run.school_id,
            round_id=self.run.round_id,
            run_id=self.run.run_id,
            student_id=ranking.student_id,
            place=place,
            blocks=len(wanted),
            share=row["share"] if row else 0.0,
            credit=credit,
            credit_after=row["credit_after"] if row else credit,
            takes_part=row is not None,
            places=places,
            reasons=tuple(self._reasons(wanted, ranking.student_id, row)),
            empty=tuple(self._empty(block, ranking.student_id) for block in wanted if block.block_id not in filled),
        )

    def _places(self, wanted: Sequence[BlockRanking], row: Mapping[str, Any] | None) -> Iterator[GivenPlace]:
        chosen = {choice.occurrence_id: (block, rank, choice) for block, rank, choice in _ranked(wanted)}
        calm = {block.block_id: len(block.ranked) + 1 for block in wanted}
        for given in row["placements"] if row else ():
            name = given["occurrence"]
            if name in chosen:
                block, rank, choice = chosen[name]
                yield GivenPlace(
                    block_id=block.block_id,
                    occurrence_id=name,
                    space_id=None,
                    rank=rank,
                    goal_id=choice.goal_id,
                    step_id=choice.step_id,
                )
            else:
                space_id, _, block_id = name.partition("@")
                yield GivenPlace(block_id=block_id, occurrence_id=None, space_id=space_id, rank=calm[block_id])

    def _reasons(
        self, wanted: Sequence[BlockRanking], student_id: str, row: Mapping[str, Any] | None
    ) -> Iterator[ChoiceReason]:
        """One reason a ranked choice, block after block in the student's order; the calm space comes last."""
        told = {one["occurrence"]: one for one in (row["choices"] if row else ())}
        aside = {one.occurrence_id: one for one in self.given.set_aside.get(student_id, ())}
        for block in wanted:
            for rank, choice in enumerate(block.ranked, start=1):
                name = choice.occurrence_id
                if (student_id, name) in self.over_quota:
                    aside[name] = SetAside(name, block.block_id, rank, "often-enough")
                if name in aside:
                    yield ChoiceReason(
                        block_id=block.block_id, occurrence_id=name, rank=rank, key=aside[name].key, params={}
                    )
                elif name in told:
                    yield _reason(told[name], block.block_id, name, rank)
            if block.calm and (calm := _calm(told, block.block_id)):
                yield _reason(calm, block.block_id, None, len(block.ranked) + 1)

    def _empty(self, block: BlockRanking, student_id: str) -> EmptyBlock:
        aside = [one for one in self.given.set_aside.get(student_id, ()) if one.block_id == block.block_id]
        if any(one.key == "yours-already" for one in aside):
            return EmptyBlock(block_id=block.block_id, key="keeps-own")
        if len(aside) == len(block.ranked) and not block.calm:
            return EmptyBlock(block_id=block.block_id, key="nothing-counted")
        return EmptyBlock(block_id=block.block_id, key="nothing-left" if self.complete else "stopped-early")


def _ranked(wanted: Sequence[BlockRanking]) -> Iterator[tuple[BlockRanking, int, Any]]:
    for block in wanted:
        for rank, choice in enumerate(block.ranked, start=1):
            yield block, rank, choice


def _calm(told: Mapping[str, Mapping[str, Any]], block_id: str) -> Mapping[str, Any] | None:
    """What is told of a block's calm spaces: of the one that was given, else of the first."""
    mine = [one for name, one in sorted(told.items()) if name.endswith(f"@{block_id}")]
    return next((one for one in mine if one["key"] == "placed"), mine[0] if mine else None)


def _reason(told: Mapping[str, Any], block_id: str, occurrence_id: str | None, rank: int) -> ChoiceReason:
    """`rank` is the student's own: the engine counts only the choices that can count."""
    change = told.get("change")
    return ChoiceReason(
        block_id=block_id,
        occurrence_id=occurrence_id,
        rank=rank,
        key=told["key"],
        params={name: value for name, value in told["facts"].items() if name not in _WORDS_ABOUT_PLACE},
        change=change,
        change_params={"credit": told["credit"]} if change and "credit" in told else None,
    )


def _digest(results: Sequence[Result], figures: Mapping[str, Any]) -> str:
    """Of everything that the run says, but not of the run's own ids."""
    own = {"result_id", "run_id", "version"}
    rows = [{name: value for name, value in asdict(one).items() if name not in own} for one in results]
    text = json.dumps([rows, figures], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
