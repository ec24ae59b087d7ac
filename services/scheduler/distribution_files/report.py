"""The report of a run, as one document: figures, placements, and a reason for everyone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.scheduler.distribution_files.explain import Explainer, Reason
from services.scheduler.distribution_files.prepared import Prepared
from services.scheduler.distribution_files.ranked_round import LEVELS
from services.scheduler.distribution_files.texts import say
from services.scheduler.domain.distribution.apart import places
from services.scheduler.domain.distribution.credit import next_credit
from services.scheduler.domain.distribution.evening import Evened
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import covered, envy, gini, points_given, rank_profile, unmet_needs
from services.scheduler.domain.distribution.problem import FORCED, UNITS_PER_POINT
from services.scheduler.domain.distribution.requests import HONOURED
from services.scheduler.domain.distribution.solve import Answer, together

FORMAT = "trellis-distribution/1"
ENVY_SAMPLE = 300
REQUEST_KEYS = (
    "honoured",
    "request-full",
    "request-overlaps",
    "request-too-far",
    "request-kept-apart",
    "request-most-reached",
)


def report(prepared: Prepared, found: Evened) -> dict[str, Any]:
    """Everything about a run that is the same on every machine; time and memory are told apart from it."""
    answer = found.answer
    best = best_points(prepared.problem)
    share, without = (shares(prepared.problem, one.chosen, best) for one in (answer, found.without))
    after = next_credit(prepared.problem.credit, share)
    explainer = Explainer(prepared, found)
    weights = 1 + found.tilt * places(found.counted)
    students = [
        {
            **_student(prepared, answer, explainer, s),
            "share": round(float(share[s]), 6),
            "share_without_credit": round(float(without[s]), 6),
            "credit": round(prepared.students[s].credit, 6),
            "credit_counted": round(float(found.counted[s]), 6),
            "points_count": round(float(weights[s]), 4),
            "credit_after": round(float(after[s]), 6),
        }
        for s in range(len(share))
    ]
    return {
        "format": FORMAT,
        "title": prepared.round.title,
        "seed": prepared.round.seed,
        "finished": answer.finished,
        "worth": _worth(prepared, answer),
        "credit": _credit(prepared, found),
        "figures": _figures(prepared, answer, share),
        "groups": _groups(prepared, share),
        "requests": _requests(prepared),
        "occurrences": _occurrences(prepared, answer, explainer),
        "students": sorted(students, key=lambda row: str(row["student"])),
        "set_aside": [
            {
                "key": n.key,
                "student": n.student,
                "subject": n.subject,
                "text": _notice_text(n.key, n.student, n.subject),
            }
            for n in sorted(prepared.notices, key=lambda n: (n.key, n.student, n.subject))
        ],
    }


def _notice_text(key: str, student: str, subject: str) -> str:
    return say(key, {"student": student, "subject": subject})


def _points(units: float) -> float:
    return round(units / UNITS_PER_POINT, 2)


def _worth(prepared: Prepared, answer: Answer) -> dict[str, Any]:
    a = prepared.problem.arrays
    given = int(prepared.problem.cand_points[answer.chosen[answer.chosen >= 0]].sum())
    gap = answer.bound - answer.value
    return {
        "points": _points(given),
        "value": _points(answer.value),
        "bound": _points(answer.bound),
        "gap": _points(gap),
        "gap_percent": round(100 * gap / max(1, given), 4),
        "unplaced_costs": _points(a.unplaced_cost),
        "unmet_need_costs": _points(a.need_cost),
        "move_costs": _points(a.move_cost),
        "friends_bonus": _points(a.friend_bonus),
    }


def _credit(prepared: Prepared, found: Evened) -> dict[str, Any]:
    """How far credit counted, and what that cost of the points the round gives without it."""
    without, given = (points_given(found.problem, one.chosen) for one in (found.without, found.answer))
    return {
        "tilt": found.tilt,
        "points_without": _points(without),
        "cost": _points(without - given),
        "cost_percent": round(100 * (without - given) / max(1, without), 4),
        "budget_percent": prepared.round.policy.credit_budget,
    }


def _spread(share: NDArray[np.float64]) -> dict[str, float]:
    if not len(share):
        return {"mean": 1.0, "fifth_percentile": 1.0, "minimum": 1.0}
    fifth = np.sort(share)[int(0.05 * (len(share) - 1))]
    return {
        "mean": round(float(share.mean()), 6),
        "fifth_percentile": round(float(fifth), 6),
        "minimum": round(float(share.min()), 6),
    }


def _figures(prepared: Prepared, answer: Answer, share: NDArray[np.float64]) -> dict[str, Any]:
    problem = prepared.problem
    filled = covered(problem, answer.chosen)
    wanted = problem.arrays.wanted > 0
    sample = np.arange(min(problem.students, ENVY_SAMPLE), dtype=np.int32)
    unmet = unmet_needs(problem, answer.chosen)
    friends = int((problem.arrays.rel_apart == 0).sum()) // 2
    return {
        "students": problem.students,
        "wanted": int(wanted.sum()),
        "placed": int((wanted & filled).sum()),
        "unplaced": int((wanted & ~filled).sum()),
        "rank_profile": rank_profile(problem, answer.chosen),
        "share": _spread(share),
        "satisfaction_curve": [round(float(x), 4) for x in np.quantile(share, np.linspace(0, 1, 21))]
        if len(share)
        else [],
        "gini": round(gini(share), 6),
        "envy": {"pairs": envy(problem, answer.chosen, sample), "sample": len(sample)},
        "needs": {"asked": int(problem.arrays.needs.sum()), "met": int(problem.arrays.needs.sum() - unmet.sum())},
        "friends": {"pairs": friends, "times_together": together(problem, answer.chosen)},
    }


def _groups(prepared: Prepared, share: NDArray[np.float64]) -> dict[str, Any]:
    """Figures of each group; those of small ones are hidden, with their number alone told as "under"."""
    result: dict[str, Any] = {}
    least = prepared.round.policy.hide_groups_under
    for name in sorted({s.group for s in prepared.students}):
        members = np.array([s.group == name for s in prepared.students])
        if members.sum() < least:
            result[name] = {"hidden": f"under {least} students"}
        else:
            result[name] = {"students": int(members.sum()), **_spread(share[members])}
    return result


def _requests(prepared: Prepared) -> dict[str, Any]:
    rows = []
    for request, outcome in prepared.requests:
        key = REQUEST_KEYS[outcome.code]
        facts: dict[str, Any] = {"limit": "", "against": ""}
        if key == "request-full":
            facts["limit"] = prepared.limits[outcome.against]
        elif outcome.against >= 0:
            facts["against"] = prepared.requests[outcome.against][0].occurrence
        rows.append(
            {
                "student": request.student,
                "occurrence": request.occurrence,
                "level": request.level,
                "key": key,
                "because": facts["limit"] or facts["against"],
                "text": say(key, facts),
            }
        )
    levels = {}
    for level in LEVELS:
        asked = [outcome for request, outcome in prepared.requests if request.level == level]
        levels[level] = {"asked": len(asked), "honoured": sum(o.code == HONOURED for o in asked)}
    return {"levels": levels, "rows": rows}


def _occurrences(prepared: Prepared, answer: Answer, explainer: Explainer) -> list[dict[str, Any]]:
    a = prepared.problem.arrays
    rows = []
    for i, o in enumerate(prepared.occurrences):
        limits = a.occ_res[a.occ_res_start[i] : a.occ_res_start[i + 1]]
        rows.append(
            {
                "occurrence": o.id,
                "title": o.title or o.id,
                "runs": bool(answer.runs[i]),
                "students": len(explainer.students_in[i]),
                "seats_left": None if prepared.unlimited(i) else int(explainer.free[limits].min()),
                "ranked_first": int(explainer.first_of[i]),
                "ranked": int(explainer.ranked_by[i]),
                "seat_worth": _points(int(answer.price[limits].sum())),
            }
        )
    return rows


def _student(prepared: Prepared, answer: Answer, explainer: Explainer, s: int) -> dict[str, Any]:
    a, student = prepared.problem.arrays, prepared.students[s]
    ranks = dict(prepared.ranked[s])
    placements = []
    for c in answer.chosen[s]:
        if c >= 0:
            o = int(a.cand_occ[c])
            cause = "pulled" if a.cand_bits[c] & FORCED else "distributed"
            row = {"occurrence": prepared.occurrences[o].id, "blocks": prepared.occurrences[o].blocks}
            placements.append({**row, "rank": ranks.get(o, 0), "cause": cause})
    week = explainer.week(s)
    empty = []
    for t in range(prepared.slots.count):
        if t not in week:
            key = "nothing-left" if a.wanted[s, t] else "nothing-ranked"
            if key == "nothing-left" and not answer.finished:
                key = "stopped-early"
            block = prepared.slots.names[t]
            empty.append({"block": block, "key": key, "text": say(key, {"block": block})})
    return {
        "student": student.id,
        "placements": placements,
        "empty": empty if prepared.round.policy.unplaced != 0 else [],
        "choices": [_reason(prepared, r) for r in explainer.reasons(s)],
    }


def _reason(prepared: Prepared, reason: Reason) -> dict[str, Any]:
    text = say(reason.key, reason.facts)
    row: dict[str, Any] = {
        "occurrence": prepared.occurrences[reason.occurrence].id,
        "rank": reason.rank,
        "key": reason.key,
        "facts": reason.facts,
        "text": text,
    }
    if reason.change:
        row["change"] = reason.change
        row["change_text"] = say(reason.change, reason.change_facts or {})
        row.update(reason.change_facts or {})
    return row
