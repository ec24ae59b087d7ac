"""A load: so many clients, each booking one place after the other, for some seconds; and what came of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.booking.school import School

Book = Callable[[str, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Places won a second, latencies in milliseconds, this process's CPU a request in microseconds, how many won."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    booked: int


def pairs(school: School) -> Iterator[tuple[str, str]]:
    """(occurrence, student), each pair once: neighbours in the row are other sessions and other students."""
    students = list(school.student_ids)
    for turn in range(len(school.occurrence_ids)):
        for number, student in enumerate(students):
            yield school.occurrence_ids[(turn + number) % len(school.occurrence_ids)], student


async def run(book: Book, school: School, clients: int, seconds: float) -> Figures:
    """Book until the time is over or every pair was asked for."""
    todo, latencies = pairs(school), list[float]()
    ends_at = time.perf_counter() + seconds
    won = 0

    async def client() -> None:
        nonlocal won
        for occurrence_id, student_id in todo:
            began = time.perf_counter()
            if began > ends_at:
                return
            is_won = await book(occurrence_id, student_id)
            won += is_won
            latencies.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(clients)))
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    latencies.sort()
    p99 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]
    return Figures(won / took, median(latencies) * 1e3, p99 * 1e3, spent / len(latencies) * 1e6, won)


def middle(runs: list[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(
        median(one.per_second for one in runs),
        median(one.p50_ms for one in runs),
        median(one.p99_ms for one in runs),
        median(one.cpu_us for one in runs),
        sum(one.booked for one in runs),
    )
