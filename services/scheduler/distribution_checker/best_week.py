"""The best week one student could have, were every seat theirs for the asking?"""

from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from services.scheduler.distribution_checker.facts import Facts
from services.scheduler.distribution_files.ranked_round import Occurrence

Piece = tuple[int, str]


class _Wish(NamedTuple):
    points: float
    name: str
    pieces: frozenset[Piece]


class _Start(NamedTuple):
    """What begins in one piece of time."""

    piece: Piece
    wishes: list[_Wish]


class _Part(NamedTuple):
    """A week decided up to some piece of time. The most promising comes first; of equals, the one that is further."""

    at_most: float  # negative: points it can still come to
    undecided: int  # starts left, negative index of the next
    names: tuple[str, ...]
    points: float
    pieces: frozenset[Piece]


def best_week(facts: Facts, name: str) -> float:
    """Points of the best week if all seats were free, honoured requests kept.

    Piece of time after piece of time, each wish or none of them. The most promising part of a week is always carried
    on first, and what it promises is never too little, so the first that is whole is the best.
    """
    held = tuple(o for o in facts.week[name] if (name, o) in facts.pulled)
    starts = _starts(facts, name, held)
    most = facts.students[name].most
    room = len(starts) if most is None else most - len(held)
    tops = [max(w.points for w in start.wishes) for start in starts]
    fixed = sum(facts.ranked[name][o][1] for o in held if o in facts.ranked[name])
    blocked = frozenset(piece for o in held for piece in facts.covers(facts.occurrences[o]))
    waiting = [_part(tops, len(starts), room, held, 0.0, blocked)]
    while waiting:
        part = heappop(waiting)
        at = len(starts) - part.undecided
        if not _arrives(facts, part.names, starts[at].piece if part.undecided else None):
            continue
        if not part.undecided:
            return fixed + part.points
        left = room - len(part.names) + len(held)
        heappush(waiting, _part(tops, part.undecided - 1, left, part.names, part.points, part.pieces))
        for wish in starts[at].wishes if left > 0 else ():
            if not wish.pieces & part.pieces:
                week, points = (*part.names, wish.name), part.points + wish.points
                heappush(waiting, _part(tops, part.undecided - 1, left - 1, week, points, part.pieces | wish.pieces))
    return fixed


def _part(
    tops: list[float], undecided: int, room: int, names: tuple[str, ...], points: float, pieces: frozenset[Piece]
) -> _Part:
    """The best of each start still to come, as many as there is room for: never less than what can be added."""
    ahead = tops[len(tops) - undecided :]
    best = ahead if room >= len(ahead) else sorted(ahead, reverse=True)[: max(0, room)]
    return _Part(-(points + sum(best)), undecided, names, points, pieces)


def _starts(facts: Facts, name: str, held: tuple[str, ...]) -> list[_Start]:
    """The student's wishes by the piece they begin in. Of two at one time and place, the better one is enough."""
    best: dict[tuple[frozenset[Piece], str], _Wish] = {}
    for o, (_, points, _) in sorted(facts.ranked[name].items()):
        pieces = frozenset(facts.covers(facts.occurrences[o]))
        key = (pieces, facts.site(facts.occurrences[o]))
        if o not in held and (key not in best or points > best[key].points):
            best[key] = _Wish(points, o, pieces)
    starts: dict[Piece, list[_Wish]] = {}
    for wish in best.values():
        starts.setdefault(min(wish.pieces), []).append(wish)
    return [_Start(piece, starts[piece]) for piece in sorted(starts)]


def _arrives(facts: Facts, names: tuple[str, ...], upcoming: Piece | None) -> bool:
    """Whether there is time for every journey that nothing can come between any more."""
    stops = sorted(stop for o in names for stop in _stops(facts, facts.occurrences[o]))
    for (_, end, site), (start, _, to) in pairwise(stops):
        settled = upcoming is None or start <= upcoming[0]
        if settled and site != to and start - end < facts.minutes.get((site, to), 0):
            return False
    return True


def _stops(facts: Facts, o: Occurrence) -> list[tuple[int, int, str]]:
    return [(start, end, facts.site(o)) for start, end, _ in facts.times(o) if end > start]
