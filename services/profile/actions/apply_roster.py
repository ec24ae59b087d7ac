"""An accepted roster becomes what stands: rows first, then the schools, classes and people that they describe."""

from kit.crash_points import crash_point
from kit.edge import Action
from kit.ids import new_id
from kit.mongo import Document
from services.profile.actions.end_applying import end_applying_roster
from services.profile.actions.list_classes import list_classes
from services.profile.actions.list_people import list_people
from services.profile.actions.list_schools import list_schools
from services.profile.actions.roster_desk import RosterDesk
from services.profile.actions.roster_page import ListPage
from services.profile.actions.save_rows import RemoveRows, SaveRows, remove_rows, save_rows
from services.profile.actions.side_by_side import SideBySide
from services.profile.domain.rosters import FileDiff, Progress, Roster, RosterState
from services.profile.store.roster_rows import KEPT_FILES, ROSTER_ROWS
from services.profile.store.rosters import ROSTER, ROSTER_PAGES, ROSTERS
from services.profile.store.standing_rows import in_groups
from services.profile.views.organisations import places
from services.profile.views.roster_comparison import BATCH, Batch, Comparison
from services.profile.views.touched import TOUCHED_CLASSES, TOUCHED_ORGS, TOUCHED_PEOPLE

_WRITES_AT_ONCE = 3
_PAGES_AT_ONCE = 3
_NOUNS = {"orgs": "school", "classes": "class", "users": "person"}
_STAGES: tuple[tuple[str, str, Action[ListPage, None]], ...] = (
    ("schools", TOUCHED_ORGS, list_schools),
    ("classes", TOUCHED_CLASSES, list_classes),
    ("people", TOUCHED_PEOPLE, list_people),
)


class UploadLost(Exception):
    """What was read without an error cannot be read any more: nothing of it may be taken for what stands."""


async def apply_roster(desk: RosterDesk) -> None:
    """Apply the roster, from where an interrupted attempt has come to.

    Whatever was done is seen again as done: rows that stand as the set says are not written twice, and a page of people
    is worked through in one transaction with the note that it was.
    Raises: WorkEnded.
    """
    found = await desk.reader[ROSTERS].get(desk.roster_id)
    if found is None or found["state"] != RosterState.APPLYING.value:
        return
    roster = ROSTER.unpack(found)
    await _apply_rows(desk, roster)
    known = await places(desk.reader[ROSTER_ROWS], desk.district_id)
    for stage, name, action in _STAGES:
        await _apply_pages(desk, stage, name, action, known)
    crash_point("roster.before_end")
    await desk.act(end_applying_roster, desk.roster_id)


async def _apply_rows(desk: RosterDesk, roster: Roster) -> None:
    """Bring the standing rows to what the set says, file after file; a file without a change is not read again."""
    files = [file for file in KEPT_FILES if file in roster.files and _changes(roster.files[file])]
    if not files[roster.files_done :]:
        return
    comparison = Comparison(desk.reader, roster, lambda _: None)
    await comparison.open()
    try:
        if comparison.archive.refused:
            raise UploadLost(roster.roster_id)
        total, done = sum(_changes(roster.files[file]) for file in files), 0
        for number, file in enumerate(files, start=1):
            if number > roster.files_done:
                crash_point("roster.file_begun")
                await _apply_file(desk, comparison, file, Progress("rows", done, total), number - 1)
                crash_point("roster.file_saved")
                at = Progress("rows", done + _changes(roster.files[file]), total)
                await desk.tell(RosterState.APPLYING, at, number, now=True)
            done += _changes(roster.files[file])
    finally:
        await comparison.close()


def _changes(diff: FileDiff) -> int:
    return diff.added + diff.changed + diff.leaving


async def _apply_file(desk: RosterDesk, comparison: Comparison, file: str, progress: Progress, files_done: int) -> None:
    done = progress.done
    async with SideBySide(_WRITES_AT_ONCE) as writes:
        async for batch in comparison.batches(file):
            if batch.added or batch.changed:
                await writes.start(desk.act(save_rows, _order(file, batch)))
            done += len(batch.added) + len(batch.changed)
            await desk.tell(RosterState.APPLYING, Progress("rows", done, progress.total), files_done)
    for group in in_groups(await comparison.leaving(file), BATCH):
        await desk.act(remove_rows, RemoveRows(file, group))


def _order(file: str, batch: Batch) -> SaveRows:
    noun = _NOUNS.get(file)
    count = len(batch.added) + (len(batch.changed) if file != "users" else 0)
    return SaveRows(file, batch.added, batch.changed, [new_id(noun) for _ in range(count)] if noun else [])


async def _apply_pages(
    desk: RosterDesk, stage: str, name: str, action: Action[ListPage, None], known: dict[str, str]
) -> None:
    """Work through the pages of one list that are not done yet."""
    where: Document = {"roster_id": desk.roster_id, "list": name}
    pages = await desk.reader[ROSTER_PAGES].find(where, sort=[("number", 1)], fields=["done_at"])
    waiting = [page["_id"] for page in pages if page["done_at"] is None]
    done = len(pages) - len(waiting)
    async with SideBySide(_PAGES_AT_ONCE) as writes:
        for page_id in waiting:
            await writes.start(desk.act(action, ListPage(page_id, known)))
            done += 1
            crash_point("roster.page_begun")
            await desk.tell(RosterState.APPLYING, Progress(stage, done, len(pages)), len(KEPT_FILES))
