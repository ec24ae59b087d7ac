"""The order of a journey: cause before time."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.composition.journey import Step, in_order
from services.gateway.composition.naming import people_in
from services.gateway.composition.parts import server_timing

BEGAN = datetime(2031, 5, 6, 16, 0, tzinfo=UTC)


def step(
    service: str, kind: Literal["announced", "consumed"], event_id: str, cause: str | None = None, ms: int = 0
) -> Step:
    return Step(
        service=service,
        kind=kind,
        type=f"{service}.thing.done.v1",
        event_id=event_id,
        causation_id=cause,
        key="k",
        at=BEGAN + timedelta(milliseconds=ms),
    )


SHOWN = [
    step("community", "announced", "shown", None, 0),
    step("profile", "consumed", "shown", None, 5),
    step("profile", "announced", "grown", "shown", 6),
    step("scheduler", "consumed", "grown", "shown", 9),
]


def names(steps: list[Step]) -> list[tuple[str, str, str]]:
    return [(each.service, each.kind, each.event_id) for each in steps]


def test_a_fact_is_heard_after_it_is_announced_whatever_the_clocks_say() -> None:
    skewed = [SHOWN[0], step("profile", "consumed", "shown", None, -500), *SHOWN[2:]]
    assert names(in_order(skewed)) == names(SHOWN)


@given(st.permutations(SHOWN))
def test_the_order_does_not_depend_on_who_answered_first(steps: list[Step]) -> None:
    assert names(in_order(steps)) == names(SHOWN)


def test_depth_counts_the_causes_before_a_step() -> None:
    assert [each.depth for each in in_order(SHOWN)] == [0, 1, 2, 3]


def test_a_step_whose_cause_nobody_knows_is_kept_and_stands_by_its_time() -> None:
    orphan = step("scheduler", "consumed", "lost", None, 1)
    assert names(in_order([*SHOWN, orphan]))[1] == ("scheduler", "consumed", "lost")


def test_two_things_of_one_request_stand_side_by_side() -> None:
    both = [step("scheduler", "announced", "b", None, 2), step("scheduler", "announced", "a", None, 1)]
    assert [(each.event_id, each.depth) for each in in_order(both)] == [("a", 0), ("b", 0)]


def test_nothing_is_lost_where_a_cause_comes_twice() -> None:
    twice = [*SHOWN, step("community", "consumed", "shown", None, 4)]
    assert len(in_order(twice)) == 5


def test_people_are_found_wherever_an_answer_mentions_them_each_once() -> None:
    answer = {"a": ["person_1", {"by": "person_2"}], "b": "person_1", "c": ["project_1", None, 3]}
    assert people_in(answer) == ["person_1", "person_2"]


def test_server_timing_names_each_part() -> None:
    assert server_timing({"person": 1.26, "week": 3.0}) == "person;dur=1.3, week;dur=3.0"
