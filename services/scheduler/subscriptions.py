"""What the scheduler does about what others announce: one table."""

from contracts.community import ProjectShown
from contracts.gateway import DistrictOpened
from contracts.listing import remember_person
from contracts.profile import (
    GoalChanged,
    GoalWritten,
    InterestsChanged,
    PersonForgotten,
    PersonListed,
    SchoolListed,
    SkillGrown,
)
from kit.consumer.heard import Subscriptions
from services.scheduler.actions.erase_person import erase_person
from services.scheduler.views.learners import apply_goal, apply_interests, apply_project, apply_skill
from services.scheduler.views.schools import apply_district, apply_school

SUBSCRIPTIONS: Subscriptions = {
    DistrictOpened.TYPE: (DistrictOpened, apply_district),
    SchoolListed.TYPE: (SchoolListed, apply_school),
    PersonListed.TYPE: (PersonListed, remember_person),
    PersonForgotten.TYPE: (PersonForgotten, erase_person),
    InterestsChanged.TYPE: (InterestsChanged, apply_interests),
    GoalWritten.TYPE: (GoalWritten, apply_goal),
    GoalChanged.TYPE: (GoalChanged, apply_goal),
    SkillGrown.TYPE: (SkillGrown, apply_skill),
    ProjectShown.TYPE: (ProjectShown, apply_project),
}
