"""Booking under contention: `python -m bench.booking [--quick] [--rounds N]` prints medians and the bars' ratios.

All ways run in turn on one mongod, several rounds; 64 clients; w=majority with journal throughout.
"""

import argparse
import asyncio
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from joserfc.jwk import OKPKey

from bench.bars import Bar, tell
from bench.booking.checks import check
from bench.booking.load import Figures, middle, run
from bench.booking.school import COLLECTIONS, open_school, store_of
from bench.booking.serving import HttpBooking, servers
from bench.booking.ways import WAYS
from deploy.local.mongo import start_mongo
from kit.edge import Store

CLIENTS = 64
SEATS = 1_000_000
HOT, SPREAD, SLOTS = 1, 500, 20


@dataclass
class Bench:
    """The store, how long each run is, and what every run came to."""

    store: Store
    folder: Path
    mongo_url: str
    seconds: float
    runs: defaultdict[str, list[Figures]] = field(default_factory=lambda: defaultdict(list))

    async def drivers(self, sessions: int) -> None:
        """Each way at driver level, on one session or on many."""
        for name, way in WAYS.items():
            # A student has one place in a session: on the hot one, every booking is another student's.
            students = 2_000 if name == "textbook" and sessions == HOT else int(12_000 * self.seconds)
            school = await open_school(self.store, sessions=sessions, seats=SEATS, students=students)
            book = await way(self.store, school, SEATS)
            figures = await run(book, school, CLIENTS, self.seconds)
            self.note(f"{name}, {_of(sessions)}", figures)
            if name == "ours":
                await check(self.store, school, SEATS, figures.booked)

    async def http(self, processes: int) -> None:
        """The whole path on many sessions: HTTP, token, policy, rule, week, outbox."""
        school = await open_school(self.store, sessions=SPREAD, seats=SEATS, students=400, slots=SLOTS)
        key = OKPKey.generate_key("Ed25519", {"kid": "bench"}, private=True)
        with servers(self.folder, self.mongo_url, key, processes) as ports:
            booking = HttpBooking(school, key, ports)
            figures = await run(await booking.ready(), school, CLIENTS, self.seconds)
            await booking.close()
        self.note(f"HTTP, {processes} process{'es' if processes > 1 else ''}", figures)
        await check(self.store, school, SEATS, figures.booked)

    def note(self, name: str, figures: Figures) -> None:
        self.runs[name].append(figures)
        print(f"  {name}: {figures.per_second:,.0f}/s", flush=True)


def _of(sessions: int) -> str:
    return "one hot session" if sessions == HOT else f"{sessions} sessions"


async def measure(mongo_url: str, folder: Path, seconds: float, rounds: int) -> dict[str, Figures]:
    """Every variant in turn, `rounds` times; medians by name."""
    bench = Bench(store_of(mongo_url), folder, mongo_url, seconds)
    await bench.store.mongo.ensure(COLLECTIONS)
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}", flush=True)
        await bench.drivers(HOT)
        await bench.drivers(SPREAD)
        await bench.http(1)
        await bench.http(2)
    bench.store.mongo.close()
    return {name: middle(runs) for name, runs in bench.runs.items()}


def report(found: dict[str, Figures]) -> None:
    """The table, and each bar with what was reached."""
    print(f"\n{'':28s}{'per second':>12s}{'p50 ms':>9s}{'p99 ms':>9s}{'CPU us':>9s}")
    for name, one in found.items():
        print(f"{name:28s}{one.per_second:12,.0f}{one.p50_ms:9.1f}{one.p99_ms:9.1f}{one.cpu_us:9.0f}")
    bare, text, ours = (found[f"{way}, one hot session"] for way in ("bare", "textbook", "ours"))
    spread, http = found["textbook, 500 sessions"], found["HTTP, 1 process"]
    counter = found["counter, one hot session"].per_second / bare.per_second
    print(f"\nfor comparison: group commit of a bare counter is {counter:.2f} times the bare conditional update")
    tell(
        [
            Bar("hot session: rate beside the bare conditional update", ours.per_second / bare.per_second, least=5),
            Bar("hot session: p99 beside the bare conditional update's", ours.p99_ms / bare.p99_ms, most=0.5),
            Bar("hot session: rate beside a transaction a booking", ours.per_second / text.per_second, least=500),
            Bar(
                "500 sessions over HTTP: rate beside a transaction a booking in the driver",
                http.per_second / spread.per_second,
                least=4,
            ),
            Bar("two processes: rate beside one", found["HTTP, 2 processes"].per_second / http.per_second, least=1.5),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about 30 seconds, for a first look")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    seconds, rounds = (1.5, 1) if options.quick else (4.0, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        server = start_mongo(Path(folder))
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                found = runner.run(measure(server.url_for("scheduler"), Path(folder), seconds, rounds))
        finally:
            server.stop()
    report(found)


if __name__ == "__main__":
    main()
