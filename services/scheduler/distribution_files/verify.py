"""Checked by doing: what a report says would have changed a result is tried, on a sample, by solving again."""

from dataclasses import replace
from typing import Any

import numpy as np

from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.distribution_files.texts import say
from services.scheduler.domain.distribution.solve import Effort, distribute

MOST_CANDIDATES = 6000
"""Rounds larger than this are not solved again; their reasons rest on the exchange that was found."""


def verify(prepared: Prepared, document: dict[str, Any], effort: Effort, cores: int, sample: int = 8) -> dict[str, int]:
    """Give students the credit that their report says they lacked, and see whether they then get the place.

    Statements that do not hold are replaced by "nothing-simple" in `document`. Returns how many were tried and held.
    """
    if len(prepared.problem.arrays.cand_occ) > MOST_CANDIDATES:
        return {"tried": 0, "held": 0}
    claims = [(row, c) for row in document["students"] for c in row["choices"] if c.get("change") == "with-credit"]
    stride = max(1, len(claims) // sample)
    held = 0
    tried = claims[::stride][:sample]
    for row, claim in tried:
        if _holds(prepared, row["student"], claim, effort, cores):
            held += 1
        else:
            claim.pop("credit")
            claim["change"], claim["change_text"] = "nothing-simple", say("nothing-simple", {})
    return {"tried": len(tried), "held": held}


def _holds(prepared: Prepared, student: str, claim: dict[str, Any], effort: Effort, cores: int) -> bool:
    """Whether the student, with that much more credit, gets the place or one ranked higher in its block."""
    a, problem = prepared.problem.arrays, prepared.problem
    s = next(i for i, x in enumerate(prepared.students) if x.id == student)
    own = slice(int(a.cand_start[s * problem.slots]), int(a.cand_start[(s + 1) * problem.slots]))
    weight = a.cand_weight.copy()
    more = problem.cand_points[own] * (prepared.round.policy.credit_tilt * claim["credit"])
    weight[own] += np.rint(more).astype(np.int32)
    again = distribute(replace(problem, arrays=a._replace(cand_weight=weight)), cores, effort)
    slot = int(a.occ_covers[prepared.index[claim["occurrence"]]].argmax())
    got = again.chosen[s, slot]
    return bool(got >= 0 and 0 < problem.cand_rank[got] <= claim["rank"])
