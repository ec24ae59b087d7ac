"""The certificate of an erasure."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from services.profile.domain.erasure import Erasure, add_removals

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
ASKED = Erasure(
    erasure_id="erasure_1",
    version=1,
    person_id="person_1",
    asked_by="person_2",
    asked_at=NOON,
    reason_code="asked",
    removed={"profile": {"people": 1}},
    answered_at=NOON,
)


@pytest.mark.parametrize("order", list(permutations([("scheduler", 1), ("community", 2), ("gateway", 3)])))
def test_it_is_complete_with_the_last_answer_in_whatever_order(order: list[tuple[str, int]]) -> None:
    erasure = ASKED
    for service, hours in order:
        assert erasure.state == "running"
        erasure = add_removals(erasure, service, {"documents": hours}, NOON + timedelta(hours=hours))
    assert (erasure.state, erasure.waiting_for) == ("complete", ())
    assert erasure.answered_at == NOON + timedelta(hours=3)


def test_an_answer_heard_twice_counts_once() -> None:
    once = add_removals(ASKED, "gateway", {"sessions": 2}, NOON)
    assert add_removals(once, "gateway", {"sessions": 9}, NOON + timedelta(hours=1)) == once
