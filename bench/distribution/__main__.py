"""The distribution's bench: `SIZE=small|full python -m bench.distribution` prints each line of the bar, both sides.

FAIRPYX_PYTHON names the interpreter of an environment with fairpyx; DISTRIBUTION_DATA a folder of real inputs.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.distribution.district import District, build
from bench.distribution.named import faults_found, prepared_from
from bench.distribution.weeks import simulate
from services.scheduler.distribution_checker import check
from services.scheduler.distribution_files.faults import InputFaults
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.ranked_round import Policy
from services.scheduler.distribution_files.read import read_round
from services.scheduler.distribution_files.report import report
from services.scheduler.domain.distribution.evening import as_it_is, distribute_evenly
from services.scheduler.domain.distribution.exact import improve
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.seating import empty_seating
from services.scheduler.domain.distribution.solve import Effort, distribute

SMALL = os.environ.get("SIZE", "full") == "small"
SEEDS = (1,) if SMALL else (1, 2, 3)
SIZES = ((1000, 60), (5000, 250)) if SMALL else ((1000, 60), (10_000, 500), (100_000, 2000))
WEEKS = ((300, 30, 1),) if SMALL else (*((1000, 60, seed) for seed in range(1, 9)), (3000, 150, 1))
"""Students, occurrences a block and seed of each simulation over weeks: more seeds than the bar asks for."""


def main() -> None:
    """Run everything and print."""
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    print("Compilation is done before anything is timed: the first run after installing takes about a minute more.\n")
    for part in (_districts, _growth, _highs, _weeks, _fairpyx, _real):
        for line in part():
            print(line, flush=True)
        print()


def _one(district: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A district in a process of its own, so that memory is its own."""
    command = [sys.executable, "-m", "bench.distribution.one", json.dumps({**district, **options})]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def _districts() -> Iterator[str]:
    head = "students x blocks x occurrences, seats | gap % | time / flow | CPU / flow | s | MB | "
    head += "mean | 5 % | least | Gini | envy"
    yield f"| {head} | unplaced |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for students, occurrences in SIZES:
        for blocks in (5,) if SMALL else (5, 10):
            for seats in (1.05, 0.9, 1.3):
                if students == SIZES[-1][0] and seats != 1.05 and SMALL:
                    continue
                yield from _line(students, blocks, occurrences, seats, SEEDS, False)
    yield from _line(SIZES[0][0], 5, SIZES[0][1], 1.05, SEEDS, True)


def _line(
    students: int, blocks: int, occurrences: int, seats: float, seeds: tuple[int, ...], same: bool
) -> Iterator[str]:
    runs = []
    for seed in seeds:
        district = {"students": students, "blocks": blocks, "occurrences": occurrences, "seed": seed, "seats": seats}
        runs.append(_one({**district, "all_the_same": same}, repeats=1 if SMALL else 3))
    median = {
        key: statistics.median(r[key] for r in runs)
        for key in ("gap_percent", "ratio", "cpu_ratio", "seconds", "megabytes")
    }
    name = f"{students:,} x {blocks} x {occurrences:,}, {seats}{', all rank the same' if same else ''}"
    head = f"{median['gap_percent']:.4f} | {median['ratio']:.2f} | {median['cpu_ratio']:.2f} | "
    head += f"{median['seconds']:.2f} | {median['megabytes']:.0f}"
    for side in ("engine", "greedy", "first come"):
        f = {key: statistics.median(r[side][key] for r in runs) for key in runs[0][side]}
        tail = " | ".join(f"{f[key]:.4f}" for key in ("mean", "fifth", "minimum", "gini"))
        tail += f" | {f['envy']:.0f} | {f['unplaced']:,.0f}"
        yield f"| {name if side == 'engine' else side} | {head if side == 'engine' else '| | | | '} | {tail} |"
    worse = [
        key
        for r in runs
        for key in r["engine"]
        if (key in ("mean", "minimum") and r["engine"][key] < r["greedy"][key] - 1e-9)
        or (key.startswith("group") and r["engine"][key] < r["first come"][key] - 1e-9)
    ]
    wrong = [text for r in runs for text in r["wrong"]]
    yield f"| checker, {runs[0]['checked']}: {'; '.join(wrong[:3]) if wrong else 'all holds'} | | | | | | | | | | | |"
    if worse:
        yield f"| **below greedy or first come in {', '.join(sorted(set(worse)))}** | | | | | | | | | | | |"


def _growth() -> Iterator[str]:
    """Cost against n log n, from the smallest to the largest size."""
    times = []
    for students, occurrences in SIZES:
        district = {"students": students, "blocks": 5, "occurrences": occurrences, "seed": 1}
        times.append((students, _one(district, repeats=1)["seconds"]))
    (n, first), (m, last) = times[0], times[-1]
    fair = _n_log_n(m) / _n_log_n(n)
    yield f"Growth from {n:,} to {m:,} students: {last / first:.1f} times the time; n log n would be {fair:.1f}."


def _n_log_n(n: int) -> float:
    return n * len(bin(n))


