"""Assessments: the learner's own view of a target beside the educator's; the two are never made one number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kit.refusals import Kind, Refusal, refuse_all
from services.profile.domain.evidence import Observer


class UnknownLevel(Refusal):
    kind = Kind.INVALID
    text = "{level} is not one of the district's levels. They are: {levels}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Where somebody sees the learner on a target, on the district's scale, and in which words. Kept for good."""

    assessment_id: str
    version: int
    district_id: str
    person_id: str
    target_id: str
    level: str
    words: str | None
    observer: Observer
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """One target: what the learner said of themselves and what educators said, each with its history, latest last."""

    target_id: str
    own: tuple[Assessment, ...]
    educators: tuple[Assessment, ...]


def check_level(assessment: Assessment, levels: tuple[str, ...]) -> Assessment:
    """The assessment, if its level is on the district's scale. Raises: Refusals of UnknownLevel."""
    known = assessment.level in levels
    refuse_all(None if known else UnknownLevel(level=assessment.level, levels=", ".join(levels)))
    return assessment


def side_by_side(assessments: Iterable[Assessment]) -> tuple[SideBySide, ...]:
    """Both views of each target, in the order in which targets were first assessed; `assessments` come oldest first."""
    by_target: dict[str, list[Assessment]] = {}
    for assessment in assessments:
        by_target.setdefault(assessment.target_id, []).append(assessment)
    return tuple(_both(target_id, found) for target_id, found in by_target.items())


def _both(target_id: str, found: list[Assessment]) -> SideBySide:
    return SideBySide(
        target_id=target_id,
        own=tuple(one for one in found if one.observer is Observer.SELF),
        educators=tuple(one for one in found if one.observer is Observer.EDUCATOR),
    )
