"""The scheduler's views that can be made anew from topics: assembly alone."""

from contracts.community import ProjectShown
from contracts.gateway import DistrictOpened
from contracts.profile import (
    GoalChanged,
    GoalWritten,
    InterestsChanged,
    PersonForgotten,
    PersonListed,
    SchoolListed,
    SkillGrown,
)
from kit.directory import PEOPLE
from kit.rebuild.command import Archive, View
from services.scheduler.store.learners import LEARNERS
from services.scheduler.store.schools import DISTRICTS, SCHOOLS
from services.scheduler.worker import WORKER

LEARNING = (InterestsChanged, GoalWritten, GoalChanged, SkillGrown, ProjectShown, PersonForgotten)

ARCHIVE = Archive(
    WORKER,
    {
        "people": View((PEOPLE,), (PersonListed.TYPE, PersonForgotten.TYPE)),
        "learners": View((LEARNERS,), tuple(heard.TYPE for heard in LEARNING)),
        "schools": View((SCHOOLS, DISTRICTS), (SchoolListed.TYPE, DistrictOpened.TYPE)),
    },
)

if __name__ == "__main__":
    ARCHIVE.main()
