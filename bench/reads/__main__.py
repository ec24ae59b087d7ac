"""The command: the three questions of every day, ours and the bare query by turns, at 1,000 and at 100,000 learners.

    python -m bench.reads [--quick] [--rounds N]

CPU is that of the serving process alone. "Flat" is what an answer costs in the large district, beside the small one.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from statistics import median

from joserfc.jwk import OKPKey

from bench.bars import Bar, tell
from bench.processes import Served, serving
from bench.reads.asking import Asker
from bench.reads.district import IN_WEEK, MONDAY, Readable, write_district
from deploy.local.mongo import start_mongo
from kit.auth import Caller, RoleAt, mint
from kit.clock import now
from kit.edge import IDEMPOTENCY
from kit.mongo import Mongo
from kit.transaction import OUTBOX
from services.scheduler.store.collections import COLLECTIONS

CONNECTIONS = 8
SUNDAY = MONDAY + timedelta(days=6)
Path_ = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as it is put to each side: number -> path."""

    name: str
    ours: Path_
    bare: Path_
    role: str


@dataclass
class Side:
    """The figures of one side of one question in one district: microseconds of CPU and milliseconds a request."""

    cpu_us: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        return median(self.cpu_us)


def questions(school: Readable) -> Iterator[Question]:
    """My week, what is open to me, and the roll: of one learner or occurrence after the other."""
    people, occurrences, district = school.learner_ids, school.occurrence_ids, school.district_id
    days = f"from={MONDAY}&to={SUNDAY}"
    yield Question(
        "my week",
        lambda number: f"/v1/people/{people[number % len(people)]}/week?of={MONDAY}",
        lambda number: f"/{district}/week/{people[number % len(people)]}?of={IN_WEEK}",
        "administrator",
    )
    yield Question(
        "what is open to me",
        lambda _: f"/v1/people/{people[0]}/openings?{days}",
        lambda _: f"/{district}/openings/{school.school_id}?first={MONDAY}&last={SUNDAY}",
        "learner",
    )
    yield Question(
        "the roll",
        lambda number: f"/v1/occurrences/{occurrences[number % len(occurrences)]}/roll",
        lambda number: f"/{district}/roll/{occurrences[number % len(occurrences)]}",
        "administrator",
    )


@dataclass
class Bench:
    """The two servers, and what was found so far: (question, side, learners) -> figures."""

    ours: Served
    bare: Served
    key: OKPKey
    seconds: float
    rounds: int
    found: dict[tuple[str, str, int], Side] = field(default_factory=dict)

    async def measure(self, school: Readable, learners: int) -> None:
        """Each question to each side by turns; the first turn warms up and does not count."""
        for question in questions(school):
            sides = ((self.ours, question.ours, "ours"), (self.bare, question.bare, "bare"))
            askers = [Asker(server.port, self._token(school, question.role)) for server, _, _ in sides]
            for turn in range(self.rounds + 1):
                for asker, (server, path, name) in zip(askers, sides, strict=True):
                    figures = self.found.setdefault((question.name, name, learners), Side())
                    await self._turn(asker, server, path, figures, counts=turn > 0)
            for asker in askers:
                await asker.close()
            self._print(question.name, learners)

    async def _turn(self, asker: Asker, server: Served, path: Path_, figures: Side, *, counts: bool) -> None:
        cpu, ends_at, waits = server.cpu_seconds, time.perf_counter() + self.seconds, list[float]()
        numbers = cycle(range(1_000_000))

        async def client() -> None:
            while (began := time.perf_counter()) < ends_at or not waits:
                await asker.get(path(next(numbers)))
                waits.append(time.perf_counter() - began)

        await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
        if counts:
            figures.cpu_us.append((server.cpu_seconds - cpu) / len(waits) * 1e6)
            figures.p50_ms.append(median(waits) * 1e3)

    def _token(self, school: Readable, role: str) -> str:
        roles = (RoleAt(role, school.school_id),)
        caller = Caller(school.learner_ids[0], "person", school.district_id, roles, frozenset({"*"}))
        return mint(self.key, caller, "scheduler", 3600, now())

    def _print(self, question: str, learners: int) -> None:
        ours, bare = (self.found[question, side, learners] for side in ("ours", "bare"))
        print(
            f"{question:<20}{learners:>9,} learners   ours {ours.cpu:7,.0f} us CPU, p50 {median(ours.p50_ms):6.1f} ms"
            f"   bare {bare.cpu:7,.0f} us, {median(bare.p50_ms):6.1f} ms",
            flush=True,
        )

    def bars(self, sizes: Sequence[int]) -> Iterator[Bar]:
        small, large = sizes
        for question in dict.fromkeys(name for name, _, _ in self.found):
            ours, bare = self.found[question, "ours", large], self.found[question, "bare", large]
            yield Bar(f"{question}: CPU beside FastAPI with the bare find", ours.cpu / bare.cpu, most=1.5)
        for question in dict.fromkeys(name for name, _, _ in self.found):
            flat = self.found[question, "ours", large].cpu / self.found[question, "ours", small].cpu
            yield Bar(f"{question}: CPU with {large:,} learners beside {small:,} (flat)", flat, most=1.2)


async def measure(folder: Path, mongo_url: str, options: argparse.Namespace) -> None:
    sizes = (1_000, 5_000 if options.quick else 100_000)
    mongo = Mongo(mongo_url, "trellis_scheduler", timeout_seconds=60)
    await mongo.ensure((*COLLECTIONS, OUTBOX, IDEMPOTENCY))
    key = OKPKey.generate_key("Ed25519", {"kid": "bench"}, private=True)
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"mongo_url": mongo_url, "key": key.as_dict(private=False)}))
    with (
        serving("bench.booking.serving", folder, str(settings)) as ours,
        serving("bench.reads.bare", folder, str(settings)) as bare,
    ):
        bench = Bench(ours, bare, key, 0.5 if options.quick else 4.0, 2 if options.quick else options.rounds)
        for learners in sizes:
            began = time.perf_counter()
            school = await write_district(mongo.database, learners)
            print(f"a district of {learners:,} learners written in {time.perf_counter() - began:.0f} s", flush=True)
            await bench.measure(school, learners)
        print(f"peak memory: ours {ours.peak_memory_mb:.0f} MiB, bare {bare.peak_memory_mb:.0f} MiB")
        tell(list(bench.bars(sizes)))
    mongo.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 and 5,000 learners, in about half a minute")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        mongod = start_mongo(Path(folder))
        try:
            asyncio.run(measure(Path(folder), mongod.url_for("scheduler"), options))
        finally:
            mongod.stop()


if __name__ == "__main__":
    main()
