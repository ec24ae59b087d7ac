"""What students and their families see of growing: goals, who I am, projects, and the children's pages."""

from services.web.pages.growth import (
    family,
    goals,
    goals_moving,
    hours,
    me,
    me_writing,
    projects,
    projects_acting,
    steps,
)
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    goals.pages,
    goals_moving.pages,
    steps.pages,
    me.pages,
    me_writing.pages,
    hours.pages,
    projects.pages,
    projects_acting.pages,
    family.pages,
)
