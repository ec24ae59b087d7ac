"""Evening out: does it cost no more than allowed, does it even out, and is it the same every time?"""

from dataclasses import replace

import numpy as np
import pytest

from bench.distribution.district import District, build
from bench.distribution.named import broken_rules
from services.scheduler.domain.distribution.apart import Line, apart, places
from services.scheduler.domain.distribution.credit import CEILING, START
from services.scheduler.domain.distribution.evening import Evened, distribute_evenly, even_out
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import covered, gini, points_given
from services.scheduler.domain.distribution.problem import Problem
from services.scheduler.domain.distribution.solve import Effort, distribute, worth

BUDGET = 0.005


@pytest.fixture(scope="module")
def district() -> Problem:
    built = build(District(300, 5, 24, 1, credit_tilt=0.0))
    strict = built.arrays._replace(unplaced_cost=3 * built.arrays.unplaced_cost, need_cost=2 * built.arrays.need_cost)
    start = np.full(built.students, START)
    return replace(built, arrays=strict, credit=start, credit_share=BUDGET, most_tilt=0.95)


@pytest.fixture(scope="module")
def evened(district: Problem) -> Evened:
    return distribute_evenly(district, 1, Effort(price_steps=60, rounds=1))


def test_the_one_with_most_stands_first_and_equals_stand_together() -> None:
    assert places(np.array([0.0, 4.0, 2.0])).tolist() == [-1.0, 1.0, 0.0]
    assert places(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]
    assert places(np.array([1.0])).tolist() == [0.0]


def test_the_slope_of_the_distance_is_the_place_in_the_line() -> None:
    credit = np.array([0.0, 4.0, 2.0, 2.0])
    line = Line(credit)
    for who, place in zip(credit[1:], places(credit)[1:], strict=True):
        step = 1e-6
        below, above = line.height(np.array([who - step, who]))
        assert (above - below) / step == pytest.approx(place, abs=1e-4)
    assert line.height(np.array([-1.0, 0.0, 5.0])).tolist() == pytest.approx([1.0, 0.0, 1.0])


def test_who_stands_further_ahead_gains_more_by_the_same_step_even_between_the_same_two() -> None:
    line = Line(np.array([1.0, 2.0, 2.0, 2.0]))
    ahead, behind = (float(np.diff(line.height(np.array(step)))[0]) for step in ([1.6, 1.9], [1.1, 1.4]))
    assert ahead > behind


def test_how_far_apart_is_the_average_over_all_pairs() -> None:
    credit = np.random.default_rng(1).random(50)
    assert apart(credit) == pytest.approx(np.abs(credit[:, None] - credit[None]).mean())


def test_nobody_is_apart_from_nobody() -> None:
    assert apart(np.empty(0)) == 0.0


def test_a_round_is_more_even_for_no_more_than_the_budget(district: Problem, evened: Evened) -> None:
    before, after = (points_given(district, one.chosen) for one in (evened.without, evened.answer))
    assert 0.25 * BUDGET < 1 - after / before <= BUDGET
    best = best_points(district)
    uneven, even = (gini(shares(district, one.chosen, best)) for one in (evened.without, evened.answer))
    assert even < 0.8 * uneven


def test_evening_out_breaks_no_rule_and_leaves_nobody_out_for_it(district: Problem, evened: Evened) -> None:
    assert not broken_rules(district, evened.answer.chosen)
    assert covered(district, evened.answer.chosen).sum() >= covered(district, evened.without.chosen).sum()
    assert evened.answer.value == worth(district, evened.answer.chosen) <= evened.answer.bound


def test_two_cores_even_out_like_one(district: Problem, evened: Evened) -> None:
    again = even_out(district, evened.without, 2)
    assert (again.answer.chosen == evened.answer.chosen).all()
    assert (again.tilt, again.counted.tolist()) == (evened.tilt, evened.counted.tolist())


def test_those_with_more_credit_get_more_than_without_it(district: Problem, evened: Evened) -> None:
    favoured = np.arange(district.students) < 60
    credit = np.where(favoured, CEILING, START)
    found = even_out(replace(district, credit=credit), evened.without, 1)
    best = best_points(district)
    with_it, without = (shares(district, one.chosen, best)[favoured].mean() for one in (found.answer, found.without))
    assert with_it > without


@pytest.mark.parametrize("asked", [0, 1, 2, 3])
def test_stopped_at_any_moment_the_answer_is_valid_and_within_the_budget(
    district: Problem, evened: Evened, asked: int
) -> None:
    left = iter(range(asked))
    found = even_out(district, evened.without, 1, lambda: next(left, None) is not None)
    assert not found.answer.finished
    assert not broken_rules(district, found.answer.chosen)
    before = points_given(district, evened.without.chosen)
    assert points_given(district, found.answer.chosen) >= (1 - BUDGET) * before


def test_without_a_budget_credit_does_not_count(district: Problem) -> None:
    free = replace(district, credit_share=0.0)
    answer = distribute(free, 1, Effort(price_steps=20, rounds=1))
    found = even_out(free, answer, 1)
    assert found.answer is answer
    assert found.tilt == 0
