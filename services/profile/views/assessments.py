"""How do I see myself, and how do my educators? Both side by side, per target, with their history."""

from dataclasses import dataclass

from kit.edge import Reader
from services.profile.domain.assessments import SideBySide, side_by_side
from services.profile.store.growth import ASSESSMENT, ASSESSMENTS

LATEST = 500
"""So many assessments of a learner, the latest, are shown."""


@dataclass(frozen=True, slots=True)
class ShownAssessments:
    """A learner's targets, each with both views."""

    person_id: str
    targets: tuple[SideBySide, ...]


async def assessments_of(reader: Reader, person_id: str) -> ShownAssessments:
    """All that was said of this learner's targets, in one query."""
    newest_first = [("at", -1), ("_id", -1)]
    rows = await reader[ASSESSMENTS].find({"person_id": person_id}, sort=newest_first, limit=LATEST)
    return ShownAssessments(person_id, side_by_side(ASSESSMENT.unpack(row) for row in reversed(rows)))
