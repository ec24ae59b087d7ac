"""A round solved in a process of its own: the order comes in, progress goes out line by line, the report at the end."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from pydantic import TypeAdapter

from services.scheduler.distribution_files.from_timetable import Quota
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.distribution_files.ranked_round import RankedRound
from services.scheduler.distribution_files.report import report
from services.scheduler.distribution_files.solve_order import Solved, SolveOrder
from services.scheduler.distribution_files.verify import verify
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.problem import UNITS_PER_POINT
from services.scheduler.domain.distribution.solve import Answer, Effort, Progress

POLITENESS = 5
"""Below whoever answers people: a distribution may take a little longer."""

Tell = Callable[[Progress], None]


def solve(order: SolveOrder, tell: Tell | None = None) -> Solved:
    """Distribute until no student has more of an offer than its quotas allow. Deterministic, whatever the cores.

    Where the engine gives somebody too many, they keep the ones they ranked best, the rest of that quota is taken out
    of their ranking, and all is solved again: each time a quota of somebody is settled for good, so it ends.
    """
    ranked, out, effort = order.ranked, list[tuple[str, str]](), Effort()
    while True:
        prepared = prepare(ranked)
        found = distribute_evenly(prepared.problem, order.cores, effort, tell)
        over = _over_quota(prepared, found.answer, order.quotas)
        if not over:
            break
        out += over
        ranked = without(ranked, over)
    document = report(prepared, found)
    if found.answer.finished:
        document["reasons_tried"] = verify(prepared, found, document, order.cores)
    return Solved(document, out)


def without(ranked: RankedRound, choices: Sequence[tuple[str, str]]) -> RankedRound:
    """The round without these choices of these students."""
    gone = set(choices)
    kept = [
        replace(row, ranked=[one for one in row.ranked if (row.student, one) not in gone]) for row in ranked.choices
    ]
    return replace(ranked, choices=kept)


def _over_quota(prepared: Prepared, answer: Answer, quotas: Sequence[Quota]) -> list[tuple[str, str]]:
    """What is to be taken out of rankings: of each quota somebody exceeds, all but the best they were given."""
    given = _given(prepared, answer) if quotas else {}
    out = list[tuple[str, str]]()
    for quota in quotas:
        counted = set(quota.occurrences)
        for student, occurrences in sorted(given.items()):
            mine = [one for one in occurrences if one in counted]
            most = max(0, quota.most - quota.had.get(student, 0))
            if len(mine) > most:
                out += [(student, one) for one in _ranked_by(prepared, student, counted) if one not in mine[:most]]
    return list(dict.fromkeys(out))


def _given(prepared: Prepared, answer: Answer) -> dict[str, list[str]]:
    """By student, what they were given, best rank first."""
    arrays, given = prepared.problem.arrays, dict[str, list[tuple[int, str]]]()
    for number, row in enumerate(answer.chosen):
        ranks = dict(prepared.ranked[number])
        places = [int(arrays.cand_occ[candidate]) for candidate in row if candidate >= 0]
        given[prepared.students[number].id] = sorted((ranks[one], prepared.occurrences[one].id) for one in places)
    return {student: [name for _, name in places] for student, places in given.items()}


def _ranked_by(prepared: Prepared, student: str, among: set[str]) -> list[str]:
    return [name for row in prepared.round.choices if row.student == student for name in row.ranked if name in among]


def _tell_on_stderr(progress: Progress) -> None:
    line = {
        "stage": progress.stage,
        "points": round(progress.value / UNITS_PER_POINT, 2),
        "bound": round(progress.bound / UNITS_PER_POINT, 2),
    }
    print(json.dumps(line), file=sys.stderr, flush=True)


def main() -> None:
    """`python -m services.scheduler.distribution_files.solving`: reads the order, writes the report to stdout."""
    os.nice(POLITENESS)
    order = TypeAdapter(SolveOrder).validate_json(sys.stdin.buffer.read())
    solved = solve(order, _tell_on_stderr)
    sys.stdout.write(json.dumps(asdict(solved), separators=(",", ":"), allow_nan=False))


if __name__ == "__main__":
    main()
