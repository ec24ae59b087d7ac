"""An occurrence is called off: all places in it are freed, and nobody waits for it any longer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.fact import Fact
from contracts.scheduler import WaitlistLeft
from kit.transaction import Transaction
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import release
from services.scheduler.domain.weeks import Place, Week, placement_cancelled, with_changed
from services.scheduler.store.resource_days import RESOURCE_DAY, RESOURCE_DAYS, days_with
from services.scheduler.store.weeks import WEEK, WEEKS


@dataclass(frozen=True, slots=True)
class Released:
    """The occurrence without places, uses and line. The caller saves it, with these facts before its own."""

    occurrence: Occurrence
    facts: Sequence[Fact]
    placements: int


async def release_placements(tx: Transaction, occurrence: Occurrence, reason: str, cancelled_by: str) -> Released:
    """Free every place in an occurrence, strike what it uses of its space and pools, and end its line.

    Saves the students' weeks and the resources' days (with one query each, whatever the number of students); the
    occurrence itself is the caller's to save. `reason` is a code, such as occurrence-cancelled.
    """
    found = await WEEK.find(tx[WEEKS], {"places.occurrence_id": occurrence.occurrence_id})
    freed = 0
    for week in found:
        places = [place for place in week.places if place.held and place.occurrence_id == occurrence.occurrence_id]
        _free(tx, week, places, reason, cancelled_by)
        freed += len(places)
    for day in (await days_with(tx[RESOURCE_DAYS], [occurrence.occurrence_id])).values():
        tx[RESOURCE_DAYS].save(RESOURCE_DAY.pack(release(day, occurrence.occurrence_id)))
    left = [_left(occurrence, entry.entry_id, entry.student_id, reason) for entry in occurrence.waiting]
    return Released(replace(occurrence, taken=0, waiting=()), left, freed)


def _free(tx: Transaction, week: Week, places: Sequence[Place], reason: str, cancelled_by: str) -> None:
    facts = []
    for place in places:
        freed = replace(place, cancelled_at=tx.now, cancelled_by=cancelled_by, reason=reason)
        week = with_changed(week, freed)
        facts.append(placement_cancelled(week, freed))
    if facts:
        tx[WEEKS].save(WEEK.pack(week), facts)


def _left(occurrence: Occurrence, entry_id: str, student_id: str, reason: str) -> WaitlistLeft:
    return WaitlistLeft(
        district_id=occurrence.district_id,
        entry_id=entry_id,
        occurrence_id=occurrence.occurrence_id,
        student_id=student_id,
        reason=reason,
    )
