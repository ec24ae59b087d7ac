"""What a student is told of a round: what they got, why not the best they missed, what would have changed it."""

from contracts.scheduler import RoundResultPublished, RoundResultWithdrawn
from services.scheduler.domain.round_runs import ChoiceReason, Result

GOT = frozenset({"placed", "better-choice", "request-honoured", "yours-already"})
CHANGED_SINCE = "changed-since"
"""The reason where a place was given by the run and could not be made when it was published."""


def published(result: Result) -> RoundResultPublished:
    """The fact that this student's result counts, with the reason that matters most to them."""
    missed = _missed(result)
    credit = (missed.change_params or {}).get("credit") if missed is not None else None
    return RoundResultPublished(
        district_id=result.district_id,
        result_id=result.result_id,
        round_id=result.round_id,
        run_id=result.run_id,
        school_id=result.school_id,
        student_id=result.student_id,
        blocks=result.blocks,
        placed=sum(place.placement_id is not None for place in result.places),
        missed_occurrence_id=missed.occurrence_id if missed is not None else None,
        missed_rank=missed.rank if missed is not None else None,
        reason=_reason(result, missed),
        seats=missed.params.get("seats") if missed is not None else None,
        ranked=missed.params.get("ranked") if missed is not None else None,
        change=missed.change if missed is not None else None,
        credit_hundredths=round(credit * 100) if credit is not None else None,
    )


def withdrawn(result: Result) -> RoundResultWithdrawn:
    """The fact that it counts no longer."""
    return RoundResultWithdrawn(
        district_id=result.district_id,
        result_id=result.result_id,
        round_id=result.round_id,
        run_id=result.run_id,
        school_id=result.school_id,
        student_id=result.student_id,
        returned=sum(len(place.returned) for place in result.places),
        not_returned=sum(place.not_returned for place in result.places),
    )


def _missed(result: Result) -> ChoiceReason | None:
    """The choice ranked highest of those that the student did not get; of several, that of the first block."""
    missed = [one for one in result.reasons if one.key not in GOT and one.occurrence_id is not None]
    return min(missed, key=lambda one: one.rank, default=None)


def _reason(result: Result, missed: ChoiceReason | None) -> str | None:
    if any(place.against for place in result.places):
        return CHANGED_SINCE
    return missed.key if missed is not None else None
