"""The night in which the clocks change: its blocks are made and booked while things go wrong, each hour once."""

import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.demo.day import TIME_ZONE
from services.scheduler.domain.day_patterns import WEEKDAYS
from tests.faults.asking import Client, Reply
from tests.faults.errands import Errand
from tests.faults.history import Phase
from tests.faults.injecting import Fault, inject
from tests.faults.load import Pace, Person
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

ZONE = ZoneInfo(TIME_ZONE)
BELLS = ((time(0, 15), time(1, 0)), (time(1, 30), time(2, 15)), (time(2, 30), time(3, 15)), (time(3, 30), time(4, 15)))
"""By the wall clock, of every day: one of them is skipped in spring, one comes twice in autumn."""
AHEAD = timedelta(days=360)
OPERATIONS = 160
KILLED = ("scheduler.api", "mongo", "scheduler.worker", "kafka")
NUMBERS = count(1)


def nights() -> list[date]:
    """The days, within the year in which sign-up can be open, on which the clocks change."""
    today = datetime.now(ZONE).date()
    days = [today + timedelta(days=offset) for offset in range(3, AHEAD.days)]
    return [day for day in days if _offset(day) != _offset(day + timedelta(days=1))]


def _offset(day: date) -> timedelta | None:
    return datetime.combine(day, time(0), ZONE).utcoffset()


def shown_first(day: date) -> dict[time, datetime]:
    """For every minute of the wall clock on this day: the first moment at which it shows that minute."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moments = (midnight + timedelta(minutes=minute) for minute in range(-14 * 60, 38 * 60))
    found: dict[time, datetime] = {}
    for moment, local in ((moment, moment.astimezone(ZONE)) for moment in moments):
        if local.date() == day:
            found.setdefault(local.time(), moment)
    return found


def expected(day: date) -> Iterator[tuple[datetime, timedelta]]:
    """When each bell of this day rings, and how long its block lasts."""
    shown = shown_first(day)
    for starts, ends in BELLS:
        leapt = time(starts.hour + 1, starts.minute)  # where the clock skips it, it is as much later as the clock leapt
        begins, over = shown.get(starts) or shown[leapt], shown.get(ends)
        wall = datetime.combine(day, ends) - datetime.combine(day, starts)
        yield begins, over - begins if over is not None and over > begins else wall


def insist(run: Run, person: Person, errand: Errand) -> Reply:
    """Ask until it is done, whatever is killed meanwhile; each try is the same request."""
    client, op_id = Client(run.school.base_url), f"night-{next(NUMBERS)}"
    for _ in range(300):
        reply = person.once(client, errand, op_id)
        if reply.phase is Phase.OK:
            client.close()
            return reply
        assert reply.phase is Phase.UNKNOWN or reply.status in (429, 503), reply
        threading.Event().wait(0.2)
    raise AssertionError(f"{errand.kind} was never done")


def asked_of_the_office(run: Run, path: str, body: Mapping[str, Any]) -> Errand:
    """One request of the principal's."""
    return Errand("office", run.school.principal, "POST", f"/v1/schools/{run.school.school_id}{path}", body, body)


def draw_the_nights(run: Run, person: Person) -> str:
    """Sign-up opens a year ahead, and every day of the week has the same four blocks; returns the pattern."""
    principal = run.school.district.day["principal"].api
    calendar = f"/v1/schools/{run.school.school_id}/calendar"
    principal.put(calendar, {"time_zone": TIME_ZONE, "opens_days_ahead": 365})
    today = datetime.now(ZONE).date().isoformat()
    period = insist(run, person, asked_of_the_office(run, "/periods", {"name": "Night watch", "from_on": today}))
    entries = [
        {"period_id": period.body["period_id"], "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}
        for starts, ends in BELLS
    ]
    pattern: dict[str, Any] = {"name": "Nights", "rotation": "weekday", "starts_on": today}
    pattern |= {"school_weekdays": list(WEEKDAYS), "regular": "night"}
    pattern |= {"bells": [{"name": "night", "entries": entries}]}
    return str(insist(run, person, asked_of_the_office(run, "/day-patterns", pattern)).body["pattern_id"])


def generating(run: Run, pattern_id: str, night: date) -> Errand:
    """The blocks of the night, and of the days before and after it."""
    span = {"from": str(night - timedelta(days=1)), "to": str(night + timedelta(days=1))}
    return asked_of_the_office(run, "/blocks", {"pattern_id": pattern_id, **span})


def generate_while_killed(run: Run, person: Person, errands: Sequence[Errand]) -> list[Mapping[str, Any]]:
    """Each night is generated while something is killed; the blocks that were made."""
    made: list[Mapping[str, Any]] = []
    for errand, target in zip(errands, ("scheduler.api", "mongo"), strict=False):
        killer = threading.Thread(target=inject, args=(run.town, [Fault("kill", target, 0)], Pace(1), run.tell))
        killer.start()
        made += insist(run, person, errand).body["blocks"]
        killer.join()
    return made


@pytest.fixture
def at_night(run: Run) -> Iterator[Run]:
    """The same school, which has its own blocks back afterwards."""
    board, district = run.school.board, run.school.district
    blocks, occurrences = list(district.blocks), list(board.occurrences)
    yield run
    district.blocks, board.occurrences = blocks, occurrences


def test_the_blocks_of_the_night_are_made_and_booked_once_whatever_is_killed(at_night: Run) -> None:
    run, days = at_night, nights()
    person = Person(run.school, run.history, random.Random(11), "night")
    pattern_id = draw_the_nights(run, person)
    errands = [generating(run, pattern_id, night) for night in days]
    made = generate_while_killed(run, person, errands)
    for night in days:
        for day in (night - timedelta(days=1), night, night + timedelta(days=1)):
            # Two bells that come to the same moment, as the clock leaps from one to the other, are one block.
            assert begun_and_lasting(made, day) == sorted(set(expected(day))), day
    again = [insist(run, person, each).body for each in errands]
    assert [(each["added"], each["changed"]) for each in again] == [(0, 0)] * len(errands)
    run.school.district.blocks, run.school.board.occurrences = list(made), []
    run.round("before-night", OPERATIONS, lambda _: None)
    faults = [Fault("kill", name, OPERATIONS * n // 5) for n, name in enumerate(KILLED, start=1)]
    run.round("at-night", OPERATIONS, lambda pace: inject(run.town, faults, pace, run.tell))
    _, findings = run.check(views=False)
    assert [str(finding) for finding in findings] == []
    assert {each["block_id"] for each in run.school.board.placements} & {block["block_id"] for block in made}


def begun_and_lasting(blocks: Sequence[Mapping[str, Any]], day: date) -> list[tuple[datetime, timedelta]]:
    """What the service made of a day, in the order of time."""
    mine = [block for block in blocks if block["day"] == str(day)]
    spans = [[datetime.fromisoformat(block[name]) for name in ("starts_at", "ends_at")] for block in mine]
    return sorted((starts, ends - starts) for starts, ends in spans)
