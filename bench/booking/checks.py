"""What must hold after every run of ours: nothing overbooked, nothing lost, nothing doubled."""

from collections import Counter
from itertools import pairwise

from bench.booking.school import School
from kit.edge import Store
from kit.transaction import OUTBOX
from services.scheduler.domain.weeks import held_places
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.resource_days import RESOURCE_DAYS
from services.scheduler.store.weeks import WEEK, WEEKS


async def check(store: Store, school: School, seats: int, booked: int) -> None:
    """Every answered booking is one place in one week, one seat, one use of the space, one row of the outbox.

    Raises: AssertionError.
    """
    reader = store.reader(school.district_id)
    weeks = [WEEK.unpack(row) for row in await reader[WEEKS].find({})]
    held = Counter(place.occurrence_id for week in weeks for place in held_places(week))
    for week in weeks:
        times = sorted((place.starts_at, place.ends_at) for place in held_places(week))
        assert all(one[1] <= other[0] for one, other in pairwise(times)), "two places at once"
    taken = {row["_id"]: row["taken"] for row in await reader[OCCURRENCES].find({}, fields=["taken"])}
    assert all(taken[key] == held[key] <= seats for key in taken), "seats and students differ"
    used = {use["ref"]: use["taken"] for row in await reader[RESOURCE_DAYS].find({}) for use in row["uses"]}
    assert used == taken, "the space's seats differ"
    facts = {row["key"] for row in await reader[OUTBOX].find({}, fields=["key"])}
    places = {place.placement_id for week in weeks for place in held_places(week)}
    assert facts == places, "facts and places differ"
    assert len(places) == booked, f"{booked} bookings were answered, {len(places)} places are there"
