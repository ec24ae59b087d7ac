"""Slots: time cut wherever a block begins or ends, so that two placements overlap just when they share a slot."""

import itertools
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.scheduler.distribution_files.ranked_round import Block
from services.scheduler.domain.distribution.problem import Bytes, Ints

FAR = 10**6
"""Minutes between slots of different days, or of blocks without a time: enough for any journey."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a round in order, and how they lie to each other."""

    count: int
    of_block: dict[str, list[int]]
    names: list[str]  # the blocks a slot belongs to, joined
    gap: Ints  # (t, t) minutes from the end of one to the start of another
    adjacent: Bytes  # (t,) 1 when it follows the one before it on the same day


def slots_of(blocks: list[Block]) -> Slots:
    """Cut the blocks. Blocks without times never overlap: each is a slot, in the order of their ids."""
    ordered = sorted(blocks, key=lambda b: (b.date, b.start, b.end, b.id))
    pieces: dict[tuple[str, int, int, str], list[str]] = {}
    of_block: dict[str, list[int]] = {b.id: [] for b in ordered}
    for day in sorted({b.date for b in ordered}):
        timed = [b for b in ordered if b.date == day and b.end > b.start]
        cuts = sorted({x for b in timed for x in (b.start, b.end)})
        for start, end in itertools.pairwise(cuts):
            inside = [b.id for b in timed if b.start <= start and b.end >= end]
            if inside:
                pieces[(day, start, end, "")] = inside
        for b in ordered:
            if b.date == day and b.end == b.start:
                pieces[(day, b.start, b.end, b.id)] = [b.id]
    keys = sorted(pieces)
    for i, key in enumerate(keys):
        for block in pieces[key]:
            of_block[block].append(i)
    return Slots(len(keys), of_block, [" + ".join(pieces[k]) for k in keys], _gaps(keys), _adjacent(keys))


def _gaps(keys: list[tuple[str, int, int, str]]) -> Ints:
    gap = np.full((max(1, len(keys)),) * 2, FAR, np.int32)
    for i, (day, _, end, untimed) in enumerate(keys):
        for j in range(i + 1, len(keys)):
            other, start, _, also = keys[j]
            minutes = (date.fromisoformat(other) - date.fromisoformat(day)).days * 1440 + start - end
            gap[i, j] = FAR if untimed or also else minutes
    return gap


def _adjacent(keys: list[tuple[str, int, int, str]]) -> Bytes:
    near = np.zeros(max(1, len(keys)), np.uint8)
    for i in range(1, len(keys)):
        near[i] = keys[i][0] == keys[i - 1][0] and not keys[i][3] and not keys[i - 1][3]
    return near
