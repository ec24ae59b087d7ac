"""Reading: one row of cells becomes one typed row of the roster, or a finding that says why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

import orjson

from services.profile.rosters.findings import Finding, Problem, Report, Severity, left_out, note
from services.profile.rosters.headers import Header
from services.profile.rosters.layout import Column, Mode
from services.profile.rosters.values import Reader, Value, reader_for

_LONGEST_ID = 255
_SPANS = (("startDate", "endDate"), ("beginDate", "endDate"))


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row, under the column names of version 1.2.

    `values` holds no blank: a column without value is not in it. Lists are tuples; flags the words "true" and "false";
    dates YYYY-MM-DD; words of a closed list spelt as the standard spells them (`schoolYear`). `sourcedId`, `status` and
    passwords are not in it; `dateLastModified` (UTC) is, in a delta file.
    """

    file: str
    line: int
    sourced_id: str
    deleted: bool
    values: Mapping[str, Value]


def row_digest(row: RosterRow) -> bytes:
    """16 bytes that are equal for two rows that say the same, whenever and from wherever they were exported."""
    said: Mapping[str, Value] = row.values
    if "dateLastModified" in said:
        said = {key: value for key, value in said.items() if key != "dateLastModified"}
    text = orjson.dumps([row.file, row.sourced_id, row.deleted, said], option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=16).digest()


