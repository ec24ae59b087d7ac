"""A school writes down how its days go, or changes it."""

from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.refusals import refuse, refuse_all
from kit.transaction import Transaction
from services.scheduler.domain.day_patterns import DayPattern, NoSuchPattern, check_pattern
from services.scheduler.domain.periods import NoSuchPeriod
from services.scheduler.store.timetables import PATTERN, PATTERNS, PERIODS, pattern_of, periods_of


@dataclass(frozen=True, slots=True)
class SavePattern:
    """The pattern as it should be; `fresh` says that it is new. `expected`: the version it was read at, if given."""

    pattern: DayPattern
    fresh: bool
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class SavedPattern:
    """Which pattern was saved, and its version now."""

    pattern_id: str
    version: int


async def save_day_pattern(tx: Transaction, order: SavePattern) -> SavedPattern:
    """Save a day pattern. Blocks follow it when they are generated again.

    Raises: Refusals of NoSuchPattern, StaleVersion, NoSuchPeriod, and those of `check_pattern`.
    """
    pattern = order.pattern
    if not order.fresh:
        pattern = await _standing(tx, order)
    known = await periods_of(tx[PERIODS], pattern.school_id)
    asked = {entry.period_id for bell in pattern.bells for entry in bell.entries}
    refuse_all(*(NoSuchPeriod(period_id=period_id) for period_id in sorted(asked - known.keys())))
    version = tx[PATTERNS].save(PATTERN.pack(check_pattern(pattern)))
    return SavedPattern(pattern.pattern_id, version)


async def _standing(tx: Transaction, order: SavePattern) -> DayPattern:
    standing = await pattern_of(tx[PATTERNS], order.pattern.school_id, order.pattern.pattern_id)
    if standing is None:
        raise refuse(NoSuchPattern())
    check_version(standing.version, order.expected)
    return replace(order.pattern, version=standing.version)
