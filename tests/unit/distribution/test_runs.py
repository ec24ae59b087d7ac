"""Runs: the same bytes every time, a valid answer whenever they stop, and a checker that notices."""

import copy
import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bench.distribution.district import District, build
from bench.distribution.named import broken_rules, faults_found, named, prepared_from
from cli.distribute import app
from services.scheduler.distribution_checker import check
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.ranked_round import RankedRound
from services.scheduler.distribution_files.report import report
from services.scheduler.distribution_files.write import as_json
from services.scheduler.domain.distribution.credit import CEILING, DECAY, START, next_credit
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.measures import gini
from services.scheduler.domain.distribution.problem import Problem
from services.scheduler.domain.distribution.solve import Effort, Progress, distribute, worth
from tests.unit.distribution.small_rounds import small_round

QUICK = Effort(price_steps=40)


@pytest.fixture(scope="module")
def district() -> Problem:
    return build(District(400, 5, 24, 3, 1.0))


def solved(ranked_round: RankedRound, cores: int = 1) -> dict[str, Any]:
    prepared = prepare(ranked_round)
    return report(prepared, distribute_evenly(prepared.problem, cores, QUICK))


def as_input(ranked_round: RankedRound) -> str:
    """A round without teams, friends or spaces as its JSON file."""
    written = {k: v for k, v in asdict(ranked_round).items() if v}
    for block in written["blocks"]:
        for end in ("start", "end"):
            block[end] = f"{block[end] // 60:02}:{block[end] % 60:02}"
    for row in written["students"]:
        row.pop("most")
    for part in ("choices", "requests"):
        for row in written.get(part, []):
            row.pop("row")
    return json.dumps({"format": "trellis-round/1", **written})


def test_one_core_and_two_give_the_same_answer(district: Problem) -> None:
    one, two = distribute(district, 1, QUICK), distribute(district, 2, QUICK)
    assert (one.chosen == two.chosen).all()
    assert (one.value, one.bound, one.price.tolist()) == (two.value, two.bound, two.price.tolist())


@pytest.mark.parametrize("seed", [3, 14, 15, 92])
def test_the_order_of_the_input_changes_not_one_byte(seed: int) -> None:
    first, second = small_round(seed), small_round(seed)
    rng = random.Random(seed)
    for part in (second.blocks, second.spaces, second.occurrences, second.students, second.choices, second.requests):
        rng.shuffle(part)
    assert as_json(solved(first)) == as_json(solved(second, cores=2))


def test_a_run_stopped_at_any_moment_gives_a_valid_answer_with_its_gap(district: Problem) -> None:
    full = distribute(district, 1, QUICK)
    for asked in (0, 1, 7, 41, 43, 46):
        left = iter(range(asked))
        answer = distribute(district, 1, QUICK, keep_going=lambda left=left: next(left, None) is not None)  # type: ignore[misc]
        used = np.bincount(district.arrays.cand_occ[answer.chosen[answer.chosen >= 0]], minlength=district.occurrences)
        forced = np.bincount(district.arrays.cand_occ[district.arrays.cand_bits >= 128], minlength=district.occurrences)
        assert not answer.finished
        assert (used <= district.seats + forced).all()
        assert answer.value == worth(district, answer.chosen) <= full.bound
        assert answer.bound >= full.value


def test_progress_never_gets_worse_until_the_lowest_are_lifted(district: Problem) -> None:
    told: list[Progress] = []
    distribute(district, 1, QUICK, told.append)
    lifted = told.pop()
    assert lifted.stage == "lift"
    assert [p.value for p in told] == sorted(p.value for p in told)
    assert [p.bound for p in told] == sorted((p.bound for p in told), reverse=True)


def test_everyone_ranking_the_same_is_solved_and_bounded() -> None:
    answer = distribute(build(District(600, 2, 24, 1, 0.9, all_the_same=True)), 1, QUICK)
    assert 0 <= answer.bound - answer.value <= 0.02 * abs(answer.value)


def test_a_week_like_everyones_lets_credit_drift_back_to_where_all_begin() -> None:
    after = next_credit(np.array([0.0, START, CEILING]), np.full(3, 0.9))
    assert after == pytest.approx([START * (1 - DECAY), START, CEILING - (CEILING - START) * (1 - DECAY)])


def test_whoever_had_more_than_most_has_less_credit_than_at_the_start() -> None:
    after = next_credit(np.full(4, START), np.array([1.0, 0.9, 0.9, 0.8]))
    assert after[1:3] == pytest.approx(START)
    assert after[0] < START < after[3]
    assert (next_credit(np.zeros(2), np.array([1.0, 0.0])) >= 0).all()


def test_credit_grows_for_those_who_missed_out_and_is_spent_by_those_who_did_not() -> None:
    after = next_credit(np.array([1.0, 1.0, 0.0]), np.array([0.5, 1.0, 0.9]))
    assert after[0] > 1.0 > after[1]
    assert (next_credit(np.full(3, 9.0), np.array([0.0, 1.0, 1.0])) <= 4.0).all()


def test_gini_knows_equal_from_unequal() -> None:
    assert gini(np.ones(9)) == pytest.approx(0)
    assert gini(np.array([0.0, 0, 0, 1])) == pytest.approx(0.75)


def test_more_credit_wins_the_last_seat() -> None:
    for favoured in ("s0", "s1"):
        wanted = small_round(0)
        wanted.occurrences = wanted.occurrences[:1]
        only = wanted.occurrences[0]
        only.seats, only.minimum, only.groups, only.space, only.blocks = 1, 0, [], "", ["b0"]
        wanted.requests, wanted.friends, wanted.keep_apart = [], [], []
        for student in wanted.students:
            student.credit, student.needs, student.most = (1.0 if student.id == favoured else 0.0), [], None
        for row in wanted.choices:
            row.ranked = [only.id]
        placed = [row["student"] for row in solved(wanted)["students"] if row["placements"]]
        assert placed == [favoured]


