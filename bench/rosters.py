"""Rosters: what a dry run, an import and a re-import cost beside a bare insert of the same documents.

    python -m bench.rosters [--quick] [--learners N] [--runs N]

"The same documents" are all that stand after the import, facts to be sent included, in collections with the same
indexes, written with the same safety. The sides take turns; medians are printed.
"""

import argparse
import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.bars import Bar, tell
from cli.sample import write_sample
from contracts.pack import pack
from deploy.local.mongo import start_mongo
from kit.edge import Action, Store
from kit.envelope import Trace
from kit.ids import new_id
from kit.mongo import Collection, Mongo
from kit.transaction import OUTBOX
from services.profile.actions.accept_roster import AcceptRoster, accept_roster
from services.profile.actions.apply_roster import apply_roster
from services.profile.actions.read_roster import read_roster
from services.profile.actions.roster_desk import RosterDesk
from services.profile.actions.upload_roster import KeepChunk, UploadRoster, keep_chunk, upload_roster
from services.profile.domain.rosters import Accepted
from services.profile.store.collections import COLLECTIONS
from services.profile.store.people import CLASSES, PEOPLE, SCHOOLS
from services.profile.store.roster_rows import ROSTER_ROWS
from services.profile.store.rosters import CHUNK_BYTES

STANDING = (ROSTER_ROWS, SCHOOLS, CLASSES, PEOPLE, OUTBOX)
BARS = {"dry run": 3.0, "apply": 3.0, "dry run + apply": 3.0, "unchanged re-import": 0.5}
BATCH = 1_000


@dataclass
class Timings:
    """Seconds of each side, run by run."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, side: str, seconds: float) -> None:
        self.seconds.setdefault(side, []).append(seconds)
        print(f"  {side:<24}{seconds:8.2f} s")

    def show(self) -> None:
        bare = statistics.median(self.seconds["bare insert"])
        print(f"{'bare insert':<24}{bare:8.2f} s")
        bars = []
        for side, bar in BARS.items():
            median = statistics.median(self.seconds[side])
            print(f"{side:<24}{median:8.2f} s")
            bars.append(
                Bar(f"roster, {side}: time beside a bare insert of the same documents", median / bare, most=bar)
            )
        tell(bars)


def bare_copy(collection: Collection) -> Collection:
    """The same collection under another name."""
    return Collection(f"bare_{collection.name}", collection.shard_key, collection.indexes)


class Bench:
    """A district of its own for every run, on one mongod."""

    def __init__(self, store: Store, content: bytes, timings: Timings) -> None:
        self.store, self.content, self.timings = store, content, timings
        self.district_id = new_id("district")

    async def run(self) -> None:
        roster_id = await self._upload()
        read = await self._timed("dry run", self._desk(roster_id, read_roster))
        await self._accept(roster_id)
        applied = await self._timed("apply", self._desk(roster_id, apply_roster))
        self.timings.note("dry run + apply", read + applied)
        self.timings.note("bare insert", await self._bare_insert())
        again = await self._upload()
        read = await self._timed("unchanged dry run", self._desk(again, read_roster))
        await self._accept(again)
        applied = await self._timed("unchanged apply", self._desk(again, apply_roster))
        self.timings.note("unchanged re-import", read + applied)

    async def _timed(self, side: str, work: Awaitable[None]) -> float:
        began = time.perf_counter()
        await work
        seconds = time.perf_counter() - began
        self.timings.note(side, seconds)
        return seconds

    async def _upload(self) -> str:
        roster_id = new_id("roster")
        parts = [self.content[start : start + CHUNK_BYTES] for start in range(0, len(self.content), CHUNK_BYTES)]
        for number, part in enumerate(parts):
            await self._act(keep_chunk, KeepChunk(roster_id, number, part))
        await self._act(upload_roster, UploadRoster(roster_id, "app_bench", len(self.content), len(parts)))
        return roster_id

    async def _accept(self, roster_id: str) -> None:
        await self._act(accept_roster, AcceptRoster(roster_id, Accepted(findings=True, leaving=True)))

    async def _desk(self, roster_id: str, work: Callable[[RosterDesk], Awaitable[None]]) -> None:
        await work(RosterDesk(self.store, self.district_id, roster_id, Trace("corr_bench"), lambda: True))

    async def _act(self, action: Action[Any, Any], order: Any) -> None:
        await self.store.transact(self.district_id, Trace("corr_bench"), lambda tx: action(tx, order))

    async def _bare_insert(self) -> float:
        """Insert all that stands once more, bare; only the inserting counts."""
        seconds = 0.0
        database = self.store.mongo.database
        for rows in STANDING:
            standing = database[rows.name].find({"district_id": self.district_id}, batch_size=BATCH)
            while documents := await standing.to_list(BATCH):
                began = time.perf_counter()
                await database[f"bare_{rows.name}"].insert_many(documents, ordered=False)
                seconds += time.perf_counter() - began
        return seconds


def sample(learners: int, folder: Path) -> bytes:
    """A set of about 800 learners a school."""
    path = folder / "sample.zip"
    counts = write_sample(path, schools=max(1, learners // 800), learners=learners, seed=1)
    print(f"{counts.rows:,} rows: {counts.learners:,} learners, {counts.enrollments:,} enrolments")
    return path.read_bytes()


async def run(learners: int, runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = sample(learners, Path(folder))
        mongod = start_mongo(Path(folder), services=("bench",))
        mongo = Mongo(mongod.admin_url, "bench", timeout_seconds=20)
        timings = Timings()
        try:
            await mongo.ensure([*COLLECTIONS, OUTBOX, *map(bare_copy, STANDING)])
            for _ in range(runs):
                await Bench(Store(mongo, pack, "trellis/profile"), content, timings).run()
        finally:
            mongo.close()
            mongod.stop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of this process: {peak:,.0f} MiB")
    timings.show()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="2,000 learners, in about a quarter of a minute")
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(run(2_000 if options.quick else options.learners, options.runs))


if __name__ == "__main__":
    main()
