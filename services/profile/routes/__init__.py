"""Everything that can be asked of profile, as one table."""

from kit.routes import Routes
from services.profile.routes import (
    assessments,
    erasures,
    evidence,
    goals,
    my_learners,
    names,
    people,
    profiles,
    roster_changes,
    rosters,
    schools,
    sign_ins,
    targets,
    vocabulary,
)

ROUTES: tuple[Routes, ...] = (
    people.routes,
    names.routes,
    sign_ins.routes,
    schools.routes,
    rosters.routes,
    roster_changes.routes,
    erasures.routes,
    profiles.routes,
    vocabulary.routes,
    goals.routes,
    targets.routes,
    evidence.routes,
    assessments.routes,
    my_learners.routes,
)
