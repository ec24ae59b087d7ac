"""A school's day patterns, over HTTP."""

from datetime import time
from typing import Literal

from pydantic import Field

from kit.conditions import IfMatch, StaleVersion
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.refusals import refuse
from kit.request import Edge, EdgeDep
from kit.routes import Body, Routes
from services.scheduler.actions.save_day_pattern import SavePattern, save_day_pattern
from services.scheduler.domain.calendars import CalendarMissing, DistrictUnknown
from services.scheduler.domain.day_patterns import (
    WEEKDAYS,
    Bell,
    BellEndsBeforeStart,
    BellEntry,
    DayException,
    DayPattern,
    NamedTwice,
    NoSuchPattern,
    RangeOutOfBounds,
    RotationEmpty,
    RungTwice,
    UnknownBell,
    UnknownRotationDay,
    Weekday,
)
from services.scheduler.domain.periods import NoSuchPeriod
from services.scheduler.routes.fields import Day, FromDay, Id, Label, Name, PathId, ToDay
from services.scheduler.routes.subjects import SCHOOL_OFFICE, SCHOOL_READERS, NoSuchSchool
from services.scheduler.store.timetables import PATTERN, PATTERNS, pattern_of
from services.scheduler.views.day_pattern import PreviewedDay, preview

routes = Routes(prefix="/v1/schools/{school_id}/day-patterns", tags=["day patterns"])
FAULTS = [
    NoSuchSchool,
    NoSuchPeriod,
    RotationEmpty,
    UnknownBell,
    UnknownRotationDay,
    BellEndsBeforeStart,
    NamedTwice,
    RungTwice,
]


class BellEntryWanted(Body):
    """A period by the wall clock, on these rotation days (none named: every day)."""

    period_id: Id
    starts: time
    ends: time
    on: tuple[Label, ...] = Field((), max_length=20)


class BellWanted(Body):
    """A bell schedule; on `weekdays` it is used without being asked for."""

    name: Label
    entries: tuple[BellEntryWanted, ...] = Field(max_length=60)
    weekdays: tuple[Weekday, ...] = Field((), max_length=7)


class ExceptionWanted(Body):
    """One date that is otherwise. `consumes`: a holiday uses up its rotation day."""

    day: Day
    holiday: bool = False
    bell: Label | None = None
    rotation_day: Label | None = None
    consumes: bool = False


class PatternWanted(Body):
    """How a school's days go: rotation, bell schedules, exceptions."""

    name: Name
    rotation: Literal["cycle", "weekday"] = "cycle"
    rotation_days: tuple[Label, ...] = Field((), max_length=20)
    starts_on: Day
    school_weekdays: tuple[Weekday, ...] = Field(WEEKDAYS[:5], min_length=1, max_length=7)
    regular: Label
    bells: tuple[BellWanted, ...] = Field(min_length=1, max_length=20)
    exceptions: tuple[ExceptionWanted, ...] = Field((), max_length=400)

    def pattern(self, edge: Edge, school_id: str, pattern_id: str) -> DayPattern:
        """The pattern asked for."""
        return DayPattern(
            pattern_id=pattern_id,
            version=0,
            district_id=edge.district_id,
            school_id=school_id,
            name=self.name,
            rotation=self.rotation,
            rotation_days=self.rotation_days,
            starts_on=self.starts_on,
            school_weekdays=self.school_weekdays,
            regular=self.regular,
            bells=tuple(_bell(bell) for bell in self.bells),
            exceptions=tuple(DayException(**exception.model_dump()) for exception in self.exceptions),
        )


@routes.post("", policy=SCHOOL_OFFICE, refuses=FAULTS, status_code=201)
async def post_day_pattern(school_id: PathId, body: PatternWanted, edge: EdgeDep) -> DayPattern:
    """Write down how a school's days go."""
    pattern = body.pattern(edge, school_id, edge.new_id("pattern"))
    saved = await edge.act(save_day_pattern, SavePattern(pattern, fresh=True))
    return await _shown(edge, school_id, saved.pattern_id)


@routes.put("/{pattern_id}", policy=SCHOOL_OFFICE, refuses=[*FAULTS, NoSuchPattern, StaleVersion])
async def put_day_pattern(
    school_id: PathId, pattern_id: PathId, body: PatternWanted, expected: IfMatch, edge: EdgeDep
) -> DayPattern:
    """Change how a school's days go; blocks follow when they are generated again."""
    pattern = body.pattern(edge, school_id, pattern_id)
    await edge.act(save_day_pattern, SavePattern(pattern, fresh=False, expected=expected))
    return await _shown(edge, school_id, pattern_id)


@routes.get("", policy=SCHOOL_READERS, refuses=[NoSuchSchool, StaleCursor])
async def get_day_patterns(school_id: PathId, ask: PageAskDep, edge: EdgeDep) -> Page[DayPattern]:
    """A school's day patterns."""
    where = {"school_id": school_id}
    return await edge.page(ask, edge.reader[PATTERNS], where, Keyset(("_id",)), PATTERN.unpack)


@routes.get("/{pattern_id}", policy=SCHOOL_READERS, refuses=[NoSuchSchool, NoSuchPattern])
async def get_day_pattern(school_id: PathId, pattern_id: PathId, edge: EdgeDep) -> DayPattern:
    """One day pattern."""
    return await _shown(edge, school_id, pattern_id)


@routes.get(
    "/{pattern_id}/preview",
    policy=SCHOOL_READERS,
    refuses=[NoSuchSchool, NoSuchPattern, NoSuchPeriod, RangeOutOfBounds, CalendarMissing, DistrictUnknown],
)
async def get_preview(
    school_id: PathId,
    pattern_id: PathId,
    first: FromDay,
    last: ToDay,
    edge: EdgeDep,
) -> list[PreviewedDay]:
    """What each date would be under this pattern: rotation day, bell schedule, blocks. Nothing is generated."""
    return await preview(edge.reader, school_id, pattern_id, first, last)


async def _shown(edge: Edge, school_id: str, pattern_id: str) -> DayPattern:
    pattern = await pattern_of(edge.reader[PATTERNS], school_id, pattern_id)
    if pattern is None:
        raise refuse(NoSuchPattern())
    edge.tag(pattern.version)
    return pattern


def _bell(wanted: BellWanted) -> Bell:
    entries = tuple(BellEntry(**entry.model_dump()) for entry in wanted.entries)
    return Bell(name=wanted.name, entries=entries, weekdays=wanted.weekdays)
