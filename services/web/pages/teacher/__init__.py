"""What teachers see: rolls, offers, learners."""

from services.web.visiting.pages import Pages

PAGES = Pages().include()