class RowReader:
    """Reads the rows of one file and reports what is wrong with them."""

    def __init__(self, file: str, header: Header, mode: Mode, report: Report) -> None:
        self._file = file
        self._name = f"{file}.csv"
        self._width = header.width
        self._mode = mode
        self._report = report
        self._places = {column.name: place for place, column in header.places}
        self._leads = self._places.get("status") == 1 and self._places.get("dateLastModified") == 2
        self._cells = _cells_of(header)
        self._required = [column for _, column in header.places if column.required and column.name != "sourcedId"]
        self._required_keys = frozenset(column.key for column in self._required)
        self._secrets = [(place, column.name) for place, column in header.places if column.kind == "secret"]
        self._spans = [span for span in _SPANS if set(span) <= self._places.keys()]

    def read(self, line: int, cells: list[str]) -> RosterRow | None:
        """The row in `cells`, or None where it is blank or must be left out."""
        if not any(cells):
            self._report(note("blank-line", self._name, "A line without values; passed over.", line=line))
            return None
        if len(cells) != self._width and not self._fit(line, cells):
            return None
        sourced_id = cells[0].strip()
        # In nearly every row of a bulk file, status and date are blank as they should be.
        plain = self._mode == "bulk" and self._leads and not (cells[1] or cells[2])
        deleted = False if plain else self._read_status(line, cells)
        if deleted is None or not self._is_usable(line, sourced_id):
            return None
        values, sound = self._read_values(line, cells, deleted)
        if not deleted:
            whole = self._is_whole(line, cells, values)
            if not (sound and whole):
                return None
        if self._mode == "delta":
            self._keep_moment(line, cells, values)
        return RosterRow(self._file, line, sourced_id, deleted, values)

    def _fit(self, line: int, cells: list[str]) -> bool:
        """Give `cells` the header's width. More values than columns cannot be told apart, and are not shown."""
        count = len(cells)
        if any(cells[self._width :]):
            message = "The row has more values than the header has columns."
            expected = f"{self._width} values"
            self._report(
                left_out("too-many-values", self._name, message, line=line, value=str(count), expected=expected)
            )
            return False
        del cells[self._width :]
        cells.extend([""] * (self._width - count))
        message = "The row has another number of values than the header; what is missing was read as blank."
        self._report(
            note("row-width", self._name, message, line=line, value=str(count), expected=f"{self._width} values")
        )
        return True

    def _is_usable(self, line: int, sourced_id: str) -> bool:
        if 0 < len(sourced_id) <= _LONGEST_ID:
            return True
        code, message = ("missing-value", "The row has no identifier.") if not sourced_id else _TOO_LONG
        expected = f"1 to {_LONGEST_ID} characters"
        self._report(
            left_out(code, self._name, message, line=line, column="sourcedId", value=sourced_id, expected=expected)
        )
        return False

    def _read_status(self, line: int, cells: list[str]) -> bool | None:
        """Whether the row says that its subject is gone; None where it says what cannot be understood."""
        place = self._places.get("status")
        text = cells[place].strip() if place is not None else ""
        deleted, problem = _status(text, self._mode)
        if problem is not None:
            self._report(problem.at(self._name, line, "status", text))
        if self._mode == "bulk" and "dateLastModified" in self._places:
            moment = cells[self._places["dateLastModified"]]
            if moment:
                self._report(_MOMENT_IN_BULK.at(self._name, line, "dateLastModified", moment))
        return deleted

    def _keep_moment(self, line: int, cells: list[str], values: dict[str, Value]) -> None:
        place = self._places.get("dateLastModified")
        text = cells[place].strip() if place is not None else ""
        moment, problem = _moment(text)
        if problem is not None:
            self._report(problem.at(self._name, line, "dateLastModified", text))
        if moment:
            values["dateLastModified"] = moment

    def _read_values(self, line: int, cells: list[str], deleted: bool) -> tuple[dict[str, Value], bool]:
        """The values of a row and whether all could be read. Of a deleted row nothing but its identifier matters."""
        values: dict[str, Value] = {}
        sound = True
        for place, column, reader in self._cells:
            text = cells[place]
            if not text:
                continue
            trimmed = text.strip()
            if len(trimmed) != len(text):
                self._report(_SPACE.at(self._name, line, column.name, text))
                if not trimmed:
                    continue
            if reader is None:
                values[column.key] = trimmed
                continue
            value, problem = reader(trimmed)
            if value:
                values[column.key] = value
            if problem is not None:
                sound &= self._accepts(line, column, trimmed, problem, deleted)
        if self._secrets:
            self._drop_secrets(line, cells)
        return values, sound

    def _accepts(self, line: int, column: Column, text: str, problem: Problem, deleted: bool) -> bool:
        if deleted and problem.severity is Severity.ROW:
            return True
        self._report(problem.at(self._name, line, column.name, text))
        return problem.severity is Severity.NOTE

    def _drop_secrets(self, line: int, cells: list[str]) -> None:
        for place, name in self._secrets:
            if cells[place]:
                message = "The file holds passwords. They were not read, are kept nowhere, and should not be sent."
                self._report(note("password-dropped", self._name, message, line=line, column=name, expected="blank"))
                self._secrets = []
                return

    def _is_whole(self, line: int, cells: list[str], values: dict[str, Value]) -> bool:
        """Whether every required value is there and no span ends before it begins."""
        faults: list[Finding] = []
        if not self._required_keys <= values.keys():
            faults += self._blanks(line, cells)
        for span in self._spans:
            if _is_reversed(span, values):
                faults.append(self._reversed(line, span, values))
        for fault in faults:
            self._report(fault)
        return all(fault.severity is Severity.NOTE for fault in faults)

    def _blanks(self, line: int, cells: list[str]) -> list[Finding]:
        return [
            _blank(column).at(self._name, line, column.name, "")
            for column in self._required
            if not cells[self._places[column.name]].strip(" ,")
        ]

    def _reversed(self, line: int, span: tuple[str, str], values: dict[str, Value]) -> Finding:
        begin, end = span
        message = "The end comes before the beginning."
        expected = f"{values[begin]} or later"
        return left_out(
            "dates-reversed", self._name, message, line=line, column=end, value=str(values[end]), expected=expected
        )


