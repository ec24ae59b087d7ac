"""None of these, then a calm space: what such a wish ranks, behind everything that the student ranked."""

from collections.abc import Callable, Iterator

from services.scheduler.distribution_files.prepared import Notice
from services.scheduler.distribution_files.ranked_round import RankedRound, Ranking, Student

LESS = 0.9
"""Part of the least weight a student gave that a calm space is worth to them, where they gave weights."""


def calm_rankings(
    ranked_round: RankedRound, eligible: Callable[[Student, str], bool], notices: list[Notice]
) -> list[Ranking]:
    """The calm spaces asked for, as one more row of choices a student; wishes that cannot count go to `notices`.

    A block's calm spaces are the occurrences with `calm` in that block alone. Whoever ranked one of them asks for it
    once, where it was ranked.
    """
    students = {s.id: s for s in ranked_round.students}
    calm = [o for o in sorted(ranked_round.occurrences, key=lambda o: o.id) if o.calm]
    in_block = {b.id: [o.id for o in calm if o.blocks == [b.id]] for b in ranked_round.blocks}
    rows = _rows(ranked_round.choices)
    last = max((row.row for row in ranked_round.choices), default=0) + 1
    rankings = list[Ranking]()
    for name in sorted(rows.keys() & students.keys()):
        own = rows[name]
        ranked = {occurrence for row in own for occurrence in row.ranked}
        spaces = list[str]()
        for block, at in _blocks(own):
            found = [space for space in in_block.get(block, []) if eligible(students[name], space)]
            if not found:
                notices.append(Notice("no-calm-space" if block in in_block else "unknown-block", name, block, at))
            spaces += [space for space in found if space not in ranked]
        weights = [weight for row in own for weight in row.weights]
        rankings.append(Ranking(name, spaces, [LESS * min(weights)] * len(spaces) if weights else [], row=last))
    return rankings


def _rows(choices: list[Ranking]) -> dict[str, list[Ranking]]:
    """All rows of each student who asks for a calm space, in order."""
    asking = {row.student for row in choices if row.calm}
    rows: dict[str, list[Ranking]] = {}
    for row in sorted(choices, key=lambda r: r.row):
        if row.student in asking:
            rows.setdefault(row.student, []).append(row)
    return rows


def _blocks(rows: list[Ranking]) -> Iterator[tuple[str, int]]:
    """Each block named once, with the row that names it first."""
    first: dict[str, int] = {}
    for row in rows:
        for block in row.calm:
            first.setdefault(block, row.row)
    return iter(first.items())
