"""How far apart is everyone's credit, and what would one student's next points change about that?"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def places(credit: Floats) -> Floats:
    """(n,) where each student stands in the line by `credit`: 1 the most, -1 the least; equals stand together.

    The Gini coefficient weighs everyone by just this place, so it falls fastest when points do too.
    """
    ordered = np.sort(credit)
    less, more = np.searchsorted(ordered, credit, "left"), np.searchsorted(ordered, credit, "right")
    place: Floats = (less - (len(credit) - more)) / max(1, len(credit) - 1)
    return place


def apart(credit: Floats) -> float:
    """The average distance between any two students' credit: what the Gini coefficient of all weeks measures."""
    n = len(credit)
    ranks = 2 * np.arange(n) - n + 1
    return float(np.round(2 * (ranks * np.sort(credit)).sum() / max(1, n) ** 2, 9))


class Line:
    """Everyone's credit in order, so that the distance from any credit to all of it is found at once."""

    def __init__(self, credit: Floats) -> None:
        """credit: (n,) of all students, at least one."""
        self._credit, first = np.unique(credit, return_index=True)
        self._place = places(credit)[first]
        steps = np.diff(self._credit) * (self._place[1:] + self._place[:-1]) / 2
        self._height = np.concatenate([np.zeros(1), np.cumsum(steps)])

    def height(self, credit: Floats) -> Floats:
        """(k,) the distance from each of `credit` (k,) to everyone's, as far as it differs from that of the least.

        Its slope is the place in the line, -1 below all and 1 above all. Between two neighbours the place moves
        evenly from one's to the other's: were it the same all the way, in a short line nobody would be ahead there.
        """
        inside = np.clip(credit, self._credit[0], self._credit[-1])
        at = np.searchsorted(self._credit, inside, "right") - 1
        place = np.interp(inside, self._credit, self._place)
        within = (inside - self._credit[at]) * (self._place[at] + place) / 2
        height: Floats = self._height[at] + within + np.abs(credit - inside)
        return height
