"""What is shown of runs and results: keys with their sentences, and nobody's id to anybody but the office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.scheduler.distribution_files.round_words import say_against, say_change, say_reason
from services.scheduler.domain.round_runs import (
    ChoiceReason,
    EmptyBlock,
    GivenPlace,
    Result,
    Run,
    RunProgress,
    RunState,
)
from services.scheduler.views.round_results import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """A run: how far it is, or what came of it. `figures` speak of the school's students together; groups of under ten
    are hidden. Same `input_digest` and seed, same `result_digest`."""

    run_id: str
    version: int
    round_id: str
    seed: int
    state: RunState
    asked_at: datetime
    finished_at: datetime | None
    progress: RunProgress | None
    students: int
    input_digest: str | None
    result_digest: str | None
    complete: bool
    fault: str | None
    figures: Mapping[str, Any] | None

    @classmethod
    def of(cls, run: Run) -> "RunShown":
        """What the office sees of a run."""
        return cls(
            run_id=run.run_id,
            version=run.version,
            round_id=run.round_id,
            seed=run.seed,
            state=run.state,
            asked_at=run.asked_at,
            finished_at=run.finished_at,
            progress=run.progress,
            students=run.students,
            input_digest=run.input_digest,
            result_digest=run.result_digest,
            complete=run.complete,
            fault=run.fault,
            figures=run.figures,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """A place that a run gives; once published, its placement or why there is none."""

    block_id: str
    block: str
    occurrence_id: str | None
    space_id: str | None
    title: str
    rank: int
    goal_id: str | None
    placement_id: str | None
    against: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceShown:
    """Why a choice was or was not given, and what would have changed it: codes with parameters, and sentences."""

    block_id: str
    occurrence_id: str | None
    title: str
    rank: int
    code: str
    params: Mapping[str, Any]
    text: str
    change: str | None
    change_params: Mapping[str, Any] | None
    change_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyShown:
    """A block in which the student gets nothing, and why."""

    block_id: str
    block: str
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultShown:
    """A student's part of a run. `share` is of the best week they could have had, 0 to 1."""

    student_id: str
    share: float
    credit: float
    credit_after: float
    places: list[PlaceShown]
    choices: list[ChoiceShown]
    empty: list[EmptyShown]

    @classmethod
    def of(cls, result: Result, names: Names) -> "ResultShown":
        """A result in words."""
        return cls(
            student_id=result.student_id,
            share=result.share,
            credit=result.credit,
            credit_after=result.credit_after,
            places=[_place(one, names) for one in result.places],
            choices=[_choice(one, names) for one in result.reasons],
            empty=[_empty(one, names) for one in result.empty],
        )


def _place(one: GivenPlace, names: Names) -> PlaceShown:
    title = names.titles.get(one.occurrence_id or one.space_id or "", "")
    given = say_reason("placed", {"occurrence": title}, one.rank, names.block(one.block_id))
    return PlaceShown(
        block_id=one.block_id,
        block=names.block(one.block_id),
        occurrence_id=one.occurrence_id,
        space_id=one.space_id,
        title=title,
        rank=one.rank,
        goal_id=one.goal_id,
        placement_id=one.placement_id,
        against=one.against,
        text=say_against(one.against) if one.against else given,
    )


def _choice(one: ChoiceReason, names: Names) -> ChoiceShown:
    title = names.titles.get(one.occurrence_id or "", one.params.get("occurrence", ""))
    return ChoiceShown(
        block_id=one.block_id,
        occurrence_id=one.occurrence_id,
        title=title,
        rank=one.rank,
        code=one.key,
        params=one.params,
        text=say_reason(one.key, one.params, one.rank, names.block(one.block_id)),
        change=one.change,
        change_params=one.change_params,
        change_text=say_change(one.change, one.change_params),
    )


def _empty(one: EmptyBlock, names: Names) -> EmptyShown:
    block = names.block(one.block_id)
    return EmptyShown(block_id=one.block_id, block=block, code=one.key, text=say_reason(one.key, {}, 0, block))
