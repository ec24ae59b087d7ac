"""Standings: every role, and every way its holder can stand to the one a request is about, each with no other tie."""

from dataclasses import dataclass

# Whoever has a standing has that one tie alone: a teacher of the learner's class has her role at another school.
STANDINGS: dict[str, tuple[str, ...]] = {
    "learner": ("own", "class", "team", "proposer", "school", "other-school", "other-district"),
    "educator": (
        "own",
        "class",
        "host",
        "school-host",
        "named",
        "proposer",
        "school",
        "office",
        "other-school",
        "other-district",
    ),
    "guardian": ("own", "family", "school", "other-school", "other-district"),
    "administrator": ("own", "named", "proposer", "school", "office", "other-school", "other-district"),
    "partner": ("own", "partner", "contact", "proposer", "school", "other-school", "other-district"),
    "operator": ("here", "other-district"),
    "app": ("scope", "no-scope", "other-district"),
    "nobody": ("no-token", "forged-token"),
}
"""
own           the learner herself; for other roles: a request about themselves
class         in, or teaching, a class that the learner is in
team          in the project's team
proposer      proposed the project
host          hosts the occurrence or the offer, but works at another school by now; school-host: still works there
named         works at the learner's school, and is named by her as one who may see
family        answers for the learner
partner       speaks for the project's partner, from another school; contact: from the project's own school
school        has the role at the learner's school
office        has the role at the district's own office
other-school  has the role at another school of the district
scope         a registered app with the route's scope; no-scope: with every other scope
"""

SCOPES = (
    "rosters.write",
    "rosters.read",
    "people.read",
    "profile.read",
    "profile.write",
    "schedule.read",
    "schedule.write",
    "placements.write",
    "community.read",
    "community.write",
    "operations",
    "internal",
)


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """Somebody with this role and standing."""

    role: str
    standing: str

    def __str__(self) -> str:
        return f"{self.role}: {self.standing}"

    @property
    def is_person(self) -> bool:
        return self.role not in ("app", "nobody")


CASES: tuple[Case, ...] = tuple(Case(role, standing) for role, known in STANDINGS.items() for standing in known)
