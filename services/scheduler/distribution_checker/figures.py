"""The figures of a report, each worked out again from the placements alone."""

import hashlib
from itertools import pairwise

from services.scheduler.distribution_checker.best_week import best_week
from services.scheduler.distribution_checker.facts import Facts, Findings, Result
from services.scheduler.distribution_files.ranked_round import Occurrence


def figures_hold(facts: Facts, findings: Findings, result: Result) -> None:
    figures, worth = result["figures"], result["worth"]
    shares, bests = {}, {}
    for name in facts.students:
        best = bests[name] = best_week(facts, name)
        got = sum(facts.ranked[name][o][1] for o in facts.week[name] if o in facts.ranked[name])
        shares[name] = got / best if best > 0 else 1.0
        findings.same(f"share of {name}", facts.rows[name]["share"], shares[name], 1e-4)
    ordered = sorted(shares.values())
    if ordered:
        n = len(ordered)
        total = sum(ordered)
        gini = 2 * sum(i * x for i, x in enumerate(ordered, 1)) / (n * total) - (n + 1) / n if total else 0.0
        findings.same("mean share", figures["share"]["mean"], total / n, 1e-4)
        findings.same("minimum share", figures["share"]["minimum"], ordered[0], 1e-4)
        findings.same("fifth percentile", figures["share"]["fifth_percentile"], ordered[int(0.05 * (n - 1))], 1e-4)
        findings.same("Gini", figures["gini"], gini, 1e-4)
    points = sum(facts.ranked[n][o][1] for n, week in facts.week.items() for o in week if o in facts.ranked[n])
    findings.same("points", worth["points"], points, 0.01 + 0.006 * len(facts.week))
    profile = [0] * len(figures["rank_profile"])
    for n, week in facts.week.items():
        for o in week:
            profile[min(facts.ranked[n].get(o, (0,))[0], len(profile) - 1)] += 1
    findings.expect("figure", profile == figures["rank_profile"], f"rank profile, found {profile}")
    _tiers(facts, findings, result)
    _credit(facts, findings, result, shares, bests)
    _envy(facts, findings, result)
    _group_figures(facts, findings, result, shares)
    findings.expect("bound", worth["bound"] >= worth["value"], f"value {worth['value']} over bound {worth['bound']}")
    findings.same("gap", worth["gap"], worth["bound"] - worth["value"], 0.011)
    findings.same("gap percent", worth["gap_percent"], 100 * worth["gap"] / max(0.01, worth["points"]), 0.011)


def _tiers(facts: Facts, findings: Findings, result: Result) -> None:
    """Places wanted and filled, needs met, and what the answer is worth, from the placements alone."""
    worth, figures, policy = result["worth"], result["figures"], facts.round.policy
    kinds = {name: {facts.occurrences[o].kind for o in week} for name, week in facts.week.items()}
    wanted = placed = asked = met = 0
    value = 0.0
    for rank, name in enumerate(sorted(facts.students, key=lambda s: (_ticket(facts.round.seed, s), s))):
        student, week = facts.students[name], [facts.occurrences[o] for o in facts.week[name]]
        held = {o.id for o in week if (name, o.id) in facts.pulled}
        blocked = {piece for o in held for piece in facts.covers(facts.occurrences[o])}
        wishes = {piece for o in held for piece in facts.covers(facts.occurrences[o])}
        for wish in facts.ranked[name]:
            pieces = facts.covers(facts.occurrences[wish])
            wishes |= set() if pieces & blocked else pieces
        filled = {piece for o in week for piece in facts.covers(o)}
        needs = sorted(set(student.needs))[:6]
        wanted, placed = wanted + len(wishes), placed + len(wishes & filled)
        asked, met = asked + len(needs), met + sum(need in kinds[name] for need in needs)
        value -= worth["unplaced_costs"] * len(wishes - filled)
        value -= worth["unmet_need_costs"] * sum(need not in kinds[name] for need in needs)
        value -= worth["move_costs"] * _moves(facts, week)
        for o in week:
            _, points, goal = facts.ranked[name].get(o.id, (0, 0.0, False))
            units = round(points * 100 + goal * policy.goal * 100)
            lucky = (len(facts.students) - 1 - rank) * 10 // len(facts.students) if round(points * 100) else 0
            value += (units + lucky) / 100
    together = sum(len(set(facts.week[a]) & set(facts.week[b])) for a, b in sorted(_friends(facts)))
    value += worth["friends_bonus"] * together
    for figure, found in (("wanted", wanted), ("placed", placed), ("unplaced", wanted - placed)):
        findings.same(figure, figures[figure], found)
    findings.same("needs asked", figures["needs"]["asked"], asked)
    findings.same("needs met", figures["needs"]["met"], met)
    findings.same("friends together", figures["friends"]["times_together"], together)
    findings.same("value", worth["value"], value, 0.02)


