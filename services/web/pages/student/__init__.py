"""What students see: today, what is open, their week, goals and projects."""

from services.web.pages.student import booking, giving_back, inbox, looking_closer, openings, rounds, today, week
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    today.pages,
    openings.pages,
    looking_closer.pages,
    booking.pages,
    week.pages,
    giving_back.pages,
    inbox.pages,
    rounds.pages,
)
