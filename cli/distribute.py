"""`trellis distribute`: ranked choices into placements, from files to files."""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from services.scheduler.distribution_checker import check as check_result
from services.scheduler.distribution_files.faults import InputFaults
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.ranked_round import RankedRound
from services.scheduler.distribution_files.read import read_round
from services.scheduler.distribution_files.read_json import parse_json
from services.scheduler.distribution_files.report import report
from services.scheduler.distribution_files.verify import verify
from services.scheduler.distribution_files.write import write_result
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.solve import Effort, Progress


class _RunByName(TyperGroup):
    """`trellis distribute INPUT` means `run INPUT`: a first word that is no command, but a file or folder."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `run` before an INPUT that stands alone; a command's own name always wins."""
        if args and args[0] not in self.commands and Path(args[0]).exists():
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_RunByName, help="Turn ranked choices into placements.", no_args_is_help=True)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Seats = Annotated[int | None, typer.Option(help="Seats of each offer, for foreign data that names none.")]


@app.command()
def run(
    input: Annotated[Path, typer.Argument(help="JSON, a folder of CSV, fairpyx JSON, PrefLib, or a form's CSV.")],
    to: Annotated[Path | None, typer.Option(help="Folder for the result; by default INPUT-result.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="In place of the input's seed.")] = None,
    seats: Seats = None,
    cores: Annotated[int, typer.Option(min=1, max=64)] = 2,
    effort: Annotated[int, typer.Option(min=1, max=100, help="1 is quick, 2 usual; more is closer to the bound.")] = 2,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop after this time with the best so far.")] = None,
    megabytes: Annotated[int | None, typer.Option(min=1, help="Stop above this memory with the best so far.")] = None,
) -> None:
    """Distribute INPUT and write result.json, placements.csv, reasons.csv and report.html."""
    started = time.monotonic()
    ranked_round = _read(input, seats)
    if seed is not None:
        ranked_round.seed = seed
    prepared = prepare(ranked_round)
    limits = _Limits(started, seconds, megabytes)
    hard = Effort(240 * effort, effort)
    found = distribute_evenly(prepared.problem, cores, hard, limits.show, limits.keep_going)
    document = report(prepared, found)
    if found.answer.finished:
        document["reasons_tried"] = verify(prepared, found, document, cores)
    folder = to or input.with_name(input.stem + "-result")
    written = write_result(document, folder)
    _tell(document, time.monotonic() - started)
    out.print("Written: " + ", ".join(str(path) for path in written))


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help="A result.json, or its folder.")],
    b: Annotated[Path, typer.Argument(help="Another.")],
) -> None:
    """Put the figures of two runs side by side, and count whose week differs."""
    first, second = _result(a), _result(b)
    table = Table("", str(a), str(b))
    for name, pick in _FIGURES.items():
        table.add_row(name, _text(pick(first)), _text(pick(second)))
    out.print(table)
    weeks = [
        {s["student"]: sorted(p["occurrence"] for p in s["placements"]) for s in x["students"]} for x in (first, second)
    ]
    shares = [{s["student"]: s["share"] for s in x["students"]} for x in (first, second)]
    both = sorted(set(weeks[0]) & set(weeks[1]))
    moved = [s for s in both if weeks[0][s] != weeks[1][s]]
    up = sum(shares[1][s] > shares[0][s] for s in moved)
    down = sum(shares[1][s] < shares[0][s] for s in moved)
    out.print(
        f"{len(moved)} of {len(both)} students have another week: {up} a better one in the second, {down} a worse one."
    )


@app.command()
def check(
    input: Annotated[Path, typer.Argument(help="The round.")],
    result: Annotated[Path, typer.Argument(help="Its result.json, or the folder it is in.")],
    seats: Seats = None,
) -> None:
    """Check every rule and figure of RESULT against INPUT, with code that shares nothing with the engine."""
    ranked_round, document = _read(input, seats), _result(result)
    ranked_round.seed = int(document.get("seed", ranked_round.seed))
    findings = check_result(ranked_round, document)
    for rule, count in sorted(findings.checked.items()):
        out.print(f"{count:>9,} x {rule}")
    for wrong in findings.wrong[:50]:
        err.print(f"[red]wrong[/red] {wrong}", highlight=False)
    out.print("All holds." if not findings.wrong else f"{len(findings.wrong)} things are wrong.")
    raise typer.Exit(1 if findings.wrong else 0)


