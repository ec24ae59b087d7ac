"""All collections of profile, made at start."""

from kit.mongo import Collection
from services.profile.store.erasures import ERASURES
from services.profile.store.growth import GROWTH_COLLECTIONS
from services.profile.store.people import CLASSES, PEOPLE, SCHOOLS
from services.profile.store.roster_rows import ROSTER_ROWS
from services.profile.store.rosters import ROSTER_CHUNKS, ROSTER_FINDINGS, ROSTER_PAGES, ROSTERS, STANDINGS

COLLECTIONS: tuple[Collection, ...] = (
    *GROWTH_COLLECTIONS,
    CLASSES,
    ERASURES,
    PEOPLE,
    ROSTER_CHUNKS,
    ROSTER_FINDINGS,
    ROSTER_PAGES,
    ROSTER_ROWS,
    ROSTERS,
    SCHOOLS,
    STANDINGS,
)
