"""The scheduler's addresses: one table."""

from kit.routes import Routes
from services.scheduler.routes import (
    blocks,
    calendars,
    day_patterns,
    equipment_pools,
    occurrences,
    offers,
    openings,
    periods,
    placements,
    roll,
    spaces,
    waitlist,
    weeks,
)

ROUTES: tuple[Routes, ...] = (
    blocks.routes,
    calendars.routes,
    day_patterns.routes,
    equipment_pools.routes,
    occurrences.routes,
    offers.routes,
    openings.routes,
    periods.routes,
    placements.routes,
    roll.routes,
    spaces.routes,
    waitlist.routes,
    weeks.routes,
)
