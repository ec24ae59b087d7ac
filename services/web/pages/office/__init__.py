"""What the school office sees: roster, time, spaces, approvals."""

from services.web.pages.office import (
    approvals,
    bells,
    blocks,
    forgetting,
    front,
    naming,
    no_place,
    one_off_days,
    partners,
    patterns,
    people,
    previews,
    roster,
    rounds,
    space_week,
    spaces,
    time,
    vocabulary,
)
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    front.pages,
    roster.pages,
    naming.pages,
    vocabulary.pages,
    time.pages,
    patterns.pages,
    bells.pages,
    one_off_days.pages,
    blocks.pages,
    space_week.pages,
    spaces.pages,
    no_place.pages,
    approvals.pages,
    partners.pages,
    people.pages,
    forgetting.pages,
    rounds.pages,
    previews.pages,
)
