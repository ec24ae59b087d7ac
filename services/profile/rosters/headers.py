"""Headers: which place in a row holds which column, and whether the file says so plainly enough to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from services.profile.rosters.findings import Finding, note, refusal
from services.profile.rosters.layout import KNOWN_MISSPELLINGS, Column

# Two letters in ten may differ: `prefferedGivenName` passes, `familyName` for `givenName` does not.
_LIKENESS = 0.85


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file by their place, the number of cells in its header, and what was found wrong with it."""

    places: tuple[tuple[int, Column], ...]
    width: int
    findings: tuple[Finding, ...]


def read_header(file: str, found: Sequence[str], columns: Sequence[Column]) -> Header:
    """Match the names `found` in line 1 of `file` with its exact `columns`.

    Other case and known misspellings are noted, and so are optional columns that are not there and columns after the
    last one. A required column that is not there, a column twice, or any other order refuses the file.
    """
    named = _resolve(found, columns)
    places = tuple((place, column) for place, column in enumerate(named) if column is not None)
    findings = [
        *_misspelt(file, found, places),
        *_missing(file, found, places, columns),
        *_disordered(file, found, places, columns),
        *_extra(file, found, places),
    ]
    return Header(places, len(found), tuple(findings))


def _resolve(found: Sequence[str], columns: Sequence[Column]) -> list[Column | None]:
    by_name = {column.name.casefold(): column for column in columns}
    keys = [name.strip().casefold() for name in found]
    unclaimed = [name for name in by_name if name not in keys]
    return [by_name.get(_meant(key, by_name, unclaimed)) for key in keys]


def _meant(key: str, by_name: dict[str, Column], unclaimed: list[str]) -> str:
    """The column that `key` names: itself, a known misspelling, or the one unclaimed name that is very like it."""
    if key in by_name or key.startswith("metadata."):
        return key
    known = KNOWN_MISSPELLINGS.get(key, "").casefold()
    close = [known] if known in unclaimed else get_close_matches(key, unclaimed, n=1, cutoff=_LIKENESS)
    return close[0] if close else key


def _misspelt(file: str, found: Sequence[str], places: Sequence[tuple[int, Column]]) -> list[Finding]:
    return [
        note(
            "misspelt-header",
            file,
            f"The column is called {column.name}; it was read as that.",
            line=1,
            column=column.name,
            value=found[place],
            expected=column.name,
        )
        for place, column in places
        if found[place] != column.name
    ]


def _missing(
    file: str, found: Sequence[str], places: Sequence[tuple[int, Column]], columns: Sequence[Column]
) -> list[Finding]:
    present = {column.name for _, column in places}
    return [
        (refusal if column.required else note)(
            "missing-column",
            file,
            "A required column is not there." if column.required else "An optional column is not there; read as blank.",
            line=1,
            column=column.name,
            value=",".join(found),
            expected=column.name,
        )
        for column in columns
        if column.name not in present
    ]


def _disordered(
    file: str, found: Sequence[str], places: Sequence[tuple[int, Column]], columns: Sequence[Column]
) -> list[Finding]:
    order = {column.name: rank for rank, column in enumerate(columns)}
    ranks = [order[column.name] for _, column in places]
    # Known columns stand at the front, each once, in order; what is not known may only follow them.
    if ranks == sorted(set(ranks)) and [place for place, _ in places] == list(range(len(places))):
        return []
    present = set(ranks)
    wanted = [column.name for column in columns if order[column.name] in present]
    read_as = {place: column.name for place, column in places}
    place = next((place for place, name in enumerate(wanted) if read_as.get(place) != name), len(wanted))
    return [
        refusal(
            "wrong-header-order",
            file,
            f"The columns are not in the standard's order: column {place + 1} should be "
            f"{wanted[place] if place < len(wanted) else 'absent'}.",
            line=1,
            column=found[place] if place < len(found) else None,
            value=",".join(found),
            expected=",".join(wanted),
        )
    ]


def _extra(file: str, found: Sequence[str], places: Sequence[tuple[int, Column]]) -> list[Finding]:
    known = {place for place, _ in places}
    return [
        note("extra-column", file, "The standard has no such column; it is not read.", line=1, column=name, value=name)
        for place, name in enumerate(found)
        if place not in known and not name.strip().casefold().startswith("metadata.")
    ]
