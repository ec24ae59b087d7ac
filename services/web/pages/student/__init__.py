"""What students see: today, what is open, their week, goals and projects."""

from services.web.pages.student import today
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    today.pages,
)
