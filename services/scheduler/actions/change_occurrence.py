"""One date changes: another title, cap, space or host; those who have a place keep it, and the line moves."""

from dataclasses import dataclass

from kit.conditions import check_version
from kit.refusals import refuse, refuse_all
from kit.transaction import Transaction
from services.scheduler.actions.fill_seats import serve_lines
from services.scheduler.actions.keep_host_weeks import keep_host_weeks
from services.scheduler.actions.publish_offer import staff_among
from services.scheduler.domain.occurrence_changes import OccurrenceChange, change, follow_occurrence
from services.scheduler.domain.occurrences import NoSuchOccurrence, Occurrence, scheduled
from services.scheduler.domain.offers import Editor, HostNotStaff, HostOthersOnly, Unlimited
from services.scheduler.domain.resource_days import release, resource_day_id, take
from services.scheduler.domain.spaces import NoSuchSpace, Space, space_day
from services.scheduler.store.ledger import Ledger
from services.scheduler.store.occurrences import OCCURRENCE, OCCURRENCES
from services.scheduler.store.spaces import SPACE, SPACES


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOccurrence:
    """Which occurrence, what it sets for itself (None: as it is), by whom, and the version it was read at, if given.

    `moves`: the space changes, to `space_id` or (None) to none.
    """

    occurrence_id: str
    title: str | None
    cap: int | Unlimited | None
    host_ids: tuple[str, ...] | None
    moves: bool
    space_id: str | None
    editor: Editor
    expected: int | None


async def change_occurrence(tx: Transaction, order: ChangeOccurrence) -> Occurrence:
    """Change one date. Whoever has a place keeps it, and hears where it is now; free seats go to those who wait.

    Raises: Refusals of NoSuchOccurrence, StaleVersion, NoSuchSpace, HostNotStaff, HostOthersOnly, HostBusy, SpaceFull
    and those of `change`.
    """
    ledger = Ledger(tx)
    await ledger.load_occurrences([order.occurrence_id])
    standing = ledger.board.occurrences.get(order.occurrence_id)
    if standing is None:
        raise refuse(NoSuchOccurrence())
    check_version(standing.version, order.expected)
    wanted = await _wanted(tx, standing, order)
    changed = change(standing, wanted, tx.now)
    await _keep_hosts(tx, standing, changed, order.editor)
    await _move_space(ledger, standing, changed, wanted.space)
    await _tell_students(ledger, standing, changed)
    ledger.board.occurrences[changed.occurrence_id] = changed
    if _told(changed) != _told(standing):
        ledger.board.facts.append((changed.occurrence_id, scheduled(changed)))
    await serve_lines(ledger, [changed.occurrence_id])
    ledger.save()
    saved = await OCCURRENCE.get(tx[OCCURRENCES], changed.occurrence_id)
    assert saved is not None, "it was saved just now"
    return saved


def _told(occurrence: Occurrence) -> tuple[object, ...]:
    """What others were told of an occurrence and one date can change."""
    return occurrence.host_ids, occurrence.cap, occurrence.space_id


async def _wanted(tx: Transaction, standing: Occurrence, order: ChangeOccurrence) -> OccurrenceChange:
    moves = order.moves and order.space_id != standing.space_id
    asked = [space_id for space_id in (order.space_id, standing.space_id) if moves and space_id is not None]
    spaces = await SPACE.many(tx[SPACES], asked)
    if moves and order.space_id is not None and order.space_id not in spaces:
        raise refuse(NoSuchSpace())
    return OccurrenceChange(
        title=order.title,
        cap=order.cap,
        host_ids=order.host_ids,
        moves=moves,
        space=spaces.get(order.space_id or ""),
        space_before=spaces.get(standing.space_id or ""),
    )


async def _keep_hosts(tx: Transaction, standing: Occurrence, changed: Occurrence, editor: Editor) -> None:
    if changed.host_ids == standing.host_ids:
        return
    staff = await staff_among(tx, changed.host_ids, changed.school_id)
    refuse_all(
        None if editor.administers or editor.person_id in changed.host_ids else HostOthersOnly(),
        *(HostNotStaff(host_id=host_id) for host_id in changed.host_ids if host_id not in staff),
    )
    await keep_host_weeks(tx, [standing], [changed])


async def _move_space(ledger: Ledger, standing: Occurrence, changed: Occurrence, space: Space | None) -> None:
    """Strike what it used of the old space, and take as much of the new one, within its legal limit."""
    if changed.space_id == standing.space_id:
        return
    ids = [resource_day_id(one.space_id, one.day) for one in (standing, changed) if one.space_id is not None]
    await ledger.load_days_of(ids)
    board = ledger.board
    if standing.space_id is not None and board.days.get(ids[0]) is not None:
        board.days[ids[0]] = release(board.days[ids[0]], standing.occurrence_id)
    if space is not None:
        day = board.days.get(ids[-1]) or space_day(space, changed.day)
        board.days[ids[-1]] = take(day, changed.occurrence_id, changed.starts_at, changed.ends_at, standing.taken)


async def _tell_students(ledger: Ledger, standing: Occurrence, changed: Occurrence) -> None:
    """Whoever has a place sees the new title and space in their week."""
    if (changed.title, changed.space_id) == (standing.title, standing.space_id):
        return
    for week in await ledger.load_weeks_of(changed.occurrence_id):
        followed, facts = follow_occurrence(week, changed)
        if followed != week:
            ledger.board.weeks[followed.week_id] = followed
            ledger.board.facts += [(followed.week_id, fact) for fact in facts]
