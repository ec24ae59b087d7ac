"""The command: every page found along the links by turns with its bare answers, and the home pages with their parts."""

import argparse
import gzip
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.bars import Bar, tell
from bench.home import QUICK, ROUNDS, measure
from bench.pages.listening import Asked, Listener
from deploy.local.town import Town, start_town
from kit.telemetry import configure
from tests.browser import lived
from tests.browser.crawling import Found, crawl
from tests.browser.signing_in import Visitor

MOST = 2.5
"""The median page may take so many times as long as its bare answers."""
FEW = 5
_GENEROUS = {"GATEWAY_ANONYMOUS_A_MINUTE": "1000000", "GATEWAY_PERSON_A_MINUTE": "1000000"}
_QUIET = frozenset({"/parts", "/sign-in", "/"})
"""Pages that ask for nothing."""
_TOTAL = re.compile(r"total;dur=([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: milliseconds of the page and of its bare answers, asked at once; bytes as they are and compressed."""

    part: str
    address: str
    calls: int
    page_ms: float
    inside_ms: float
    bare_ms: float
    size: int
    squeezed: int

    @property
    def ratio(self) -> float:
        return self.page_ms / self.bare_ms


def main() -> None:
    options = _options()
    configure("web", level="error")
    with _people() as (town, visitors, day):
        found = crawl(visitors, day.left.first)
        with Listener(town) as listener:
            measured = list(_measure(town, visitors, day, found, listener, options.rounds))
        _tell(measured)
        print()
        home = measure(town, day, ROUNDS if options.rounds > FEW else QUICK)
    ratio = median(each.ratio for each in measured)
    tell([*home, Bar(f"pages: the median of {len(measured)} beside its bare answers", ratio, most=MOST)])
    if options.check and ratio > MOST:
        raise SystemExit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("--quick", action="store_const", const=FEW, default=25, dest="rounds", help="fewer rounds")
    parser.add_argument("--check", action="store_true", help=f"fail above {MOST}")
    return parser.parse_args()


@contextmanager
def _people() -> Iterator[tuple[Town, dict[str, Visitor], lived.Lived]]:
    """A town with a district that has lived a day, and one person of each role who is signed in."""
    with tempfile.TemporaryDirectory() as folder, start_town(Path(folder) / "town", extra_env=_GENEROUS) as town:
        day = lived.live(town, Path(folder))
        visitors = {part: Visitor(town.base_url) for part in lived.PARTS}
        for part, visitor in visitors.items():
            visitor.sign_in(lived.SLUG, day.person(part).person_id)
        yield town, visitors, day


def _measure(
    town: Town, visitors: dict[str, Visitor], day: lived.Lived, found: Found, listener: Listener, rounds: int
) -> Iterator[Measured]:
    for path, parts in sorted(found.addresses.items()):
        for part, addresses in sorted(parts.items()):
            if path in _QUIET or not addresses:
                continue
            asked = listener.asked_for(addresses[0], visitors[part].kept)
            if asked:
                yield _one(visitors[part], bare(town, day, part, asked), part, addresses[0], len(asked), rounds)
            break


def _one(visitor: Visitor, answers: Callable[[], object], part: str, address: str, calls: int, rounds: int) -> Measured:
    """The two ways by turns, so that whatever else the machine does falls on both."""
    page, inside, json, text = [], [], [], ""
    for _ in range(rounds + 2):
        began = time.perf_counter()
        answer = visitor.get(address)
        page.append(time.perf_counter() - began)
        inside.append(float(found[1]) if (found := _TOTAL.search(answer.headers["server-timing"])) else 0.0)
        began = time.perf_counter()
        answers()
        json.append(time.perf_counter() - began)
        text = answer.text
    size, squeezed = len(text.encode()), len(gzip.compress(text.encode(), 6))
    middle = [median(each[2:]) for each in (page, inside, json)]
    return Measured(part, address, calls, middle[0] * 1000, middle[1], middle[2] * 1000, size, squeezed)


def bare(town: Town, day: lived.Lived, part: str, asked: Sequence[Asked]) -> Callable[[], object]:
    """Asks the gateway for the same as the page does, in the same turns, each turn at once."""
    token = day.person(part).api.token
    assert token is not None
    pool = ThreadPoolExecutor(8)
    clients = Visitor(town.base_url).http

    def one(request: Asked) -> int:
        headers = {"authorization": f"Bearer {token()}", "content-type": "application/json"}
        return clients.request(request.method, request.path, headers=headers, content=request.body).status_code

    turns = sorted({each.turn for each in asked})
    return lambda: [list(pool.map(one, [each for each in asked if each.turn == turn])) for turn in turns]


def _tell(measured: Sequence[Measured]) -> None:
    print(f"{'page':<58}{'calls':>6}{'page ms':>9}{'inside':>8}{'bare ms':>9}{'ratio':>7}{'kB':>7}{'gzip kB':>9}")
    for each in sorted(measured, key=lambda one: one.ratio):
        shown = re.sub(r"_[0-9a-f]{32}", "_…", each.address)
        print(
            f"{shown[:57]:<58}{each.calls:>6}{each.page_ms:>9.1f}{each.inside_ms:>8.1f}{each.bare_ms:>9.1f}"
            f"{each.ratio:>7.2f}{each.size / 1000:>7.1f}{each.squeezed / 1000:>9.1f}"
        )


if __name__ == "__main__":
    main()