def _highs() -> Iterator[str]:
    """A district small enough for HiGHS: its proved optimum beside the engine's bound and answer."""
    prepared = prepared_from(build(District(60, 3, 9, 1, 1.0, choices=4, credit_tilt=0.0)))
    problem = prepared.problem
    distribute(problem, 2)
    started = time.perf_counter()
    answer = distribute(problem, 2, Effort(exact_below=0))
    ours = time.perf_counter() - started
    seating = empty_seating(problem)
    started = time.perf_counter()
    optimum = improve(problem, seating, list(range(problem.students)))
    theirs = time.perf_counter() - started
    yield (
        f"HiGHS, 60 students x 3 blocks, coupled: optimum {optimum or 0:,.0f} units in {theirs:.2f} s; "
        f"the engine without its exact step: {answer.value:,} with bound {answer.bound:,} in {ours:.2f} s; "
        f"checker: {'; '.join(faults_found(prepared, as_it_is(problem, answer))[:3]) or 'all holds'}."
    )


def _weeks() -> Iterator[str]:
    for students, occurrences, seed in WEEKS:
        weeks = simulate(District(students, 5, occurrences, seed, credit_tilt=0.0), Policy(), 10, Effort(300, 2))
        ratio = weeks[-1].gini_with / weeks[-1].gini_without
        losses = [100 * w.loss for w in weeks]
        wrong = [text for w in weeks for text in w.wrong]
        yield (
            f"Ten weeks, {students} students, seed {seed}: Gini of the sum {weeks[-1].gini_without:.4f} without "
            f"credit, {weeks[-1].gini_with:.4f} with it ({ratio:.3f} of it; bar 0.50); dearest week "
            f"{max(losses):.2f} % of points (bar 0.50), mean {statistics.mean(losses):.2f} %; "
            f"hard rules of all 20 answers: {'; '.join(wrong[:3]) if wrong else 'all hold'}."
        )


def _fairpyx() -> Iterator[str]:
    python = os.environ.get("FAIRPYX_PYTHON")
    if not python:
        yield "fairpyx: skipped; FAIRPYX_PYTHON names no interpreter of an environment with it."
        return
    for generator in ("uniform", "szws"):
        for students in (300,) if SMALL else (1000, 3000):
            script = Path(__file__).with_name("fairpyx_side.py")
            command = [python, str(script), generator, str(students), "1"]
            given = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            yield _against(generator, students, given)


def _against(generator: str, students: int, given: dict[str, Any]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "course.json"
        path.write_text(json.dumps(given))
        prepared = prepare(read_round(path))
    distribute(prepared.problem, 2)
    times, cpu_times = [], []
    for _ in range(5):
        started, cpu = time.perf_counter(), time.process_time()
        answer = distribute(prepared.problem, 2)
        times.append(time.perf_counter() - started)
        cpu_times.append(time.process_time() - cpu)
    share = 100 * shares(prepared.problem, answer.chosen, best_points(prepared.problem))
    best, fair = given["runs"]["utilitarian_matching"], given["runs"]["iterated_maximum_matching_adjusted"]
    wrong = check(prepared.round, report(prepared, as_it_is(prepared.problem, answer))).wrong
    cpu_times_as_long = fair["cpu_seconds"] / statistics.median(cpu_times)
    percent, seconds = 100 * share.mean() / best["utilitarian"], statistics.median(times)
    return (
        f"fairpyx {generator}, {students:,} x 50, 6 each: utilitarian {share.mean():.3f} of {best['utilitarian']:.3f} "
        f"({percent:.2f} %), least {share.min():.2f} against {fair['egalitarian']:.2f}, "
        f"{seconds:.3f} s against {fair['seconds']:.1f} s (1/{fair['seconds'] / seconds:.0f}; "
        f"of its CPU time 1/{cpu_times_as_long:.0f}); checker: {wrong[0] if wrong else 'all holds'}."
    )


def _real() -> Iterator[str]:
    folder = Path(os.environ.get("DISTRIBUTION_DATA", ""))
    files = [*sorted(folder.glob("fairpyx/*.json")), *sorted(folder.glob("preflib/*.so[ci]"))] if folder.name else []
    if not files:
        yield "Real inputs: skipped; DISTRIBUTION_DATA names no folder with any."
    for path in files:
        try:
            prepared = prepare(read_round(path))
        except InputFaults as error:
            yield f"{path.name}: {error}"
            continue
        started = time.perf_counter()
        evened = distribute_evenly(prepared.problem, 2)
        seconds = time.perf_counter() - started
        found = report(prepared, evened)
        wrong = check(prepared.round, found).wrong
        yield (
            f"{path.name}: {len(prepared.students)} students, gap {found['worth']['gap_percent']:.4f} %, "
            f"mean share {found['figures']['share']['mean']:.4f}, least {found['figures']['share']['minimum']:.4f}, "
            f"{seconds:.2f} s, checker: {'all holds' if not wrong else wrong[0]}."
        )


if __name__ == "__main__":
    main()
