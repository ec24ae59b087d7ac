"""What is noted of a roster while it is worked on: progress, findings, and lists of roster numbers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from kit.mongo import Document
from kit.transaction import Transaction
from services.profile.domain.rosters import Progress, RosterState
from services.profile.rosters import Finding
from services.profile.store.rosters import ROSTER, ROSTER_FINDINGS, ROSTER_PAGES, ROSTERS


@dataclass(frozen=True, slots=True)
class NoteProgress:
    """How far the work on a roster is, as long as it is in `state`."""

    roster_id: str
    state: RosterState
    progress: Progress
    files_done: int = 0


@dataclass(frozen=True, slots=True)
class NoteFindings:
    roster_id: str
    first: int
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class RosterPage:
    """Some roster numbers of one list, such as `users:added` or `touched:people`."""

    list: str
    number: int
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class NotePages:
    roster_id: str
    pages: Sequence[RosterPage]


async def note_progress(tx: Transaction, order: NoteProgress) -> bool:
    """Say how far the work is. Answers whether it may go on: not when somebody discarded the roster meanwhile."""
    found = await tx[ROSTERS].get(order.roster_id)
    if found is None or found["state"] != order.state.value:
        return False
    roster = ROSTER.unpack(found)
    tx[ROSTERS].save(ROSTER.pack(replace(roster, progress=order.progress, files_done=order.files_done)))
    return True


async def note_findings(tx: Transaction, order: NoteFindings) -> None:
    """Keep findings, in the order in which they were met."""
    for number, finding in enumerate(order.findings, start=order.first):
        row: Document = {"_id": f"{order.roster_id}:{number:06}", "roster_id": order.roster_id, "number": number}
        tx[ROSTER_FINDINGS].insert(row | asdict(finding) | {"stored_at": tx.now})


async def note_pages(tx: Transaction, order: NotePages) -> None:
    """Keep lists of roster numbers, page by page."""
    for page in order.pages:
        row: Document = {
            "_id": f"{order.roster_id}:{page.list}:{page.number:06}",
            "roster_id": order.roster_id,
            "list": page.list,
            "number": page.number,
            "ids": list(page.ids),
            "done_at": None,
            "stored_at": tx.now,
        }
        tx[ROSTER_PAGES].insert(row)
