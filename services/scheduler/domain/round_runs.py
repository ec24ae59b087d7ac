"""Runs: a distribution worked out for a round, kept with its figures, and each student's part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.rounds import Round, RoundState

MOST_RUNS = 40
"""Runs kept a round."""


class NoSuchRun(Refusal):
    kind = Kind.MISSING
    text = "There is no such run of this round."


class NobodyRanked(Refusal):
    text = "Nobody has ranked anything in this round yet. There is nothing to distribute."


class RunNotPossible(Refusal):
    text = "This round is {state}. Runs can be worked out while it is open."


class RunNotFinished(Refusal):
    text = "This run is {state}. Only a finished run can be published or compared."


class RunOver(Refusal):
    text = "This run is {state} already: there is nothing to cancel."


class TooManyRuns(Refusal):
    text = "This round has {most} runs already. Publish one of them, or open another round."


class RunState(StrEnum):
    """Where a run stands; a worker takes what waits."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """Where the engine stands: its stage, points of the best answer so far, and what no answer can exceed."""

    stage: str
    points: float
    bound: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a round. Same `input_digest` and seed, same `result_digest`, on any machine.

    `figures` are the engine's, by name: worth, figures, groups, occurrences, requests, set_aside (counts by reason).
    `complete`: false where the engine was stopped with its best so far. `fault`: a code, where the run failed.
    """

    run_id: str
    version: int
    district_id: str
    school_id: str
    round_id: str
    seed: int
    state: RunState = RunState.WAITING
    asked_by: str
    asked_at: datetime
    correlation_id: str
    finished_at: datetime | None = None
    progress: RunProgress | None = None
    students: int = 0
    input_digest: str | None = None
    result_digest: str | None = None
    complete: bool = True
    figures: Mapping[str, Any] | None = None
    fault: str | None = None
    tries: int = 0
    claim: str | None = None
    claimed_until: datetime | None = None

    @property
    def at_work(self) -> bool:
        """Whether a worker has to do something about it."""
        return self.state in (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPlace:
    """A place that a run gives: in an occurrence, or in a calm space for own work (`space_id`) during a block.

    Once the run is published: `placement_id` where it was made, else the codes against it; `left` are the placements
    the student switched from. Once undone: `returned` are those they have again, under new ids.
    """

    block_id: str
    occurrence_id: str | None
    space_id: str | None
    rank: int
    goal_id: str | None = None
    step_id: str | None = None
    placement_id: str | None = None
    against: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    not_returned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceReason:
    """Why a ranked choice was or was not given, and what would have changed it: keys and parameters, no sentences.

    `occurrence_id` is None for the calm space that a student asked for if there was nothing else.
    """

    block_id: str
    occurrence_id: str | None
    rank: int
    key: str
    params: Mapping[str, Any]
    change: str | None = None
    change_params: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyBlock:
    """A block in which the student gets nothing, and why."""

    block_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A student's part of a run. `place`: the student's number in the lottery order, the published tie rule.

    `share`: of the best week they could have had, 0 to 1. `credit` is what they brought, `credit_after` what they take
    on; where nothing that they ranked can count, they take no part and keep their credit. `published` and `undone`
    name the publication (attempt) that settled it last; `credit_from` and `credit_to` say how it moved the credit.
    """

    result_id: str
    version: int
    district_id: str
    school_id: str
    round_id: str
    run_id: str
    student_id: str
    place: int
    blocks: int
    share: float
    credit: float
    credit_after: float
    takes_part: bool
    places: tuple[GivenPlace, ...] = ()
    reasons: tuple[ChoiceReason, ...] = ()
    empty: tuple[EmptyBlock, ...] = ()
    published: int = 0
    undone: int = 0
    missed_place: bool = False
    credit_from: float | None = None
    credit_to: float | None = None


def ask_run(of: Round, run: Run, runs: int, rankings: int) -> Run:
    """A run to be worked out.

    Raises: Refusals of RunNotPossible, NobodyRanked, TooManyRuns.
    """
    refuse_all(
        RunNotPossible(state=of.state.value) if of.state is not RoundState.OPEN else None,
        None if rankings else NobodyRanked(),
        TooManyRuns(most=MOST_RUNS) if runs >= MOST_RUNS else None,
    )
    return run


def cancel_run(run: Run) -> Run:
    """The run, wanted no more; whoever works on it stops.

    Raises: Refusals of RunOver.
    """
    refuse_all(None if run.at_work else RunOver(state=run.state.value))
    return replace(run, state=RunState.CANCELLED, claim=None, claimed_until=None)


def must_be_finished(run: Run) -> Run:
    """Raises: Refusals of RunNotFinished."""
    refuse_all(None if run.state is RunState.FINISHED else RunNotFinished(state=run.state.value))
    return run


def credit_moved(held: float, was: float, becomes: float, most: float) -> float:
    """A student's credit after a change from `was` to `becomes`.

    Where they hold what the change began with, exactly what it ends with; else what happened meanwhile stays and the
    difference is added, within 0 and `most`.
    """
    return becomes if held == was else round(min(most, max(0.0, held + becomes - was)), 6)
