"""Mutants: the same policy with a check or a grant more or less, for which the walk must come out otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass

from kit.policy import DISTRICT, OWN, SCHOOL, Grant, Policy
from tests.contract.authorisation.standings import CASES, SCOPES, STANDINGS, Case
from tests.contract.authorisation.table import Line

PEOPLE = tuple(role for role in STANDINGS if role not in ("app", "nobody"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """What was done to the policy, and the cases among which somebody must fare otherwise."""

    said: str
    policy: Policy
    cases: frozenset[Case]


def mutants_of(policy: Policy, line: Line) -> Iterator[Mutant]:
    """Everybody let in; each role let in wherever it is held; each grant taken away; apps; another scope."""
    everybody = tuple(Grant(role, DISTRICT) for role in PEOPLE)
    refused = frozenset(case for case in CASES if case.role != "nobody") - line.lets_through
    yield Mutant("everybody may", _policy(policy, grants=everybody, apps=True), refused)
    for role in PEOPLE:
        wider = (*policy.grants, Grant(role, DISTRICT))
        yield Mutant(f"every {role} may", _policy(policy, grants=wider), _of(role, refused))
    for grant in policy.grants:
        fewer = tuple(known for known in policy.grants if known != grant)
        # Whoever works at a school is of it: what they may do about themselves is in what its staff may do.
        implied = grant.relation == OWN and Grant(grant.role, SCHOOL) in fewer
        if (fewer or policy.apps) and not implied:
            held = _of(grant.role, line.lets_through)
            yield Mutant(f"{grant.role} ({grant.relation}) may not", _policy(policy, grants=fewer), held)
    yield Mutant("apps the other way", _policy(policy, apps=not policy.apps), frozenset({Case("app", "scope")}))
    other = next(scope for scope in SCOPES if scope != policy.scope)
    yield Mutant("another scope", _policy(policy, scope=other, apps=True), frozenset({Case("app", "no-scope")}))


def _of(role: str, cases: frozenset[Case]) -> frozenset[Case]:
    """The cases of this role; somebody of another district stays where they are, whatever a policy says."""
    return frozenset(case for case in cases if case.role == role and case.standing != "other-district")


def _policy(
    policy: Policy, *, grants: tuple[Grant, ...] | None = None, scope: str | None = None, apps: bool | None = None
) -> Policy:
    return Policy(
        *(policy.grants if grants is None else grants),
        scope=scope or policy.scope,
        subject=policy.subject,
        apps=policy.apps if apps is None else apps,
    )
