"""An occurrence that was called off takes place after all: who had a place has it again, if nothing came in between."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import serve_lines
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.domain.blocks import NoSuchBlock
from services.scheduler.domain.occurrence_changes import called_off_with, put_back, rejoin, restore
from services.scheduler.domain.occurrences import NoSuchOccurrence, Occurrence, scheduled
from services.scheduler.domain.resource_days import resource_day_id, take
from services.scheduler.domain.spaces import pool_day, space_day
from services.scheduler.domain.weeks import Place, Week
from services.scheduler.store.blocks import BLOCK, BLOCKS
from services.scheduler.store.ledger import Ledger
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.spaces import POOL, POOLS, SPACE, SPACES


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
    ledger = Ledger(tx)
    await ledger.load_occurrences([order.occurrence_id])
    cancelled = ledger.board.occurrences.get(order.occurrence_id)
    if cancelled is None:
        raise refuse(NoSuchOccurrence())
    block = await BLOCK.get(tx[BLOCKS], cancelled.block_id)
    if block is None:
        raise refuse(NoSuchBlock())
    back = restore(cancelled, block, tx.now)
    await keep_host_weeks(tx, [], [back])
    taken, left = await _put_places_back(ledger, cancelled, back)
    await _take_uses(ledger, back, taken)
    await _rejoin(ledger, cancelled, back, taken)
    await serve_lines(ledger, [back.occurrence_id])
    ledger.save()
    saved = await OCCURRENCE.get(tx[OCCURRENCES], back.occurrence_id)
    assert saved is not None, "it was saved just now"
    return Restored(saved, taken, left)


async def _put_places_back(
    ledger: Ledger, cancelled: Occurrence, back: Occurrence
) -> tuple[int, tuple[NotRestored, ...]]:
    found = await ledger.load_weeks_of(back.occurrence_id)
    await ledger.load_students(week.student_id for week in found)
    active = {student_id for student_id, student in ledger.students.items() if student.active}
    taken, left = 0, list[NotRestored]()
    for week in found:
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
    space = await SPACE.get(tx[SPACES], back.space_id) if back.space_id is not None else None
    pools = await POOL.many(tx[POOLS], [need.pool_id for need in back.equipment])
    wanted = {} if space is None else {resource_day_id(space.space_id, back.day): (space_day(space, back.day), taken)}
    for need in back.equipment:
        if need.pool_id in pools:
            day = pool_day(pools[need.pool_id], back.day)
            wanted[day.day_id] = (day, need.fixed + need.each_seat * taken)
    await ledger.load_days_of(wanted)
    for day_id, (fresh, amount) in wanted.items():
        day = ledger.board.days.get(day_id) or fresh
        ledger.board.days[day_id] = take(day, back.occurrence_id, back.starts_at, back.ends_at, amount)


async def _rejoin(ledger: Ledger, cancelled: Occurrence, back: Occurrence, taken: int) -> None:
    """Whoever waited waits again, save those who have left the school."""
    await ledger.load_students(entry.student_id for entry in cancelled.called_off)
    active = {student_id for student_id, student in ledger.students.items() if student.active}
    entries = tuple(entry for entry in cancelled.called_off if entry.student_id in active)
    stands, joined = rejoin(replace(back, taken=taken), entries)
    ledger.board.occurrences[back.occurrence_id] = stands
    ledger.board.taken[back.occurrence_id] = taken
    ledger.board.facts.append((back.occurrence_id, scheduled(stands)))
    ledger.board.facts += [(back.occurrence_id, fact) for fact in joined]
