"""The engine against everything: small rounds, where all answers can be tried."""

import pytest

from services.scheduler.distribution_checker import check
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.report import report
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.solve import Effort
from tests.unit.distribution.small_rounds import Exhaustive, small_round

QUICK = Effort(price_steps=60)


@pytest.mark.parametrize("first", range(0, 500, 50))
def test_no_answer_of_a_small_round_is_better_and_the_bound_is_never_below_the_best(first: int) -> None:
    for seed in range(first, first + 50):
        prepared = prepare(small_round(seed))
        found = distribute_evenly(prepared.problem, 1, QUICK)
        best = Exhaustive(prepared).best()
        assert found.without.bound >= best, seed
        assert found.without.value == best >= found.answer.value, seed
        findings = check(prepared.round, report(prepared, found))
        assert not findings.wrong, (seed, findings.wrong[:3])


@pytest.mark.parametrize("seed", range(40))
def test_without_the_exact_step_the_answer_is_valid_and_within_the_bound(seed: int) -> None:
    prepared = prepare(small_round(seed))
    found = distribute_evenly(prepared.problem, 1, Effort(60, 2, exact_below=0))
    best = Exhaustive(prepared).best()
    assert found.answer.value <= best <= found.answer.bound
    assert not check(prepared.round, report(prepared, found)).wrong
