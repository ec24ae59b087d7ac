"""The broker away for a minute: people go on working as if nothing were, and the facts come in order afterwards."""

import time
from itertools import count

import pytest

from tests.faults.replies import size_of, troubles
from tests.faults.rounds import Run
from tests.faults.settling import unsent

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

OPERATIONS = 80
AWAY_SECONDS = 60.0


def test_nobody_notices_that_the_broker_is_away_for_a_minute_and_nothing_is_lost(run: Run) -> None:
    run.round("away-0", OPERATIONS, lambda _: None)
    since = size_of(run.history.path)
    run.town.kill("kafka")
    back_at, rounds = time.monotonic() + AWAY_SECONDS, count(1)
    while time.monotonic() < back_at:
        run.round(f"away-{next(rounds)}", OPERATIONS, lambda _: None)
    waiting = unsent(run.town)
    run.town.start_service("kafka")
    print(f"the broker was away for a minute: {waiting} facts waited for it", flush=True)
    assert waiting > OPERATIONS
    assert troubles(run.history.path, since) == {}
    assert [str(finding) for finding in run.check(views=False)[1]] == []