_TOO_LONG = ("bad-sourced-id", "The identifier is too long.")
_SPACE = Problem(Severity.NOTE, "space-trimmed", "no space at either end", "Space around the value was taken away.")
_MOMENT_IN_BULK = Problem(
    Severity.NOTE, "modified-in-bulk", "blank in a bulk file", "A bulk file has no dates of change; not read."
)
_NO_FAMILY_NAME = Problem(
    Severity.NOTE, "no-family-name", "a family name, or - for none", "The person was read as having no family name."
)
_MISSING = Problem(Severity.ROW, "missing-value", "a value", "A required value is blank.")
_MOMENT_MISSING = Problem(
    Severity.NOTE, "missing-modified", "a moment, such as 2026-08-31T12:00:00.000Z", "The date of change is blank."
)
_MOMENT_BAD = Problem(
    Severity.NOTE, "bad-modified", "a moment, such as 2026-08-31T12:00:00.000Z", "Not a moment in time; set aside."
)
_STATUS_IN_BULK = Problem(
    Severity.NOTE, "status-in-bulk", "blank in a bulk file", "A bulk file has no status; it was heeded all the same."
)
_STATUS_REPAIRED = Problem(
    Severity.NOTE, "status-repaired", "active | tobedeleted", "The status is spelt otherwise; it was read as meant."
)
_STATUS_MISSING = Problem(Severity.ROW, "missing-status", "active | tobedeleted", "A delta row must say its status.")
_STATUS_BAD = Problem(Severity.ROW, "bad-status", "active | tobedeleted", "The standard has no such status.")
_STATUSES = {"active": False, "tobedeleted": True, "inactive": True}


def _cells_of(header: Header) -> list[tuple[int, Column, Reader | None]]:
    skipped = {"sourcedId", "status", "dateLastModified"}
    return [
        (place, column, reader_for(column))
        for place, column in header.places
        if column.kind != "secret" and column.name not in skipped
    ]


def _blank(column: Column) -> Problem:
    return _NO_FAMILY_NAME if column.kind == "family-name" else _MISSING


def _is_reversed(span: tuple[str, str], values: dict[str, Value]) -> bool:
    begin, end = values.get(span[0]), values.get(span[1])
    return isinstance(begin, str) and isinstance(end, str) and end < begin


@lru_cache(maxsize=64)
def _status(text: str, mode: Mode) -> tuple[bool | None, Problem | None]:
    """Whether `text` says deleted (None: not understood). 1EdTech: `inactive` must be read as `tobedeleted`."""
    if not text:
        return (False, None) if mode == "bulk" else (None, _STATUS_MISSING)
    deleted = _STATUSES.get(text.casefold())
    if deleted is None:
        return None, _STATUS_BAD
    if mode == "bulk":
        return deleted, _STATUS_IN_BULK
    return deleted, None if text in ("active", "tobedeleted") else _STATUS_REPAIRED


@lru_cache(maxsize=4096)
def _moment(text: str) -> tuple[str, Problem | None]:
    """A moment in UTC, to the millisecond; one without a zone is taken for UTC."""
    if not text:
        return "", _MOMENT_MISSING
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return "", _MOMENT_BAD
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), None


def roles_in(row: RosterRow) -> Iterator[RosterRow]:
    """The roles that a version 1.1 user row holds, one for each school, as version 1.2 writes them.

    Their sourcedId is `<user>:<org>:<role>`: the same user, school and role always get the same one.
    """
    role, orgs = row.values.get("role"), row.values.get("orgSourcedIds", ())
    if role is None:
        return
    for org in dict.fromkeys(orgs):
        values = {"userSourcedId": row.sourced_id, "roleType": "primary", "role": role, "orgSourcedId": org}
        yield RosterRow("roles", row.line, f"{row.sourced_id}:{org}:{role}", row.deleted, values)


def person_in(row: RosterRow) -> RosterRow:
    """The user of a version 1.1 row, without the roles."""
    values = {key: value for key, value in row.values.items() if key not in ("role", "orgSourcedIds")}
    return RosterRow(row.file, row.line, row.sourced_id, row.deleted, values)
