"""An occurrence that was called off takes place after all: who had a place has it again, if nothing came in between."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import serve_lines
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.domain.booking import NoSuchBlock
from services.scheduler.domain.occurrence_changes import called_off_with, put_back, rejoin, restore
from services.scheduler.domain.occurrences import NoSuchOccurrence, Occurrence, scheduled
from services.scheduler.domain.resource_days import resource_day_id, take
from services.scheduler.domain.spaces import pool_day, space_day
from services.scheduler.domain.weeks import Place, Week
from services.scheduler.store.blocks import BLOCKS, block_of
from services.scheduler.store.learners import students_of
from services.scheduler.store.ledger import Ledger
from services.scheduler.store.occurrences import OCCURRENCES, occurrence_of
from services.scheduler.store.spaces import POOLS, SPACES, pools_of, space_of
from services.scheduler.store.weeks import WEEKS, unpack_week


@dataclass(frozen=True, slots=True)
class RestoreOccurrence:
    """Which occurrence."""

    occurrence_id: str


@dataclass(frozen=True, slots=True)
class NotRestored:
    """A place that stays cancelled: its student is somewhere else at that time by now, or has left."""

    placement_id: str
    student_id: str


@dataclass(frozen=True, slots=True)
class Restored:
    """The occurrence as it stands again, how many places came back, and which did not."""

    occurrence: Occurrence
    places: int
    not_restored: tuple[NotRestored, ...]


async def restore_occurrence(tx: Transaction, order: RestoreOccurrence) -> Restored:
    """Undo a cancellation: places, line, hosts and what it uses. With nothing in between, all is as it was.

    Raises: Refusals of NoSuchOccurrence, NoSuchBlock, HostBusy, SpaceFull, EquipmentGone and those of `restore`.
    """
    cancelled = await occurrence_of(tx[OCCURRENCES], order.occurrence_id)
    if cancelled is None:
        raise refuse(NoSuchOccurrence())
    block = await block_of(tx[BLOCKS], cancelled.block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    back = restore(cancelled, block, tx.now)
    await keep_host_weeks(tx, [], [back])
    ledger = Ledger(tx)
    ledger.board.lay_occurrence(cancelled)
    taken, left = await _put_places_back(ledger, cancelled, back)
    await _take_uses(ledger, back, taken)
    await _rejoin(ledger, cancelled, back, taken)
    await serve_lines(ledger, [back.occurrence_id])
    ledger.save()
    saved = await occurrence_of(tx[OCCURRENCES], back.occurrence_id)
    assert saved is not None, "it was saved just now"
    return Restored(saved, taken, left)


async def _put_places_back(
    ledger: Ledger, cancelled: Occurrence, back: Occurrence
) -> tuple[int, tuple[NotRestored, ...]]:
    found = [unpack_week(row) for row in await ledger.tx[WEEKS].find({"places.occurrence_id": back.occurrence_id})]
    students = await students_of(ledger.tx, [week.student_id for week in found])
    active = {student_id for student_id, student in students.items() if student.active}
    taken, left = 0, list[NotRestored]()
    for week in found:
        ledger.board.lay_week(week)
        for place in (place for place in week.places if called_off_with(place, cancelled)):
            if week.student_id in active and _put_back(ledger, week, place, back):
                taken += 1
            else:
                left.append(NotRestored(place.placement_id, week.student_id))
    return taken, tuple(left)


def _put_back(ledger: Ledger, week: Week, place: Place, back: Occurrence) -> bool:
    outcome = put_back(ledger.board.weeks[week.week_id], place, back)
    if outcome is None:
        return False
    again, fact = outcome
    ledger.board.weeks[again.week_id] = again
    ledger.board.facts.append((again.week_id, fact))
    return True


async def _take_uses(ledger: Ledger, back: Occurrence, taken: int) -> None:
    """Take again what it used of its space and pools, for as many places as came back."""
    tx = ledger.tx
    space = await space_of(tx[SPACES], back.space_id) if back.space_id is not None else None
    pools = await pools_of(tx[POOLS], [need.pool_id for need in back.equipment])
    wanted = {} if space is None else {resource_day_id(space.space_id, back.day): (space_day(space, back.day), taken)}
    for need in back.equipment:
        if need.pool_id in pools:
            day = pool_day(pools[need.pool_id], back.day)
            wanted[day.day_id] = (day, need.fixed + need.each_seat * taken)
    await ledger.load_days_of(wanted)
    for day_id, (fresh, amount) in wanted.items():
        day = ledger.board.days.find(day_id) or fresh
        ledger.board.days[day_id] = take(day, back.occurrence_id, back.starts_at, back.ends_at, amount)


async def _rejoin(ledger: Ledger, cancelled: Occurrence, back: Occurrence, taken: int) -> None:
    """Whoever waited waits again, save those who have left the school."""
    known = await students_of(ledger.tx, [entry.student_id for entry in cancelled.called_off])
    entries = tuple(
        entry for entry in cancelled.called_off if (one := known.get(entry.student_id)) is not None and one.active
    )
    stands, joined = rejoin(replace(back, taken=taken), entries)
    ledger.board.occurrences[back.occurrence_id] = stands
    ledger.board.taken[back.occurrence_id] = taken
    ledger.board.facts.append((back.occurrence_id, scheduled(stands)))
    ledger.board.facts += [(back.occurrence_id, fact) for fact in joined]
