"""How far apart is everyone's credit, and what would one student's next points change about that?"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Line:
    """Everyone's credit in order, so that the distance from any credit to all of it is found at once."""

    def __init__(self, credit: Floats) -> None:
        """credit: (n,) of all students, at least one."""
        self._ordered = np.sort(credit)
        self._sums = np.concatenate([np.zeros(1), np.cumsum(self._ordered)])

    def distance(self, credit: Floats) -> Floats:
        """(k,) the average distance from each of `credit` (k,) to the credit of everyone in the line.

        Its slope is the place in the line: from -1 below all to 1 above all.
        """
        n = len(self._ordered)
        below = np.searchsorted(self._ordered, credit)
        above = self._sums[-1] - self._sums[below] - credit * (n - below)
        distance: Floats = (credit * below - self._sums[below] + above) / n
        return distance


def apart(credit: Floats) -> float:
    """The average distance between any two students' credit: what the Gini coefficient of all weeks measures."""
    return float(np.round(Line(credit).distance(credit).mean(), 9)) if len(credit) else 0.0
