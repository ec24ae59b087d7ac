"""The hard rules, one function each, on names, dates and minutes as they stand in the files."""

from collections import Counter
from itertools import pairwise

from services.scheduler.distribution_checker.facts import Facts, Findings, Result
from services.scheduler.distribution_files.ranked_round import LEVELS, Request


def seats(facts: Facts, findings: Findings) -> None:
    inside = Counter(o for week in facts.week.values() for o in week)
    in_space: Counter[tuple[str, tuple[int, str]]] = Counter()
    for name, count in inside.items():
        o = facts.occurrences[name]
        findings.expect("seats of an occurrence", o.seats is None or count <= o.seats, f"{name} holds {count}")
        if o.space:
            for piece in facts.covers(o):
                in_space[(o.space, piece)] += count
    for (space, piece), count in in_space.items():
        seats = facts.spaces[space].seats
        findings.expect("legal limit of a space", seats is None or count <= seats, f"{space} holds {count} at {piece}")


def week(facts: Facts, findings: Findings, name: str) -> None:
    student, week = facts.students[name], [facts.occurrences[o] for o in facts.week[name]]
    findings.expect("no place twice", len({o.id for o in week}) == len(week), name)
    findings.expect("most places", student.most is None or len(week) <= student.most, f"{name} has {len(week)}")
    for i, o in enumerate(week):
        findings.expect("eligibility", facts.eligible(student, o), f"{name} in {o.id}")
        wanted = o.id in facts.ranked[name] or (name, o.id) in facts.pulled
        findings.expect("ranked or asked for", wanted, f"{name} in {o.id}")
        for other in week[:i]:
            findings.expect("one place at a time", not facts.clash(o, other), f"{name}: {o.id} and {other.id}")
    stops = sorted((start, end, facts.site(o), o.id) for o in week for start, end, _ in facts.times(o) if end > start)
    for (_, end, site, before), (start, _, to, after) in pairwise(stops):
        minutes = facts.minutes.get((site, to), 0) if site != to else 0
        findings.expect("time to travel", before == after or start - end >= minutes, f"{name}: {before}, {after}")
    for p in facts.rows[name]["placements"]:
        rank = facts.ranked[name].get(p["occurrence"], (0, 0.0, False))[0]
        findings.expect("rank", p["rank"] == rank, f"{name} in {p['occurrence']}: {p['rank']}, found {rank}")


def apart(facts: Facts, findings: Findings) -> None:
    for pair in facts.round.keep_apart:
        for mine in facts.week.get(pair.student, []):
            for theirs in facts.week.get(pair.other, []):
                a, b = facts.occurrences[mine], facts.occurrences[theirs]
                together = (a.id == b.id or (a.space and a.space == b.space)) and facts.clash(a, b)
                findings.expect("kept apart", not together, f"{pair.student} and {pair.other} in {mine}")


def minimum(facts: Facts, findings: Findings, result: Result) -> None:
    inside = Counter(o for week in facts.week.values() for o in week)
    asked = {o for _, o in facts.pulled}
    for row in result["occurrences"]:
        o, count = facts.occurrences[row["occurrence"]], inside[row["occurrence"]]
        enough = count == 0 or count >= o.minimum or o.id in asked
        findings.expect("minimum to run", enough, f"{o.id} runs with {count} of {o.minimum}")
        findings.same(f"students in {o.id}", row["students"], count)


def ladder(facts: Facts, findings: Findings, result: Result) -> None:
    """A request is honoured just when it fits beside all honoured ones before it."""
    honoured: list[Request] = []
    reported = {(r["student"], r["occurrence"], r["level"]): r["key"] for r in result["requests"]["rows"]}
    order = sorted(
        facts.round.requests,
        key=lambda r: (LEVELS.index(r.level), r.rank, r.made_at, r.id, r.student, r.occurrence),
    )
    for r in order:
        if r.student not in facts.students or r.occurrence not in facts.occurrences:
            continue
        if not facts.eligible(facts.students[r.student], facts.occurrences[r.occurrence]):
            continue
        fits = _fits(facts, r, honoured)
        key = reported.get((r.student, r.occurrence, r.level), "missing")
        repeated = sum((x.student, x.occurrence, x.level) == (r.student, r.occurrence, r.level) for x in order) > 1
        findings.expect(
            "ladder of requests", repeated or fits == (key == "honoured"), f"{r.student}, {r.occurrence}: {key}"
        )
        if fits:
            honoured.append(r)
            findings.expect(
                "honoured request kept", r.occurrence in facts.week[r.student], f"{r.student}, {r.occurrence}"
            )
    for name, o in facts.pulled:
        known = any((r.student, r.occurrence) == (name, o) for r in honoured)
        findings.expect("pulled only by request", known, f"{name}, {o}")


def _fits(facts: Facts, request: Request, honoured: list[Request]) -> bool:
    o, student = facts.occurrences[request.occurrence], facts.students[request.student]
    own = [facts.occurrences[r.occurrence] for r in honoured if r.student == request.student]
    if any(facts.clash(o, other) for other in own) or (student.most is not None and len(own) >= student.most):
        return False
    if o.seats is not None and sum(r.occurrence == o.id for r in honoured) >= o.seats:
        return False
    room = facts.spaces[o.space].seats if o.space else None
    if room is not None:
        for piece in facts.covers(o):
            there = [r for r in honoured if facts.occurrences[r.occurrence].space == o.space]
            if sum(piece in facts.covers(facts.occurrences[r.occurrence]) for r in there) >= room:
                return False
    partners = {p.other for p in facts.round.keep_apart if p.student == student.id}
    partners |= {p.student for p in facts.round.keep_apart if p.other == student.id}
    for r in honoured:
        other = facts.occurrences[r.occurrence]
        if (
            r.student in partners
            and (o.id == other.id or (o.space and o.space == other.space))
            and facts.clash(o, other)
        ):
            return False
    stops = sorted((start, end, facts.site(x)) for x in (*own, o) for start, end, _ in facts.times(x) if end > start)
    return all(b[0] - a[1] >= (facts.minutes.get((a[2], b[2]), 0) if a[2] != b[2] else 0) for a, b in pairwise(stops))


def reasons(facts: Facts, findings: Findings) -> None:
    """Every choice that counts has just one reason, and reasons that speak of seats are true."""
    inside = Counter(o for week in facts.week.values() for o in week)
    for name, row in facts.rows.items():
        told = Counter(c["occurrence"] for c in row["choices"])
        findings.expect("a reason for every choice", told == Counter(facts.ranked[name].keys()), name)
        for c in row["choices"]:
            got = c["occurrence"] in facts.week[name]
            says = c["key"] in ("placed", "request-honoured")
            findings.expect("reason fits the result", got == says, f"{name}, {c['occurrence']}: {c['key']}")
            if c["key"] == "not-running":
                findings.expect("not running is empty", not inside[c["occurrence"]], c["occurrence"])
