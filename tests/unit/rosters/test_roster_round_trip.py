"""Round trip: whatever was written is what is read, and reading it twice changes nothing."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from services.profile.rosters import FILE_ORDER, RosterRow, Value, row_digest
from services.profile.rosters.layout import Column, columns_of
from tests.unit.rosters.sets import Cells, members_of, opened, rows_of

# Any text a person may write; what the reader repairs on purpose (space at the ends, lone dashes) is left out here.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text not in {"-", "\N{EN DASH}", "\N{EM DASH}", "."})
ITEM = st.text(string.ascii_letters + string.digits + "-é東", min_size=1, max_size=6)
PAIR = st.tuples(ITEM, ITEM).map(lambda pair: f"{pair[0]}:{pair[1]}")


def value_of(column: Column) -> st.SearchStrategy[Value]:
    kinds: dict[str, st.SearchStrategy[Value]] = {
        "enum": st.sampled_from(column.choices or ("",)),
        "flag": st.sampled_from(("true", "false")),
        "date": st.dates().map(str),
        "year": st.integers(1000, 9999).map(str),
        "integer": st.integers().map(str),
        "number": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
        "list": st.lists(ITEM, min_size=1, max_size=3).map(tuple),
        "user-ids": st.lists(PAIR, min_size=1, max_size=3).map(tuple),
    }
    return kinds.get(column.kind, TEXT)


def written(column: Column, value: Value) -> str:
    if isinstance(value, str):
        return value
    return ",".join(f"{{{pair}}}" if column.kind == "user-ids" else pair for pair in value)


@st.composite
def rows_for(draw: st.DrawFn, file: str) -> tuple[list[Cells], list[tuple[str, dict[str, Value]]]]:
    """Some rows of `file` as cells, and what must be read from them."""
    cells: list[Cells] = []
    meant: list[tuple[str, dict[str, Value]]] = []
    columns = [column for column in columns_of("1.2", file)[3:] if column.kind != "secret"]
    for sourced_id in draw(st.lists(ITEM, max_size=3, unique=True)):
        values = {column.key: draw(value_of(column)) for column in columns if column.required or draw(st.booleans())}
        for begin, end in (("startDate", "endDate"), ("beginDate", "endDate")):
            if begin in values and end in values:
                values[begin], values[end] = sorted((str(values[begin]), str(values[end])))
        by_key = {column.key: column for column in columns}
        cells.append({"sourcedId": sourced_id} | {key: written(by_key[key], value) for key, value in values.items()})
        meant.append((sourced_id, values))
    return cells, meant


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({file: rows_for(file) for file in FILE_ORDER}))
def test_any_written_set_reads_back_the_same(
    made: dict[str, tuple[list[Cells], list[tuple[str, dict[str, Value]]]]],
) -> None:
    rows, findings = rows_of(opened(members_of({file: cells for file, (cells, _) in made.items()})))
    assert findings == []
    for file, (_, meant) in made.items():
        assert [(row.sourced_id, row.values) for row in rows[file]] == meant


def row(**values: Value) -> RosterRow:
    return RosterRow("users", 2, "u1", False, values)


def test_a_digest_does_not_depend_on_line_order_or_date_of_change() -> None:
    first = RosterRow("users", 2, "u1", False, {"username": "mina", "grades": ("09",)})
    later = RosterRow("users", 9, "u1", False, {"grades": ("09",), "username": "mina", "dateLastModified": "2026"})
    assert row_digest(first) == row_digest(later)
    assert len(row_digest(first)) == 16


def test_a_digest_tells_any_change() -> None:
    others = [
        row(username="mina"),
        row(username="Mina"),
        row(username="mina", grades=("09", "10")),
        row(username="mina", grades=("0910",)),
        row(username="mina", email="09"),
        RosterRow("users", 2, "u2", False, {"username": "mina"}),
        RosterRow("users", 2, "u1", True, {"username": "mina"}),
        RosterRow("roles", 2, "u1", False, {"username": "mina"}),
    ]
    assert len({row_digest(other) for other in others}) == len(others)
