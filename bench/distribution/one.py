"""One district, measured in a process of its own; given as JSON, told as JSON."""

import json
import resource
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from bench.distribution.baselines import first_come_first_served, greedy_by_weight, uncoupled_flow_seconds
from bench.distribution.district import District, build
from bench.distribution.named import broken_rules, faults_found, prepared_from
from services.scheduler.domain.distribution.evening import as_it_is
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import covered, envy, gini
from services.scheduler.domain.distribution.problem import Ints, Numbers, Problem
from services.scheduler.domain.distribution.solve import Effort, distribute, gap_share, worth

NAMED_UP_TO = 10_000
"""Students up to which a district is written out by name, so that the checker reads the very answer measured.

Beyond it takes minutes and gigabytes, which would stand in the way of what is measured; `named_up_to` asks for it."""


def figures(problem: Problem, chosen: Ints, best: Numbers) -> dict[str, float]:
    """What the bar compares, of any answer."""
    share = shares(problem, chosen, best)
    sample = np.arange(min(300, problem.students), dtype=np.int32)
    groups = [float(share[problem.group == g].mean()) for g in np.unique(problem.group)]
    return {
        "worth": worth(problem, chosen) / 100,
        "mean": float(share.mean()),
        "fifth": float(np.quantile(share, 0.05)),
        "minimum": float(share.min()),
        "gini": gini(share),
        "envy": envy(problem, chosen, sample),
        "unplaced": int(((problem.arrays.wanted > 0) & ~covered(problem, chosen)).sum()),
        **{f"group {i}": x for i, x in enumerate(groups)},
    }


def measure(
    district: District, repeats: int, cores: int, effort: int, named_up_to: int = NAMED_UP_TO
) -> dict[str, Any]:
    """Both sides in turn, `repeats` times; compilation is done before on a small district."""
    distribute(build(District(300, district.blocks, 30, 1)), cores)
    small = district.students <= named_up_to
    problem = build(replace(district, credit_tilt=0.0) if small else district)
    prepared = prepared_from(problem) if small else None
    problem = prepared.problem if prepared else problem
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs, cpu_ratios = [], []
    memory = 0.0
    for _ in range(repeats):
        started, cpu = time.perf_counter(), time.process_time()
        answer = distribute(problem, cores, Effort(240 * effort, effort))
        ours, ours_cpu = time.perf_counter() - started, time.process_time() - cpu
        memory = memory or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cpu = time.process_time()
        flow = uncoupled_flow_seconds(problem)
        pairs.append((ours, flow))
        cpu_ratios.append(ours_cpu / (time.process_time() - cpu))
    best = best_points(problem)
    wrong = faults_found(prepared, as_it_is(problem, answer)) if prepared else broken_rules(problem, answer.chosen)
    return {
        "checked": "by name" if prepared else "hard rules, on arrays",
        "wrong": wrong[:5],
        "gap_percent": 100 * gap_share(answer, problem.cand_points),
        "seconds": statistics.median(x for x, _ in pairs),
        "flow_seconds": statistics.median(x for _, x in pairs),
        "ratio": statistics.median(x / y for x, y in pairs),
        "cpu_ratio": statistics.median(cpu_ratios),
        "megabytes": memory,
        "megabytes_before": before,
        "engine": figures(problem, answer.chosen, best),
        "first come": figures(problem, first_come_first_served(problem, district.seed), best),
        "greedy": figures(problem, greedy_by_weight(problem), best),
    }


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    defaults = {"repeats": 3, "cores": 2, "effort": 2, "named_up_to": NAMED_UP_TO}
    options = {name: given.pop(name, default) for name, default in defaults.items()}
    json.dump(measure(District(**given), **options), sys.stdout)
