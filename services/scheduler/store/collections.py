"""All collections of the scheduler, made at start."""

from kit.directory import PEOPLE
from kit.mongo import Collection
from services.scheduler.store.blocks import BLOCKS
from services.scheduler.store.erasures import ERASURES
from services.scheduler.store.host_weeks import HOST_WEEKS
from services.scheduler.store.learners import LEARNERS
from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.offers import OFFERS
from services.scheduler.store.resource_days import RESOURCE_DAYS
from services.scheduler.store.rounds import CREDITS, HOLDS, RANKINGS, RESULTS, ROUNDS, RUNS
from services.scheduler.store.schools import DISTRICTS, SCHOOLS
from services.scheduler.store.spaces import POOLS, SPACES
from services.scheduler.store.timetables import CALENDARS, PATTERNS, PERIODS
from services.scheduler.store.weeks import WEEKS

COLLECTIONS: tuple[Collection, ...] = (
    BLOCKS,
    CALENDARS,
    CREDITS,
    DISTRICTS,
    ERASURES,
    HOLDS,
    HOST_WEEKS,
    LEARNERS,
    OCCURRENCES,
    OFFERS,
    PATTERNS,
    PEOPLE,
    PERIODS,
    POOLS,
    RANKINGS,
    RESOURCE_DAYS,
    RESULTS,
    ROUNDS,
    RUNS,
    SCHOOLS,
    SPACES,
    WEEKS,
)
