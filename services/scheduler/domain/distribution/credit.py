"""Credit: what a student carries over from week to week, so that who missed out comes first next time."""

import numpy as np
from numpy.typing import NDArray

DECAY = 0.97
"""Share of last week's credit that is kept; a miss weighs half as much twenty-three weeks later."""

GAIN = 10.0
"""Credit that a whole week missed would earn, were the others to get theirs."""

CEILING = 4.0
"""Credit never grows beyond this, so that nobody can save up to win everything."""


def next_credit(credit: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The published rule: credit' = clip(0.97 * credit + 10 * (average share - own share), 0, 4).

    share: (n,) of the best possible week that each student got, 0 to 1; the average is taken over all of them. A week
    just like everyone's earns nothing; a week a tenth worse earns 1; a better one spends what there is. A student who
    asked for nothing has share 1 and their credit runs down.
    """
    average = float(share.mean()) if len(share) else 0.0
    return np.clip(DECAY * credit + GAIN * (average - share), 0.0, CEILING)
