"""Times: moments and days as a reader says them, by the school's clock; no page shows a time in any other way."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta

from services.web.looks.languages import current

Moment = datetime | str
_SHORT = "MMMEd"


def clock(moment: Moment, zone: ZoneInfo) -> str:
    """The time of day: 9:05 AM."""
    return format_time(local(moment, zone).timetz(), "short", locale=current().locale)


def day(moment: Moment | date, zone: ZoneInfo, form: str = "full") -> str:
    """The day: Monday, March 3; `short`: Mon, Mar 3; `year`: Mar 3, 2031. A moment falls on one by that clock."""
    return _written(day_of(moment, zone), form)


def when(starts: Moment, ends: Moment, zone: ZoneInfo, form: str = "full") -> str:
    """From when until when: Monday, March 3, 9:05 AM – 9:50 AM."""
    return f"{day(starts, zone, form)}, {span(starts, ends, zone)}"


def span(starts: Moment, ends: Moment, zone: ZoneInfo) -> str:
    """The times of day alone: 9:05 AM – 9:50 AM."""
    return f"{clock(starts, zone)} – {clock(ends, zone)}"


def moment(value: Moment, zone: ZoneInfo) -> str:
    """A moment in full."""
    return format_datetime(local(value, zone), "medium", locale=current().locale)


def minutes(count: int) -> str:
    """How long: 1 hour, 45 minutes."""
    return format_timedelta(timedelta(minutes=count), granularity="minute", threshold=1.5, locale=current().locale)


def local(moment: Moment, zone: ZoneInfo) -> datetime:
    """A moment by the school's clock. Raises: ValueError for a time that names no zone of its own."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if found.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return found.astimezone(zone)


def day_of(moment: Moment | date, zone: ZoneInfo) -> date:
    """The calendar day, by the school's clock. A text of ten characters is a date."""
    if isinstance(moment, str) and len(moment) == len("2031-03-03"):
        return date.fromisoformat(moment)
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return moment
    return local(moment, zone).date()


def _written(found: date, form: str) -> str:
    language = current()
    if form == "full":
        return format_date(found, language.long_day, locale=language.locale)
    if form == "year":
        return format_date(found, "medium", locale=language.locale)
    # Babel wants a moment here and says nothing of its time.
    midnight = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return format_skeleton(_SHORT, midnight, locale=language.locale)
