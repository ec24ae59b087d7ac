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
    rankings,
    roll,
    round_runs,
    rounds,
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
    rankings.routes,
    roll.routes,
    round_runs.routes,
    rounds.routes,
    spaces.routes,
    waitlist.routes,
    weeks.routes,
)