SPOILT = ("over-full", "points", "share", "bound", "reason", "credit-after", "credit-cost", "over-budget", "dropped")


def spoil(result: dict[str, Any], how: str) -> None:
    """Break a result in one way."""
    student = next(row for row in result["students"] if row["placements"])
    if how == "over-full":
        name = student["placements"][0]["occurrence"]
        for row in result["students"]:
            row["placements"] = [{"occurrence": name, "blocks": [], "rank": 0, "cause": "distributed"}]
    elif how == "points":
        result["worth"]["points"] += 5
    elif how == "share":
        student["share"] -= 0.1
    elif how == "bound":
        result["worth"]["bound"] = result["worth"]["value"] - 1
    elif how == "reason":
        student["choices"][0]["key"] = "full" if student["choices"][0]["key"] == "placed" else "placed"
    elif how == "credit-after":
        student["credit_after"] += 0.1
    elif how == "credit-cost":
        result["credit"]["cost"] += 1
    elif how == "over-budget":
        result["credit"]["budget_percent"] = -1.0
    elif how == "dropped":
        result["students"].remove(student)


@pytest.mark.parametrize("how", SPOILT)
def test_the_checker_notices_a_result_that_is_wrong(how: str) -> None:
    ranked_round = small_round(5)
    result = copy.deepcopy(solved(ranked_round))
    assert not check(ranked_round, result).wrong
    spoil(result, how)
    assert check(ranked_round, result).wrong


def test_the_command_writes_checks_and_compares(tmp_path: Path) -> None:
    path = tmp_path / "flex.json"
    offers = [{"id": "chess", "blocks": ["b1"], "seats": 1}, {"id": "=art", "blocks": ["b1"]}]
    ranked = [{"student": s, "ranked": ["chess", "=art"]} for s in ("maya", "<leo>")]
    students = [{"id": "maya"}, {"id": "<leo>"}]
    written = {"format": "trellis-round/1", "blocks": [{"id": "b1"}], "occurrences": offers, "students": students}
    path.write_text(json.dumps({**written, "choices": ranked}))
    cli = CliRunner()
    assert cli.invoke(app, ["run", str(path), "--to", str(tmp_path / "a")]).exit_code == 0
    assert (
        cli.invoke(app, ["run", str(path), "--to", str(tmp_path / "b"), "--seed", "9", "--cores", "1"]).exit_code == 0
    )
    assert cli.invoke(app, ["check", str(path), str(tmp_path / "a")]).exit_code == 0
    assert "students have another week" in cli.invoke(app, ["compare", str(tmp_path / "a"), str(tmp_path / "b")]).stdout
    page = (tmp_path / "a" / "report.html").read_text()
    assert "&lt;leo&gt;" in page
    assert "<leo>" not in page
    assert "<script" not in page
    assert "'=art" in (tmp_path / "a" / "placements.csv").read_text()


def test_the_command_names_what_is_wrong_and_distributes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "flex.json"
    path.write_text('{"format": "trellis-round/1", "students": 3}')
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 2
    assert not (tmp_path / "flex-result").exists()


def test_an_input_alone_is_run_and_a_word_that_is_no_file_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "flex.json"
    path.write_text(as_input(named(build(District(12, 1, 3, 1)))))
    assert CliRunner().invoke(app, [str(path), "--seed", "4"]).exit_code == 0
    assert json.loads((tmp_path / "flex-result" / "result.json").read_text())["seed"] == 4
    assert CliRunner().invoke(app, ["no-such-file.json"]).exit_code == 2


@pytest.mark.parametrize("limit", [["--seconds", "0"], ["--megabytes", "1"]])
def test_a_run_at_its_limit_writes_a_valid_answer_with_its_gap(tmp_path: Path, limit: list[str]) -> None:
    ranked_round = named(build(District(150, 3, 12, 1)))
    path = tmp_path / "flex.json"
    path.write_text(as_input(ranked_round))
    cli, folder = CliRunner(), tmp_path / "flex-result"
    assert cli.invoke(app, [str(path), *limit]).exit_code == 0
    stopped = json.loads((folder / "result.json").read_text())
    assert not stopped["finished"]
    assert stopped["worth"]["gap"] == pytest.approx(stopped["worth"]["bound"] - stopped["worth"]["value"], abs=0.02)
    assert stopped["worth"]["gap"] > 0
    assert "stopped early" in (folder / "report.html").read_text()
    assert cli.invoke(app, ["check", str(path), str(folder)]).exit_code == 0


def test_the_checks_on_arrays_notice_an_over_full_offer_and_a_lost_request(district: Problem) -> None:
    chosen = distribute(district, 1, QUICK).chosen
    assert not broken_rules(district, chosen)
    kept = np.flatnonzero(district.arrays.cand_bits >= 128)[0]
    assert broken_rules(district, np.where(chosen == kept, -1, chosen)) == ["a request honoured and not kept"]
    first = district.arrays.cand_start[:-1].reshape(chosen.shape).astype(np.int32)
    assert "seats" in broken_rules(district, first)


def test_a_district_by_name_is_the_same_problem_and_its_answer_passes_the_checker() -> None:
    problem = build(District(150, 3, 12, 1))
    prepared = prepared_from(problem)
    assert prepared.problem.students == problem.students
    assert (prepared.problem.seats == problem.seats).all()
    assert (prepared.problem.credit == problem.credit).all()
    assert not faults_found(prepared, distribute_evenly(prepared.problem, 1, QUICK))
