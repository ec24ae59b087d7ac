"""The page: docs/mutants.md, written from what became of each mutant and from the reasons for those that survive."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

from tests.mutants.fates import NOTICED, Fates
from tests.mutants.making import Mutant

PAGE = Path("docs/mutants.md")
REASONS = Path(__file__).parent / "reasons.toml"
TYPES = "refused by the type checker"
GROUPS = {
    "outbox": "kit/outbox/*",
    "inbox": "kit/inbox.py",
    "consumer": "kit/consumer/*",
    "booking": "services/scheduler/domain/*",
}
HEAD = """# Mutants

`make mutants` changes one small thing at a time in the code on which the guarantees stand (an operator, an argument, a
number, a text), and runs the tests that reach it. A change that no test notices is a **survivor**: either the tests are
weak there, or the change changes nothing. This page is written by that command; seeds are fixed.

The changes are made by mutmut {version}; the tests are run by our own loop (`tests/mutants`), because mutmut starts
pytest anew for each mutant and these tests want a real mongod and Kafka: here one process has everything loaded and
forks. What `mypy --strict` refuses cannot be merged and is not run; it counts neither way.
"""


def write_page(fates: Fates) -> float:
    """Write the page. Returns the share of the mutants, of those that passed the type checker, that tests noticed."""
    from importlib.metadata import version

    lines = [HEAD.format(version=version("mutmut")), *_table(fates), "", *_controls(fates), "", *_survivors(fates)]
    PAGE.write_text("\n".join(lines).rstrip() + "\n")
    return _share(list(fates.known), fates)


def _share(names: Sequence[str], fates: Fates) -> float:
    run = [name for name in names if fates.known[name].what != TYPES]
    return sum(fates.known[name].what in NOTICED for name in run) / max(1, len(run))


def _table(fates: Fates) -> Iterator[str]:
    yield "| part | changes | refused by types | killed | never ended | survived | noticed by tests |"
    yield "|---|---|---|---|---|---|---|"
    for part, pattern in {**GROUPS, "**all**": "*"}.items():
        names = [name for name in fates.known if fnmatch(fates.mutants[name].path, pattern)]
        counts = Counter(fates.known[name].what for name in names)
        alive = len(names) - counts[TYPES] - counts["killed"] - counts["hung"]
        numbers = (len(names), counts[TYPES], counts["killed"], counts["hung"], alive)
        yield f"| {part} | {' | '.join(map(str, numbers))} | {_share(names, fates):.1%} |"


def _controls(fates: Fates) -> Iterator[str]:
    green = sum(fate.what == "survived" for fate in fates.controls.values())
    yield (
        f"Between them the same tests ran {len(fates.controls)} times with no change at all: {green} times they were "
        "green. A kill by a test that fails by itself would say nothing."
    )


def _survivors(fates: Fates) -> Iterator[str]:
    reasons: dict[str, str] = tomllib.loads(REASONS.read_text())
    alive = [fates.mutants[name] for name, fate in sorted(fates.known.items()) if fate.what not in (*NOTICED, TYPES)]
    yield f"## Survivors ({len(alive)})"
    for path in sorted({mutant.path for mutant in alive}):
        yield from ("", f"### {path}", "")
        for mutant in (one for one in alive if one.path == path):
            reason = next((text for pattern, text in reasons.items() if fnmatch(mutant.name, pattern)), "")
            yield f"- `{_short(mutant)}` {_change(mutant)}" + (f": {reason}" if reason else ": **not looked at yet**")


def _short(mutant: Mutant) -> str:
    """`Relay._mark 3` for `kit.outbox.relay.xǁRelayǁ_mark__mutmut_3`."""
    function, _, number = mutant.name.rpartition("__mutmut_")
    name = function.rpartition(".")[2].removeprefix("xǁ").removeprefix("x_").replace("ǁ", ".")
    return f"{name} {number}"


def _change(mutant: Mutant) -> str:
    """What was there, and what is there instead, on one line."""
    diff = get_diff_for_mutant(mutant.name, path=mutant.path).splitlines()[2:]
    gone = " ".join(line[1:].strip() for line in diff if line.startswith("-"))
    come = " ".join(line[1:].strip() for line in diff if line.startswith("+"))
    return f"`{gone}` → `{come}`"
