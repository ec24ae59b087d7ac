"""Bars: what each bench has to reach, told on the screen, and kept for the page where somebody gathers them."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = "BENCH_BARS"
"""The environment's name for the file in which `python -m bench.report` wants the bars of a bench."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure and its bar: at least `least`, or at most `most`. `what` says it in words, its unit included."""

    what: str
    reached: float
    least: float | None = None
    most: float | None = None

    @property
    def wanted(self) -> str:
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"

    @property
    def is_met(self) -> bool:
        low = self.least is None or self.reached >= self.least
        return low and (self.most is None or self.reached <= self.most)


def tell(bars: Sequence[Bar]) -> None:
    """Print each bar with what was reached."""
    print("\nbars (reached; wanted)")
    for bar in bars:
        print(f"  {bar.what:<76}{bar.reached:9.2f}   {bar.wanted:<14}{'' if bar.is_met else 'MISSED'}")
    if kept := os.environ.get(KEPT):
        Path(kept).write_text(json.dumps([asdict(bar) for bar in bars]))
