"""Synthetic districts: schools on a plane, students who mostly stay at their own, tastes that overlap."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.scheduler.domain.distribution.problem import NO_LIMIT, UNITS_PER_POINT, Arrays, Problem

BLOCKS_A_DAY = 5
BREAK_MINUTES = 10
BLOCK_MINUTES = 50
NEED_KINDS = 8


@dataclass(frozen=True, slots=True)
class District:
    """What a synthetic district looks like. `occurrences` are per block; every block of a day follows the last."""

    students: int
    blocks: int
    occurrences: int
    seed: int
    seats: float = 1.05  # seats per student and block
    choices: int = 8
    requests: float = 0.03  # share of students with one honoured request
    credit_tilt: float = 0.1  # how far credit, drawn from 0 to 1, already counts in the weights
    all_the_same: bool = False  # the adversary: every student of the district ranks the same offers


def build(district: District) -> Problem:
    """The district as a problem, with the strict default weights."""
    rng = np.random.default_rng(district.seed)
    sites = max(3, min(50, district.students // 2000))
    near, travel = _map(rng, sites)
    per_site = district.occurrences // sites
    home = rng.integers(0, sites, district.students)
    chosen = np.stack([_tastes(rng, district, home, near, per_site) for _ in range(district.blocks)], axis=1)
    first = (np.arange(district.blocks) * per_site * sites)[None, :, None].astype(np.int32)
    chosen = np.where(chosen >= 0, chosen + first, -1)
    return _problem(rng, district, chosen, per_site * sites, np.repeat(np.arange(sites), per_site), travel)


def _map(rng: np.random.Generator, sites: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The four nearest neighbours of each site, and minutes between sites: about half of those are near enough."""
    at = rng.random((sites, 2))
    distance = np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1))
    near = np.argsort(distance, axis=1)[:, 1:5]
    typical = np.median(distance[np.arange(sites)[:, None], near])
    return near, np.where(np.eye(sites, dtype=bool), 0, 3 + 10 * distance / typical).astype(np.int32)


def _tastes(
    rng: np.random.Generator, district: District, home: NDArray[np.int64], near: NDArray[np.int64], per_site: int
) -> NDArray[np.int32]:
    """(n, choices) distinct occurrences of one block: seven in ten at home, drawn by how popular they are."""
    n, sites = district.students, len(near)
    draws = district.choices * 4
    popularity = np.exp(rng.normal(0, 0.8, (sites, per_site)))
    steps = np.cumsum(popularity, axis=1) / popularity.sum(1, keepdims=True) + np.arange(sites)[:, None]
    away = near[home[:, None], rng.integers(0, near.shape[1], (n, draws))]
    site = np.where(rng.random((n, draws)) < 0.3, away, home[:, None])
    drawn = np.searchsorted(steps.ravel(), site + rng.random((n, draws))).astype(np.int32)
    drawn = np.minimum(drawn, site * per_site + per_site - 1).astype(np.int32)
    if district.all_the_same:
        drawn = np.repeat(drawn[:1], n, axis=0)
    fresh = np.ones_like(drawn, dtype=bool)
    for i in range(1, draws):
        fresh[:, i] = ~(drawn[:, :i] == drawn[:, i : i + 1]).any(axis=1)
    first = np.argsort(~fresh, axis=1, kind="stable")[:, : district.choices]
    picked = np.take_along_axis(drawn, first, axis=1)
    return np.where(np.take_along_axis(fresh, first, axis=1), picked, -1).astype(np.int32)


