"""References: no identifier twice in a file, and none that leads nowhere."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from services.profile.rosters.archive import RosterArchive
from services.profile.rosters.findings import Finding, Problem, Report, Severity, left_out
from services.profile.rosters.layout import FILE_ORDER, Column, Mode, columns_of
from services.profile.rosters.reading import RosterRow
from services.profile.rosters.values import Value

Known = Callable[[str, set[str]], set[str]]
"""Which of these identifiers of a file ("users") are known from earlier sets. Asked for up to `BATCH` rows at once."""

BATCH = 1000


class IdTable:
    """A set of identifiers in 12 to 24 bytes each, whatever their length.

    It keeps 64-bit hashes: among a million identifiers the chance that any two are taken for one is 1 in 37 million.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 64))
        self._mask = 63
        self.count = 0

    def __contains__(self, sourced_id: str) -> bool:
        key = hash(sourced_id) & 0xFFFF_FFFF_FFFF_FFFF or 1
        slots, mask = self._slots, self._mask
        place = key & mask
        while found := slots[place]:
            if found == key:
                return True
            place = (place + 1) & mask
        return False

    def add(self, sourced_id: str) -> bool:
        """Remember `sourced_id`; False where it was there already."""
        if self.count * 3 > self._mask * 2:
            self._grow()
        key = hash(sourced_id) & 0xFFFF_FFFF_FFFF_FFFF or 1
        slots, mask = self._slots, self._mask
        place = key & mask
        while found := slots[place]:
            if found == key:
                return False
            place = (place + 1) & mask
        slots[place] = key
        self.count += 1
        return True

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", bytes(16 * len(old)))
        self._mask = len(self._slots) - 1
        slots, mask = self._slots, self._mask
        for key in old:
            if key:
                place = key & mask
                while slots[place]:
                    place = (place + 1) & mask
                slots[place] = key


class _Ids:
    """The identifiers of one file: all that were seen, and those among them that cannot be referred to."""

    __slots__ = ("gone", "seen")

    def __init__(self) -> None:
        self.seen = IdTable()
        self.gone = IdTable()

    def usable(self, sourced_id: str) -> bool:
        """Whether a row may refer to `sourced_id`: the set has it, and neither deletes it nor leaves it out."""
        return sourced_id in self.seen and not (self.gone.count and sourced_id in self.gone)


class _Check:
    """One column that refers to another file, with what its references may lead to."""

    __slots__ = ("column", "good", "ids", "key", "outside", "settled")

    def __init__(self, column: Column, ids: _Ids, mode: Mode) -> None:
        self.column = column
        self.key = column.key
        self.ids = ids
        self.settled = mode == "bulk"
        """Whether the set alone decides."""
        self.outside: set[str] = set()
        """What is known from earlier sets, of the identifiers in this batch."""
        self.good: Value | None = None
        """The last value found good: neighbours mostly refer to the same school, class or person."""

    def referred(self, row: RosterRow) -> tuple[str, ...]:
        value = row.sourced_id if self.key == "sourcedId" else row.values.get(self.key, ())
        return (value,) if isinstance(value, str) else value

    def lost(self, row: RosterRow) -> list[str]:
        """Which of the row's references lead nowhere."""
        value = row.sourced_id if self.key == "sourcedId" else row.values.get(self.key)
        if value is None or value == self.good:
            return []
        listed = (value,) if isinstance(value, str) else value
        lost = [one for one in listed if not (self.ids.usable(one) or one in self.outside)]
        if not lost:
            self.good = value
        return lost


