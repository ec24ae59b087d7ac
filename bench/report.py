"""Report: runs every bench, and writes docs/performance.md and the README's table from what they reached.

    python -m bench.report [--quick [--keep]] [--only NAME …] [--page]

Each bench is a process of its own, one after the other. What each found is kept in `.trellis/bench`, so that one of
them can be run again without the others. `--quick` is for a look alone, and writes neither page unless told `--keep`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.bars import KEPT, Bar
from bench.gateway_hop.measure import machine
from kit.clock import now

BENCHES = {
    "booking": "Booking under contention",
    "events": "Relay, consumer and the way between them",
    "rosters": "Rosters",
    "reads": "My week, what is open to me, and the roll",
    "pages": "Pages and home pages",
    "gateway_hop": "The gateway's hop",
}
FOLDER = Path(".trellis/bench")
PAGE, README, REASONS = Path("docs/performance.md"), Path("README.md"), Path("bench/reasons.json")
BEGIN, END = "<!-- bars: written by `make bench` -->\n", "<!-- bars end -->\n"
HEAD = """# Performance

Written by `make bench`. Absolute figures belong to the machine and to the minute; only ratios taken side by side in one
run are bars. Both sides of each run in turn on the same servers (a real `mongod`, a real Apache Kafka), and medians are
shown. CPU is that of the process under measure, per request or record.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What one bench reached: on which machine, when, how busy it was, what it printed, and its bars."""

    command: str
    machine: str
    on: str
    load: tuple[float, float]
    printed: str
    bars: list[Bar]

    @property
    def is_busy(self) -> bool:
        """Whether others had most of the machine, so that this says little of us."""
        return max(self.load) > 3 * (os.cpu_count() or 1)

    @property
    def how_busy(self) -> str:
        """The load before and after, and what it makes of the figures."""
        told = "Load {:.1f} before and {:.1f} after it.".format(*self.load)
        return (
            f"{told} **Others had most of the machine: only ratios of CPU say anything here.**"
            if self.is_busy
            else told
        )

    @classmethod
    def of(cls, name: str) -> "Found | None":
        """What is kept of this bench, or None."""
        kept = FOLDER / f"{name}.json"
        if not kept.exists():
            return None
        fields = json.loads(kept.read_text())
        return cls(**fields | {"load": tuple(fields["load"]), "bars": [Bar(**bar) for bar in fields["bars"]]})


def main() -> int:
    options = _options()
    names = options.only or list(BENCHES)
    kept = options.keep or not options.quick
    worked = options.page or [name for name in names if _run(name, ["--quick"] if options.quick else [], kept=kept)]
    if kept:
        found = {name: kept for name in BENCHES if (kept := Found.of(name))}
        PAGE.write_text("\n".join(page(found)).rstrip() + "\n")
        README.write_text(with_table(README.read_text(), found))
    return 0 if options.page or len(worked) == len(names) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="each bench short; nothing is kept")
    parser.add_argument("--keep", action="store_true", help="keep what a quick run found, too")
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), help="these alone")
    parser.add_argument("--page", action="store_true", help="run nothing, write the pages anew")
    return parser.parse_args()


def _run(name: str, how: Sequence[str], *, kept: bool) -> bool:
    """Run one bench, its output shown as it comes. Returns whether it came to its end."""
    print(f"\n=== {BENCHES[name]}: python -m bench.{name}", flush=True)
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "bars.json"
        command = [sys.executable, "-u", "-m", f"bench.{name}", *how]
        process = subprocess.Popen(command, env=os.environ | {KEPT: str(told)}, stdout=subprocess.PIPE, text=True)
        printed = "".join(_shown(process))
        if process.wait() or not told.exists():
            print(f"{name} did not come to its end")
            return False
        bars = [Bar(**bar) for bar in json.loads(told.read_text())]
    if kept:
        load, today = (before, os.getloadavg()[0]), now().date().isoformat()
        _keep(name, Found(" ".join(["python -m", f"bench.{name}", *how]), machine(), today, load, printed, bars))
    return True


def _shown(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        yield line


def _keep(name: str, found: Found) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(asdict(found)))


def page(found: Mapping[str, Found]) -> Iterator[str]:
    """The lines of docs/performance.md."""
    reasons: dict[str, str] = json.loads(REASONS.read_text())
    yield HEAD
    yield from table(found)
    for name, title in BENCHES.items():
        if one := found.get(name):
            yield from ("", f"## {title}", "", f"`{one.command}`, {one.on}, on {one.machine}.", one.how_busy)
            yield from ("", "```", _without_bars(one.printed), "```")
            yield from _why([bar for bar in one.bars if not bar.is_met], reasons)
    yield from ("", "The distribution engine has a page of its own: [distribution](distribution.md).")


def table(found: Mapping[str, Found]) -> Iterator[str]:
    """All bars; and which benches are missing."""
    yield "| what | reached | bar | |"
    yield "|---|---|---|---|"
    for bar in (bar for one in found.values() for bar in one.bars):
        yield f"| {bar.what} | {_figure(bar.reached)} | {bar.wanted} | {'met' if bar.is_met else '**missed**'} |"
    if missing := [title for name, title in BENCHES.items() if name not in found]:
        yield f"\nNot measured yet with the machine to itself: {'; '.join(missing)}."


def _figure(reached: float) -> str:
    return f"{reached:,.0f}" if reached >= 100 else f"{reached:.2f}"


def _without_bars(printed: str) -> str:
    return printed.partition("\nbars (reached; wanted)")[0].strip()


def _why(missed: Sequence[Bar], reasons: dict[str, str]) -> Iterator[str]:
    """Why a bar was missed: the reason whose beginning is that of the bar's words."""
    for start in dict.fromkeys(_reason_of(bar, reasons) for bar in missed):
        yield from ("", f"**Missed**: {reasons[start]}" if start else "**Missed**, and nobody has looked why yet.")


def _reason_of(bar: Bar, reasons: dict[str, str]) -> str:
    return next((start for start in reasons if bar.what.startswith(start)), "")


def with_table(readme: str, found: Mapping[str, Found]) -> str:
    """The README with the table between its two marks written anew, of what was measured while nobody else was there.

    Raises: ValueError where there are no marks.
    """
    before, rest = readme[: readme.index(BEGIN) + len(BEGIN)], readme[readme.index(END) :]
    return before + "\n".join(table({name: one for name, one in found.items() if not one.is_busy})) + "\n" + rest


if __name__ == "__main__":
    sys.exit(main())