class _Limits:
    """Time and memory of a run, and a line of progress where a person is watching."""

    def __init__(self, started: float, seconds: float | None, megabytes: int | None) -> None:
        self.started, self.seconds, self.megabytes = started, seconds, megabytes

    def keep_going(self) -> bool:
        """Asked often by the engine."""
        if self.seconds is not None and time.monotonic() - self.started > self.seconds:
            return False
        return self.megabytes is None or _megabytes() <= self.megabytes

    def show(self, progress: Progress) -> None:
        """One line, written over and over."""
        if sys.stderr.isatty():
            gap = (progress.bound - progress.value) / 100
            err.print(
                f"{time.monotonic() - self.started:7.1f} s  {progress.stage:<12} {gap:,.0f} points below the bound",
                end="\r",
            )


def _megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024


def _read(path: Path, seats: int | None) -> RankedRound:
    try:
        return read_round(path, seats)
    except InputFaults as error:
        for fault in error.faults[:50]:
            err.print(str(fault), highlight=False, markup=False)
        err.print(f"{len(error.faults)} faults; nothing was distributed.")
        raise typer.Exit(2) from error


def _result(path: Path) -> dict[str, Any]:
    where = path / "result.json" if path.is_dir() else path
    try:
        document = parse_json(where)
    except (InputFaults, OSError) as error:
        err.print(str(error), highlight=False, markup=False)
        raise typer.Exit(2) from error
    if not isinstance(document, dict) or document.get("format") != "trellis-distribution/1":
        err.print(f"{where} is not a result of a distribution.")
        raise typer.Exit(2)
    return document


_FIGURES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "finished": lambda x: x["finished"],
    "seed": lambda x: x["seed"],
    "points for ranks": lambda x: x["worth"]["points"],
    "worth, less what empty places and unmet needs cost": lambda x: x["worth"]["value"],
    "proved: none is worth more than": lambda x: x["worth"]["bound"],
    "gap between the two, % of the points": lambda x: x["worth"]["gap_percent"],
    "what letting credit count cost, % of the points": lambda x: (
        f"{x['credit']['cost_percent']:.4f} of at most {x['credit']['budget_percent']:g}"
    ),
    "places wanted": lambda x: x["figures"]["wanted"],
    "places filled": lambda x: x["figures"]["placed"],
    "left empty": lambda x: x["figures"]["unplaced"],
    "first choices": lambda x: x["figures"]["rank_profile"][1],
    "second choices": lambda x: x["figures"]["rank_profile"][2],
    "third choices": lambda x: x["figures"]["rank_profile"][3],
    "share of their best week: on average": lambda x: x["figures"]["share"]["mean"],
    "one in twenty has less than": lambda x: x["figures"]["share"]["fifth_percentile"],
    "the least": lambda x: x["figures"]["share"]["minimum"],
    "Gini of the shares (0: all alike)": lambda x: x["figures"]["gini"],
    "pairs where one would rather have the other's week": lambda x: (
        f"{x['figures']['envy']['pairs']:,} in a sample of {x['figures']['envy']['sample']} students"
    ),
    "needs met": lambda x: f"{x['figures']['needs']['met']:,} of {x['figures']['needs']['asked']:,}",
    "requests honoured": lambda x: (
        ", ".join(
            f"{level} {row['honoured']} of {row['asked']}"
            for level, row in x["requests"]["levels"].items()
            if row["asked"]
        )
        or "none asked"
    ),
    '"with more credit" tried by solving again': lambda x: _tried(x.get("reasons_tried", {})),
    "parts of the input that could not count": lambda x: len(x["set_aside"]),
}


def _tried(reasons: dict[str, int]) -> str:
    if not reasons.get("tried"):
        return "none"
    return f"{reasons['held']} of {reasons['tried']} held, the others are withdrawn"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _tell(document: dict[str, Any], seconds: float) -> None:
    table = Table(document["title"], "")
    for name, pick in _FIGURES.items():
        table.add_row(name, _text(pick(document)))
    table.add_row("time", f"{seconds:.1f} s")
    table.add_row("memory", f"{_megabytes():.0f} MB")
    out.print(table)


if __name__ == "__main__":
    app()