class References:
    """The identifiers of a set, and the rows that may use them.

    A second row with the same identifier is left out. A reference must lead to a usable row of the set, or, where that
    file is a delta or absent, to one that `known` knows and the set does not take away. A row whose binding reference
    leads nowhere is left out, and so is in turn what refers to it; another reference is dropped and the row kept.

    Memory: 12 to 24 bytes per row of the files that are referred to (orgs, academicSessions, courses, classes, users,
    userProfiles) and of the one being read, and `BATCH` rows. Files are best read in `FILE_ORDER`; one that is
    referred to and not yet read, or refers to itself, is read once more for its identifiers.
    """

    def __init__(self, archive: RosterArchive, known: Known) -> None:
        self._archive = archive
        self._known = known
        self._ids: dict[str, _Ids] = {}

    def rows(self, file: str, report: Report) -> Iterator[RosterRow]:
        """The rows of `file` that may be applied, dangling references taken away; the rest goes to `report`."""
        checks = [self._check(column) for column in columns_of("1.2", file) if column.refers_to]
        own = _Ids()
        source = self._archive.rows(file, report)
        while batch := list(islice(source, BATCH)):
            self._ask(batch, [check for check in checks if not check.settled])
            for row in batch:
                kept = self._admit(row, checks, own, report)
                if kept is not None:
                    yield kept
        self._ids.setdefault(file, own)

    def _check(self, column: Column) -> _Check:
        target = column.refers_to or ""
        if target not in self._ids:
            self._gather(target)
        return _Check(column, self._ids[target], self._archive.modes[target])

    def _gather(self, target: str) -> None:
        ids = self._ids[target] = _Ids()
        for row in self._archive.rows(target, lambda _: None):
            ids.seen.add(row.sourced_id)
            if row.deleted:
                ids.gone.add(row.sourced_id)

    def _ask(self, batch: Iterable[RosterRow], checks: Iterable[_Check]) -> None:
        """Learn what is known of the identifiers that the set itself does not settle."""
        for check in checks:
            asked = {
                one for row in batch if not row.deleted for one in check.referred(row) if one not in check.ids.seen
            }
            check.outside = self._known(check.column.refers_to or "", asked) if asked else set()
            check.good = None

    def _admit(self, row: RosterRow, checks: list[_Check], own: _Ids, report: Report) -> RosterRow | None:
        if not own.seen.add(row.sourced_id):
            report(_duplicate(row, self._written_in(row.file)))
            return None
        kept = row if row.deleted else self._settle(row, checks, report)
        if kept is None or kept.deleted:
            own.gone.add(row.sourced_id)
        return kept

    def _settle(self, row: RosterRow, checks: list[_Check], report: Report) -> RosterRow | None:
        for check in checks:
            lost = check.lost(row)
            if not lost:
                continue
            binding = check.column.binding and len(lost) == len(check.referred(row))
            for one in lost:
                report(_dangling(row, self._written_in(row.file), check.column, one, binding))
            if binding:
                return None
            row = _without(row, check, lost)
        return row

    def _written_in(self, file: str) -> str:
        """The file in which the operator finds the row: roles of version 1.1 stand in users.csv."""
        return "users.csv" if file in self._archive.derived else f"{file}.csv"


def read_set(archive: RosterArchive, known: Known, report: Report) -> Iterator[RosterRow]:
    """Every row of the set that may be applied, file after file in `FILE_ORDER`."""
    references = References(archive, known)
    for file in FILE_ORDER:
        yield from references.rows(file, report)


def check_references(archive: RosterArchive, known: Known, report: Report) -> dict[str, int]:
    """Read the whole set for its findings alone; answers the number of usable rows per file."""
    counts: dict[str, int] = {}
    for row in read_set(archive, known, report):
        counts[row.file] = counts.get(row.file, 0) + 1
    return counts


def _without(row: RosterRow, check: _Check, lost: list[str]) -> RosterRow:
    values: dict[str, Value] = dict(row.values)
    kept = tuple(one for one in check.referred(row) if one not in lost)
    if kept:
        values[check.key] = kept
    else:
        del values[check.key]
    return replace(row, values=values)


def _duplicate(row: RosterRow, name: str) -> Finding:
    message = "An earlier row of the file has the same identifier."
    return left_out(
        "duplicate-id",
        name,
        message,
        line=row.line,
        column="sourcedId",
        value=row.sourced_id,
        expected="each identifier once in a file",
    )


def _dangling(row: RosterRow, name: str, column: Column, lost: str, binding: bool) -> Finding:
    message = "It leads nowhere; the row is left out." if binding else "It leads nowhere; the reference was dropped."
    severity = Severity.ROW if binding else Severity.NOTE
    expected = f"the sourcedId of a usable row of {column.refers_to}.csv"
    problem = Problem(severity, "dangling-reference", expected, message)
    return problem.at(name, row.line, column.name, lost)
