"""The fields that the scheduler's requests are made of: ids, labels, texts, seats."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from kit.moments import Moment
from kit.texts import Line, Paragraphs

__all__ = ["Day", "FromDay", "Id", "Label", "Moment", "Name", "PathId", "Prose", "QueryId", "Seats", "ToDay"]

ID = r"^[a-z]+_[A-Za-z0-9_-]{1,64}$"
Id = Annotated[str, Field(pattern=ID, max_length=80)]
PathId = Annotated[str, Path(pattern=ID, max_length=80)]
QueryId = Annotated[str, Query(pattern=ID, max_length=80)]
Name = Annotated[Line, Field(max_length=120)]
Label = Annotated[Line, Field(max_length=60)]
Prose = Annotated[Paragraphs, Field(max_length=2000)]
# Far enough for any school, and near enough that no arithmetic with days runs off the calendar.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
FromDay = Annotated[Day, Query(alias="from")]
ToDay = Annotated[Day, Query(alias="to")]
Seats = Annotated[int, Field(ge=0, le=100_000)]
