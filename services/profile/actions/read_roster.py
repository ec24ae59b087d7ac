"""A dry run: a roster is read to its end, and what is wrong with it and what it would change is noted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from kit.crash_points import crash_point
from services.profile.actions.begin_reading import begin_reading_roster
from services.profile.actions.end_reading import EndReading, end_reading_roster
from services.profile.actions.note_roster import NoteFindings, NotePages, RosterPage, note_findings, note_pages
from services.profile.actions.roster_desk import RosterDesk
from services.profile.domain.roster_findings import FindingTally
from services.profile.domain.rosters import SAMPLES, FileDiff, Progress, Reading, Roster, RosterState
from services.profile.rosters import FILE_ORDER
from services.profile.rosters.references import IdTable
from services.profile.store.roster_rows import KEPT_FILES
from services.profile.store.rosters import PAGE_IDS
from services.profile.views.roster_comparison import Batch, Comparison
from services.profile.views.touched import Touched, touched_by_batch, touched_by_leaving

_PAGES_AT_ONCE = 40
_FINDINGS_AT_ONCE = 500
_DELTA = ("added", "changed", "leaving")


async def read_roster(desk: RosterDesk) -> None:
    """Read the roster and leave it ready or refused; nothing of it is applied.

    Raises: WorkEnded; another worker, or this one later, then begins again.
    """
    roster = await desk.act(begin_reading_roster, desk.roster_id)
    if roster is None:
        return
    tally = FindingTally()
    comparison = Comparison(desk.reader, roster, tally)
    await comparison.open()
    try:
        reading = await _DryRun(desk, roster, tally, comparison).run()
    finally:
        await comparison.close()
    crash_point("roster.read")
    await desk.act(end_reading_roster, EndReading(desk.roster_id, reading))


@dataclass(slots=True)
class _Lists:
    """Lists of roster numbers, filled page by page. A touched list holds nobody twice."""

    open: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    full: list[RosterPage] = field(default_factory=list)
    met: dict[str, IdTable] = field(default_factory=dict)

    def add(self, name: str, ids: Iterable[str]) -> None:
        page = self.open.setdefault(name, [])
        for one in ids:
            page.append(one)
            if len(page) == PAGE_IDS:
                self._turn(name)
                page = self.open[name]

    def add_once(self, touched: Touched) -> None:
        for name, ids in touched.items():
            met = self.met.setdefault(name, IdTable())
            self.add(name, (one for one in ids if met.add(one)))

    def close(self) -> None:
        for name in list(self.open):
            self._turn(name)

    def _turn(self, name: str) -> None:
        """Put the open page to the full ones."""
        ids = self.open.pop(name)
        self.open[name] = []
        if ids:
            number = self.counts[name] = self.counts.get(name, 0) + 1
            self.full.append(RosterPage(name, number, ids))


class _DryRun:
    def __init__(self, desk: RosterDesk, roster: Roster, tally: FindingTally, comparison: Comparison) -> None:
        self._desk, self._roster, self._tally, self._comparison = desk, roster, tally, comparison
        self._lists = _Lists()
        self._found = 0

    async def run(self) -> Reading:
        archive = self._comparison.archive
        self._tally.add_all(archive.findings)
        files: dict[str, FileDiff] = {}
        present = [file for file in FILE_ORDER if archive.modes[file] != "absent"]
        following = dict(pairwise(present))
        for file in present:
            if self._tally.is_refused:
                break
            if following.get(file) in KEPT_FILES:
                self._comparison.prepare(following[file])
            files[file] = await self._file(file)
        self._lists.close()
        await self._note(0)
        return Reading(
            oneroster_version=archive.version,
            files=files,
            findings=self._tally.counts(),
            standing=self._roster.standing,
            is_refused=self._tally.is_refused,
        )

    async def _file(self, file: str) -> FileDiff:
        counts = dict.fromkeys((*_DELTA, "unchanged"), 0)
        samples: dict[str, list[str]] = {kind: [] for kind in _DELTA}
        async for batch in self._comparison.batches(file):
            counts["unchanged"] += batch.unchanged
            self._list(file, counts, samples, "added", [row.sourced_id for row, _ in batch.added])
            self._list(file, counts, samples, "changed", [row.sourced_id for row, _ in batch.changed])
            await self._touch(file, batch)
            await self._note(_PAGES_AT_ONCE)
            await self._desk.tell(RosterState.READING, self._progress())
        if file in KEPT_FILES and not self._tally.is_refused:
            leaving = await self._comparison.leaving(file)
            self._list(file, counts, samples, "leaving", leaving)
            self._lists.add_once(await touched_by_leaving(self._desk.reader, file, leaving))
        mode = self._comparison.archive.modes[file]
        shown = {kind: tuple(ids) for kind, ids in samples.items() if ids}
        return FileDiff(mode, self._comparison.standing, **counts, samples=shown)

    def _list(
        self, file: str, counts: dict[str, int], samples: dict[str, list[str]], kind: str, ids: list[str]
    ) -> None:
        counts[kind] += len(ids)
        samples[kind] += ids[: SAMPLES - len(samples[kind])]
        self._lists.add(f"{file}:{kind}", ids)

    async def _touch(self, file: str, batch: Batch) -> None:
        if batch.added or batch.changed:
            self._lists.add_once(await touched_by_batch(self._desk.reader, file, batch))

    async def _note(self, at_least: int) -> None:
        """Keep full pages, once there are `at_least` so many, and fresh findings."""
        pages = self._lists.full
        if len(pages) >= at_least:
            self._lists.full = []
            for start in range(0, len(pages), _PAGES_AT_ONCE):
                part = pages[start : start + _PAGES_AT_ONCE]
                await self._desk.act(note_pages, NotePages(self._desk.roster_id, part))
        findings = self._tally.take()
        for start in range(0, len(findings), _FINDINGS_AT_ONCE):
            kept = findings[start : start + _FINDINGS_AT_ONCE]
            await self._desk.act(note_findings, NoteFindings(self._desk.roster_id, self._found, kept))
            self._found += len(kept)

    def _progress(self) -> Progress:
        archive = self._comparison.archive
        total = sum(archive.sizes.values())
        return Progress("reading", min(archive.bytes_read, total), total)
