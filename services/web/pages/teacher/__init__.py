"""What teachers see: rolls, offers, learners."""

from services.web.pages.teacher import dates, day, evidence, learners, offers, rolls, scheduling, targets
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    day.pages, rolls.pages, offers.pages, scheduling.pages, dates.pages, evidence.pages, learners.pages, targets.pages
)