def _credit(
    facts: Facts, findings: Findings, result: Result, shares: dict[str, float], bests: dict[str, float]
) -> None:
    """How credit moved, how far it counted, and that it cost no more than the policy allows."""
    told, policy = result["credit"], facts.round.policy
    average = sum(shares.values()) / max(1, len(shares))
    for name, student in facts.students.items():
        after = 2 + 0.99 * (student.credit - 2) + average - shares[name]
        findings.same(f"credit of {name}", facts.rows[name]["credit"], student.credit, 1e-5)
        findings.same(f"credit of {name} after", facts.rows[name]["credit_after"], min(4, max(0, after)), 2e-3)
    without = sum(facts.rows[name]["share_without_credit"] * best for name, best in bests.items())
    findings.same("points without credit", told["points_without"], without, 0.01 + 0.006 * len(bests))
    findings.same("cost of credit", told["cost"], told["points_without"] - result["worth"]["points"], 0.02)
    percent = 100 * told["cost"] / max(0.01, told["points_without"])
    findings.same("cost of credit, percent", told["cost_percent"], percent, 0.01 if told["points_without"] else 100)
    budget = policy.credit_budget
    findings.expect("credit within its budget", told["cost_percent"] <= budget + 1e-4, f"{told['cost_percent']} %")
    findings.expect("tilt", 0 <= told["tilt"] <= min(policy.credit_tilt, 0.95), f"{told['tilt']}")
    findings.same("credit's budget", told["budget_percent"], policy.credit_budget)


def _ticket(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=16).digest()


def _moves(facts: Facts, week: list[Occurrence]) -> int:
    """Changes of site from one piece of a day to the very next."""
    pieces = facts.pieces_of_all()
    at = {piece: facts.site(o) for o in week for piece in facts.covers(o)}
    count = 0
    for a, b in pairwise(pieces):
        near = a[0] // 1440 == b[0] // 1440 and not a[1] and not b[1]
        count += near and a in at and b in at and at[a] != at[b]
    return count


def _friends(facts: Facts) -> set[tuple[str, str]]:
    named = {(p.student, p.other) for p in facts.round.friends}
    pairs = {(min(p), max(p)) for p in named if p[::-1] in named}
    pairs |= {(min(a, b), max(a, b)) for team in facts.round.teams for a in team for b in team}
    apart = {(min(p.student, p.other), max(p.student, p.other)) for p in facts.round.keep_apart}
    return {(a, b) for a, b in pairs - apart if a != b and a in facts.students and b in facts.students}


def _envy(facts: Facts, findings: Findings, result: Result) -> None:
    sample = sorted(facts.students, key=lambda s: (_ticket(facts.round.seed, s), s))[
        : result["figures"]["envy"]["sample"]
    ]
    pairs = 0
    for a in sample:
        held = {piece for o in facts.week[a] if (a, o) in facts.pulled for piece in facts.covers(facts.occurrences[o])}
        worth = {
            o: points
            for o, (_, points, _) in facts.ranked[a].items()
            if (a, o) in facts.pulled or not held & facts.covers(facts.occurrences[o])
        }
        own = sum(round(worth.get(o, 0) * 100) for o in facts.week[a])
        most = facts.students[a].most
        for b in sample:
            theirs = sorted((round(worth.get(o, 0) * 100) for o in facts.week[b]), reverse=True)[:most]
            pairs += a != b and sum(theirs) > own
    findings.same("envy", result["figures"]["envy"]["pairs"], pairs)


def _group_figures(facts: Facts, findings: Findings, result: Result, shares: dict[str, float]) -> None:
    for group, row in result["groups"].items():
        members = [shares[s.id] for s in facts.students.values() if s.group == group]
        small = len(members) < facts.round.policy.hide_groups_under
        findings.expect("small groups hidden", small == ("hidden" in row), group)
        if not small:
            findings.same(f"mean of group {group}", row["mean"], sum(members) / len(members), 1e-4)
