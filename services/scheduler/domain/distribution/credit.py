"""Credit: what a student carries over from week to week, so that who missed out comes first next time."""

import numpy as np
from numpy.typing import NDArray

START = 2.0
"""Credit that everyone begins with, in the middle between none and the ceiling, and that all credit drifts back to."""

DECAY = 0.99
"""Share of the distance to START that is kept from week to week; half of it is forgotten after sixty-nine weeks."""

GAIN = 1.0
"""Credit that a whole week missed would earn, were the others to get theirs."""

CEILING = 4.0
"""Credit never grows beyond this, so that nobody can save up to win everything; and never falls below nothing."""


def next_credit(credit: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The published rule: credit' = clip(2 + 0.99 * (credit - 2) + average share - own share, 0, 4).

    share: (n,) of the best possible week that each student got, 0 to 1; the average is taken over all of them. A week
    just like everyone's changes next to nothing; a week a tenth worse earns 0.1, a week a tenth better spends as much.
    That those who had more than most have less credit than at the start does half of the work: what evens out costs
    least when both ends move.
    """
    average = float(share.mean()) if len(share) else 0.0
    return np.clip(START + DECAY * (credit - START) + GAIN * (average - share), 0.0, CEILING)
