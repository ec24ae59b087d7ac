"""What a partner sees: their projects, and hours to confirm."""

from services.web.pages.partner import front, hours, projects
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    front.pages,
    hours.pages,
    projects.pages,
)
