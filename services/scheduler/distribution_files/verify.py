"""Checked by doing: what a report says would have changed a result is tried, on a sample, by solving again."""

from dataclasses import replace
from typing import Any

from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.distribution_files.texts import say
from services.scheduler.domain.distribution.evening import Evened, even_out

MOST_CANDIDATES = 6000
"""Rounds larger than this are not solved again; their reasons rest on the exchange that was found."""

SAMPLE = 8
"""Statements tried in one report."""


def verify(prepared: Prepared, found: Evened, document: dict[str, Any], cores: int) -> dict[str, int]:
    """Give students the credit that their report says they lacked, and see whether they then get the place.

    Statements that do not hold are replaced by "nothing-simple" in `document`. Returns how many were tried and held.
    """
    if len(prepared.problem.arrays.cand_occ) > MOST_CANDIDATES:
        return {"tried": 0, "held": 0}
    claims = [(row, c) for row in document["students"] for c in row["choices"] if c.get("change") == "with-credit"]
    stride = max(1, len(claims) // SAMPLE)
    held = 0
    tried = claims[::stride][:SAMPLE]
    for row, claim in tried:
        if _holds(prepared, found, row["student"], claim, cores):
            held += 1
        else:
            claim.pop("credit")
            claim["change"], claim["change_text"] = "nothing-simple", say("nothing-simple", {})
    return {"tried": len(tried), "held": held}


def _holds(prepared: Prepared, found: Evened, student: str, claim: dict[str, Any], cores: int) -> bool:
    """Whether the student, with that much more credit, gets the place or one ranked higher in its block."""
    problem = found.problem
    s = next(i for i, x in enumerate(prepared.students) if x.id == student)
    credit = problem.credit.copy()
    credit[s] += claim["credit"]
    again = even_out(replace(problem, credit=credit), found.without, cores)
    slot = int(problem.arrays.occ_covers[prepared.index[claim["occurrence"]]].argmax())
    got = again.answer.chosen[s, slot]
    return bool(got >= 0 and 0 < problem.cand_rank[got] <= claim["rank"])
