"""Home: what a student's and a teacher's home page cost beside the slowest of the parts that they are made of.

    python -m bench.home [--quick] [--rounds N]

In a whole town with a district that has lived a day. A home page and its parts, each asked for alone through the same
gateway, take turns; medians are printed, and how long each part took inside the page (its `Server-Timing`).
"""

import argparse
import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx

from bench.bars import Bar, tell
from bench.processes import Served
from deploy.local.town import Town, start_town
from kit.telemetry import configure
from tests.browser import lived

MOST = 2.0
"""A page asks for its parts at once, then for the names in them: two turns, so twice the slowest part at most."""
_GENEROUS = {"GATEWAY_ANONYMOUS_A_MINUTE": "1000000", "GATEWAY_PERSON_A_MINUTE": "1000000"}
ROUNDS, QUICK = 200, 20
_PART = re.compile(r"([a-z_]+);dur=([0-9.]+)")


@dataclass
class Page:
    """A composed page, the parts of it that can be asked for alone, and milliseconds of each, round by round."""

    name: str
    address: str
    parts: Mapping[str, str]
    client: httpx.Client
    took: list[float] = field(default_factory=list)
    alone: dict[str, list[float]] = field(default_factory=dict)
    inside: dict[str, list[float]] = field(default_factory=dict)

    def turn(self) -> None:
        """The page once, and each part once."""
        answer, took = self._ask(self.address)
        self.took.append(took)
        for part, duration in _PART.findall(answer.headers["server-timing"]):
            self.inside.setdefault(part, []).append(float(duration))
        for part, address in self.parts.items():
            self.alone.setdefault(part, []).append(self._ask(address)[1])

    def warm_up(self) -> None:
        """Some turns that do not count."""
        for _ in range(5):
            self.turn()
        for kept in (self.took, self.alone, self.inside):
            kept.clear()

    def _ask(self, address: str) -> tuple[httpx.Response, float]:
        began = time.perf_counter()
        answer = self.client.get(address)
        took = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, (address, answer.status_code)
        return answer, took

    @property
    def bar(self) -> Bar:
        """The page beside the slowest of its parts."""
        slowest = max(median(took) for took in self.alone.values())
        return Bar(f"{self.name} beside its slowest part", median(self.took) / slowest, most=MOST)

    def show(self, cpu_us: float) -> None:
        print(f"{self.name}: {median(self.took):.1f} ms, {cpu_us:,.0f} us of the gateway's CPU with its parts")
        for part, took in sorted(self.inside.items(), key=lambda pair: -median(pair[1])):
            alone = f", alone {median(self.alone[part]):6.1f} ms" if part in self.alone else ""
            print(f"  {part:<18} in the page {median(took):6.1f} ms{alone}")


def _student(town: Town, day: lived.Lived) -> Page:
    maya = f"/v1/people/{day.person('maya').person_id}"
    parts = {
        "person": maya,
        "goals": f"{maya}/goals",
        "week": f"{maya}/week",
        "projects": f"{maya}/projects",
        "proposals": f"{maya}/target-proposals?state=open&limit=10",
    }
    return Page("a student's home page", "/v1/home", parts, _client(town, day, "maya"))


def _teacher(town: Town, day: lived.Lived) -> Page:
    teacher, today = f"/v1/people/{day.person('teacher').person_id}", datetime.now(UTC).date()
    parts = {
        "hosted": f"{teacher}/occurrences?from={today}&to={today}",
        "evidence_waiting": f"{teacher}/evidence-waiting?limit=50",
    }
    return Page("a teacher's home page", "/v1/home/teaching", parts, _client(town, day, "teacher"))


def _client(town: Town, day: lived.Lived, part: str) -> httpx.Client:
    token = day.person(part).api.token
    assert token is not None
    return httpx.Client(base_url=town.base_url, headers={"authorization": f"Bearer {token()}"}, timeout=30)


def measure(town: Town, day: lived.Lived, rounds: int) -> list[Bar]:
    """Both pages in a town that has lived a day; prints what each of their parts took."""
    gateway, found = Served(town.processes["gateway.api"].pid, 0), [_student(town, day), _teacher(town, day)]
    for page in found:
        page.warm_up()
        cpu = gateway.cpu_seconds
        for _ in range(rounds):
            page.turn()
        page.show((gateway.cpu_seconds - cpu) / rounds * 1e6)
    print(f"peak memory of the gateway: {gateway.peak_memory_mb:.0f} MiB")
    return [page.bar for page in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_const", const=QUICK, default=ROUNDS, dest="rounds", help="fewer rounds"
    )
    parser.add_argument("--rounds", type=int, dest="rounds")
    options = parser.parse_args()
    configure("web", level="error")
    with tempfile.TemporaryDirectory() as folder, start_town(Path(folder) / "town", extra_env=_GENEROUS) as town:
        tell(measure(town, lived.live(town, Path(folder)), options.rounds))


if __name__ == "__main__":
    main()
