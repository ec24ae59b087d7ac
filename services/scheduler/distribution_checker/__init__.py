"""The checker: reads a round and a result, and says of every rule and figure whether it holds. Simple and slow.

It shares no code with the engine.
"""

from services.scheduler.distribution_checker import rules
from services.scheduler.distribution_checker.facts import Facts, Findings, Result
from services.scheduler.distribution_checker.figures import figures_hold
from services.scheduler.distribution_files.ranked_round import RankedRound

__all__ = ["Findings", "check"]


def check(ranked_round: RankedRound, result: Result) -> Findings:
    """Every hard rule and every figure of `result` against `ranked_round`."""
    facts, findings = Facts(ranked_round, result), Findings()
    unknown = set(facts.week) ^ set(facts.students)
    findings.expect("everyone is in the result once", not unknown, ", ".join(sorted(unknown)[:5]))
    strange = {o for week in facts.week.values() for o in week} - set(facts.occurrences)
    findings.expect("only offers of the round", not strange, ", ".join(sorted(strange)[:5]))
    if findings.wrong:
        return findings
    rules.seats(facts, findings)
    for name in sorted(facts.students):
        rules.week(facts, findings, name)
    rules.apart(facts, findings)
    rules.minimum(facts, findings, result)
    rules.ladder(facts, findings, result)
    rules.reasons(facts, findings)
    figures_hold(facts, findings, result)
    return findings
