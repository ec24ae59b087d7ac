"""Moments: points in time as callers say them, in the one spelling that the store gives back."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

_EARLIEST, _LATEST = datetime(2000, 1, 2, tzinfo=UTC), datetime(2199, 12, 30, tzinfo=UTC)


def _as_stored(moment: datetime) -> datetime:
    """In UTC and in whole milliseconds: or a request that comes again would hear its first answer spelled anew."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


# Far enough for any school, and near enough that no arithmetic with days runs off the calendar.
Moment = Annotated[AwareDatetime, Field(ge=_EARLIEST, le=_LATEST), AfterValidator(_as_stored)]
"""A point in time with its offset, as callers say it."""
