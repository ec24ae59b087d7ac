"""How long does letting credit count take, beside the round itself, in a district of a given size?"""

import json
import resource
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from bench.distribution.district import District, build
from bench.distribution.named import broken_rules
from bench.distribution.weeks import strict
from services.scheduler.distribution_files.ranked_round import Policy
from services.scheduler.domain.distribution.credit import START
from services.scheduler.domain.distribution.evening import even_out
from services.scheduler.domain.distribution.lift import best_points, shares
from services.scheduler.domain.distribution.measures import gini, points_given
from services.scheduler.domain.distribution.problem import Problem
from services.scheduler.domain.distribution.solve import distribute


def measure(district: District) -> dict[str, Any]:
    """Seconds of the round and of evening it out, both after compilation; what it cost and brought in this one week."""
    small = _ready(District(300, district.blocks, 30, 1, credit_tilt=0.0))
    even_out(small, distribute(small, 2), 2)
    problem = _ready(replace(district, credit_tilt=0.0))
    started, cpu = time.perf_counter(), time.process_time()
    answer = distribute(problem, 2)
    between, between_cpu = time.perf_counter(), time.process_time()
    found = even_out(problem, answer, 2)
    ended, ended_cpu = time.perf_counter(), time.process_time()
    best = best_points(problem)
    before, after = (points_given(problem, one.chosen) for one in (answer, found.answer))
    uneven, even = (gini(shares(problem, one.chosen, best)) for one in (answer, found.answer))
    return {
        "seconds": between - started,
        "evening_seconds": ended - between,
        "evening_of_cpu": (ended_cpu - between_cpu) / (between_cpu - cpu),
        "cost_percent": 100 * (1 - after / before),
        "tilt": found.tilt,
        "gini_of_that_without": even / uneven,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "wrong": broken_rules(problem, found.answer.chosen),
    }


def _ready(district: District) -> Problem:
    problem = strict(build(district), Policy())
    return replace(problem, credit=np.full(problem.students, START))


if __name__ == "__main__":
    json.dump(measure(District(**json.loads(sys.argv[1]))), sys.stdout)
