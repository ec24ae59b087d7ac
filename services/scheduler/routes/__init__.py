"""The scheduler's addresses: one table."""

from kit.routes import Routes
from services.scheduler.routes import (
    blocks,
    calendars,
    day_patterns,
    equipment_pools,
    hosted,
    occurrences,
    offers,
    openings,
    periods,
    placements,
    roll,
    space_use,
    spaces,
    unplaced,
    waitlist,
    weeks,
)

ROUTES: tuple[Routes, ...] = (
    blocks.routes,
    calendars.routes,
    day_patterns.routes,
    equipment_pools.routes,
    hosted.routes,
    occurrences.routes,
    offers.routes,
    openings.routes,
    periods.routes,
    placements.routes,
    roll.routes,
    space_use.routes,
    spaces.routes,
    unplaced.routes,
    waitlist.routes,
    weeks.routes,
)