def _problem(
    rng: np.random.Generator,
    district: District,
    chosen: NDArray[np.int32],
    per_block: int,
    site_of: NDArray[np.int64],
    travel: NDArray[np.int32],
) -> Problem:
    n, t, k = chosen.shape
    m = per_block * t
    kept = chosen.ravel() >= 0
    credit = np.asarray(rng.random(n), np.float64)
    points = np.asarray(np.tile(np.rint(100 * UNITS_PER_POINT * 0.9 ** np.arange(k)), n * t), np.float64)
    tilted = (
        np.rint(points.reshape(n, -1) * (1 + district.credit_tilt * credit[:, None]))
        + (rng.permutation(n) * 10 // n)[:, None]
    )
    kind, need = rng.integers(0, NEED_KINDS, m), np.where(rng.random(n) < 0.5, rng.integers(0, NEED_KINDS, n), -1)
    bits = (kind[chosen] == need[:, None, None]) & (chosen >= 0)
    counts = (chosen >= 0).sum(2).ravel()
    forced = bits.astype(np.uint8).ravel()[kept]
    cand_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    cand_occ = chosen.ravel()[kept]
    seats = np.full(m, int(district.seats * n / per_block), np.int32)
    asked = rng.permutation(n)[: int(district.requests * n)]
    _honour(rng, asked, t, cand_start, cand_occ, forced, seats)
    week = int(tilted.reshape(n, t, k).max(2).sum(1).max())
    each = np.arange(m + 1, dtype=np.int32)
    arrays = Arrays(
        cand_start=cand_start,
        cand_occ=cand_occ.astype(np.int32),
        cand_weight=tilted.ravel()[kept].astype(np.int32),
        cand_bits=forced,
        wanted=np.ones((n, t), np.uint8),
        most=np.full(n, NO_LIMIT, np.int16),
        needs=bits.any(axis=(1, 2)).astype(np.uint8),
        travel=travel,
        longest_travel=int(travel.max()),
        occ_res_start=each,
        occ_res=each[:-1],
        res_occ_start=each,
        res_occ=each[:-1],
        unplaced_cost=2 * week + 2,
        need_cost=week + 1,
        move_cost=UNITS_PER_POINT // 2,
        occ_space=each[:-1],
        friend_bonus=0,
        **_times(t, per_block, site_of),
        **_no_ties(n),
    )
    return Problem(
        arrays=arrays,
        seats=seats,
        cand_points=points[kept].astype(np.int32),
        cand_rank=np.tile(np.arange(1, k + 1), n * t)[kept].astype(np.int16),
        group=np.asarray(rng.integers(0, 6, n), np.int32),
        credit=credit,
        minimum=np.zeros(m, np.int32),
        lift_share=0.0001,
    )


def _times(t: int, per_block: int, site_of: NDArray[np.int64]) -> dict[str, Any]:
    """When and where the occurrences are: five blocks a day, a short break between them."""
    slots, m = np.arange(t), per_block * t
    apart = np.maximum(slots[None] - slots[:, None], 0)
    overnight = slots[None] // BLOCKS_A_DAY != slots[:, None] // BLOCKS_A_DAY
    gap = np.where(overnight, 1000, BREAK_MINUTES + (apart - 1) * (BLOCK_MINUTES + BREAK_MINUTES))
    covers = np.zeros((m, t), np.uint8)
    covers[np.arange(m), np.arange(m) // per_block] = 1
    return {
        "occ_site": np.tile(site_of, t).astype(np.int32),
        "occ_covers": covers,
        "occ_last": (np.arange(m) // per_block).astype(np.int32),
        "occ_span": np.zeros(m, np.uint8),
        "gap": gap.astype(np.int32),
        "adjacent": (slots % BLOCKS_A_DAY != 0).astype(np.uint8),
    }


def _no_ties(n: int) -> dict[str, Any]:
    """No spans, nobody kept apart, no friends: what the measured problem does not have."""
    return {
        "span_start": np.zeros(n + 1, np.int32),
        "span_cand": np.empty(0, np.int32),
        "rel_start": np.zeros(n + 1, np.int32),
        "rel_other": np.empty(0, np.int32),
        "rel_apart": np.empty(0, np.uint8),
    }


def _honour(
    rng: np.random.Generator,
    asked: NDArray[np.int64],
    slots: int,
    cand_start: NDArray[np.int32],
    cand_occ: NDArray[np.int32],
    bits: NDArray[np.uint8],
    seats: NDArray[np.int32],
) -> None:
    """Turn one ranked choice of each asked student into an honoured request, where a seat is left."""
    for s in asked:
        row = s * slots + rng.integers(0, slots)
        cand = rng.integers(cand_start[row], cand_start[row + 1])
        if seats[cand_occ[cand]] > 0:
            bits[cand] |= 128
            seats[cand_occ[cand]] -= 1
