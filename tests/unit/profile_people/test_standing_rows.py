"""The compact table of standing rows, the upload as a file, and the tally of findings."""

import io
from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.roster_findings import MOST_KEPT, FindingTally
from services.profile.rosters import Finding, Severity
from services.profile.store.rosters import CHUNK_BYTES
from services.profile.store.standing_rows import ADDED, CHANGED, UNCHANGED, StandingTable, hash_of
from services.profile.store.uploads import Upload

Rows = dict[str, int]
rows = st.dictionaries(st.text(min_size=1, max_size=5), st.integers(-3, 3), max_size=30)


def table_of(standing: Rows) -> StandingTable:
    return StandingTable(array("Q", map(hash_of, standing)), array("q", standing.values()))


@given(rows, rows)
def test_each_row_is_added_changed_or_unchanged_and_the_rest_was_not_seen(standing: Rows, sent: Rows) -> None:
    table = table_of(standing)
    ids = np.fromiter(map(hash_of, sent), np.uint64, len(sent))
    kinds = table.compare(ids, np.array(list(sent.values()), np.int64)).tolist()
    expected = [
        ADDED if key not in standing else UNCHANGED if standing[key] == value else CHANGED
        for key, value in sent.items()
    ]
    assert kinds == expected
    assert table.unseen() == {hash_of(key) for key in standing.keys() - sent.keys()}


@given(st.lists(st.tuples(st.integers(0, 3 * CHUNK_BYTES), st.integers(0, CHUNK_BYTES)), max_size=8))
def test_an_upload_reads_like_the_file_it_was(places: list[tuple[int, int]]) -> None:
    content = bytes(range(256)) * (2 * CHUNK_BYTES // 256) + b"the end"
    upload = io.BufferedReader(Upload(lambda n: content[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES], len(content)))
    for start, count in places:
        upload.seek(start)
        assert upload.read(count) == content[start : start + count]
    upload.seek(-3, io.SEEK_END)
    assert upload.read() == b"end"


def test_every_finding_counts_and_the_first_are_kept() -> None:
    tally = FindingTally()
    fault = Finding(Severity.ROW, "bad-date", "users.csv", 2, "endDate", "soon", "YYYY-MM-DD", "Not a date.")
    tally.add_all([fault] * (MOST_KEPT + 50))
    assert len(tally.take()) == MOST_KEPT
    assert tally.take() == []
    assert [count.count for count in tally.counts()] == [MOST_KEPT + 50]
    assert not tally.is_refused
