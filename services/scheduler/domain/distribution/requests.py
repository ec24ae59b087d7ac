"""The ladder of requests: who asked for whom, and which requests can be honoured, the highest first."""

import itertools
from dataclasses import dataclass

import numpy as np

from services.scheduler.domain.distribution.problem import Bytes, Ints, Numbers

HONOURED, FULL, OVERLAPS, TOO_FAR, KEPT_APART, MOST_REACHED = range(6)
"""Outcomes of a request. All but the first name a request that stands in the way, or the limit that is full."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What requests are checked against: where and when occurrences are, and what they draw on."""

    covers: Bytes  # (m, t)
    site: Ints
    space: Ints
    limits: list[list[int]]  # seat limits each occurrence draws on
    gap: Ints
    travel: Ints


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request, and because of which: `against` is a request, or a seat limit when FULL, else -1."""

    code: int
    against: int


def settle_requests(
    student: Ints,
    occurrence: Ints,
    timetable: Timetable,
    seats: Ints,
    most: Numbers,
    apart: dict[int, set[int]],
) -> tuple[list[Outcome], Ints]:
    """Honour requests in the order given, each if it can stand beside all honoured before it.

    Every request outranks all later ones together, so taking whatever still fits is the best in that order. Returns
    the outcomes and the seats left of each limit.
    """
    left = seats.copy()
    outcomes: list[Outcome] = []
    weeks: dict[int, list[int]] = {}
    for i, (s, o) in enumerate(zip(student.tolist(), occurrence.tolist(), strict=False)):
        outcome = _check(s, o, timetable, left, most, apart, weeks, occurrence)
        outcomes.append(outcome)
        if outcome.code == HONOURED:
            weeks.setdefault(s, []).append(i)
            left[timetable.limits[o]] -= 1
    return outcomes, left


def _check(
    s: int,
    o: int,
    timetable: Timetable,
    left: Ints,
    most: Numbers,
    apart: dict[int, set[int]],
    weeks: dict[int, list[int]],
    occurrence: Ints,
) -> Outcome:
    own = weeks.get(s, [])
    for j in own:
        if (timetable.covers[occurrence[j]] & timetable.covers[o]).any():
            return Outcome(OVERLAPS, j)
    for r in timetable.limits[o]:
        if left[r] <= 0:
            return Outcome(FULL, r)
    if len(own) >= most[s]:
        return Outcome(MOST_REACHED, own[-1])
    for other in apart.get(s, ()):
        for j in weeks.get(other, []):
            same_space = timetable.space[occurrence[j]] == timetable.space[o]
            if same_space and (timetable.covers[occurrence[j]] & timetable.covers[o]).any():
                return Outcome(KEPT_APART, j)
    blocking = _unreachable(o, own, timetable, occurrence)
    return Outcome(TOO_FAR, blocking) if blocking >= 0 else Outcome(HONOURED, -1)


def _unreachable(o: int, own: list[int], timetable: Timetable, occurrence: Ints) -> int:
    """The honoured request between which and `o` there is no time to travel, or -1."""
    at = {int(t): -1 for t in np.flatnonzero(timetable.covers[o])}
    for j in own:
        at.update((int(t), j) for t in np.flatnonzero(timetable.covers[occurrence[j]]))
    stops = sorted(at)
    for before, after in itertools.pairwise(stops):
        first = o if at[before] < 0 else int(occurrence[at[before]])
        second = o if at[after] < 0 else int(occurrence[at[after]])
        if timetable.travel[timetable.site[first], timetable.site[second]] > timetable.gap[before, after]:
            return max(at[before], at[after])
    return -1
