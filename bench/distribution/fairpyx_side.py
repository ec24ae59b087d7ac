# mypy: disable-error-code="import-not-found"
"""The fairpyx side of the bench: runs inside that library's own environment, prints one JSON document.

Usage: python fairpyx_side.py GENERATOR STUDENTS SEED
"""

import json
import sys
import time

from fairpyx import Instance, divide
from fairpyx.algorithms.iterated_maximum_matching import (
    iterated_maximum_matching_adjusted,
)
from fairpyx.algorithms.utilitarian_matching import utilitarian_matching

COURSES, EACH = 50, 6


def instance(generator: str, students: int, seed: int) -> Instance:
    """The library's own generators: 50 courses, six for each student, about as many seats as wishes."""
    if generator == "uniform":
        seats = students * EACH // COURSES
        return Instance.random_uniform(
            num_of_agents=students,
            num_of_items=COURSES,
            agent_capacity_bounds=(EACH, EACH),
            item_capacity_bounds=(seats, seats * 3 // 2),
            item_base_value_bounds=(1, 200),
            item_subjective_ratio_bounds=(0.5, 1.5),
            normalized_sum_of_values=1000,
            random_seed=seed,
        )
    return Instance.random_szws(
        num_of_agents=students,
        num_of_items=COURSES,
        agent_capacity=EACH,
        supply_ratio=1.25,
        num_of_popular_items=9,
        mean_num_of_favorite_items=3.85,
        favorite_item_value_bounds=(50, 100),
        nonfavorite_item_value_bounds=(0, 50),
        normalized_sum_of_values=1000,
        random_seed=seed,
    )


def main(generator: str, students: int, seed: int) -> None:
    """Run both algorithms on one instance; values are shares of each student's best six, as the library has them."""
    given = instance(generator, students, seed)
    result = {
        "valuations": {a: {i: float(given.agent_item_value(a, i)) for i in given.items} for a in given.agents},
        "agent_capacities": dict.fromkeys(given.agents, EACH),
        "item_capacities": {i: int(given.item_capacity(i)) for i in given.items},
        "best": {a: float(given.agent_maximum_value(a)) for a in given.agents},
    }
    runs: dict[str, dict[str, float]] = {}
    for algorithm in (utilitarian_matching, iterated_maximum_matching_adjusted):
        started, cpu_before = time.perf_counter(), time.process_time()
        bundles = divide(algorithm, instance=given)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_before
        raw = {a: given.agent_bundle_value(a, bundles[a]) for a in given.agents}
        shares = [100 * raw[a] / given.agent_maximum_value(a) for a in given.agents]
        runs[algorithm.__name__] = {
            "seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "total": float(sum(raw.values())),
            "utilitarian": float(sum(shares) / len(shares)),
            "egalitarian": float(min(shares)),
        }
    json.dump({**result, "runs": runs}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
