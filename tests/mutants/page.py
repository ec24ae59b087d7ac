"""The page: docs/mutants.md, written from what became of each mutant and from the reasons for those that survive."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from importlib.metadata import version
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
        share = f"{_share(names, fates):.1%}" if len(names) > counts[TYPES] else "none ran"
        yield f"| {part} | {' | '.join(map(str, numbers))} | {share} |"


def _controls(fates: Fates) -> Iterator[str]:
    green = sum(fate.what == "survived" for fate in fates.controls.values())
    yield (
        f"A test has noticed a change when it fails twice. Between them the same tests ran {len(fates.controls)} times "
        f"with no change at all: {green} times they were green."
    )
    if waiting := len(fates.mutants) - len(fates.known):
        yield f"\n**Not run yet: {waiting}** (`python -m tests.mutants --go-on` runs them)."


def _survivors(fates: Fates) -> Iterator[str]:
    reasons: list[dict[str, str]] = tomllib.loads(REASONS.read_text())["reason"]
    alive = [fates.mutants[name] for name, fate in sorted(fates.known.items()) if fate.what not in (*NOTICED, TYPES)]
    yield f"## Survivors ({len(alive)})"
    for path in sorted({mutant.path for mutant in alive}):
        yield from ("", f"### {path}", "")
        for mutant in (one for one in alive if one.path == path):
            gone, come = _change(mutant)
            why = next((one["why"] for one in reasons if _is_of(one, mutant, come)), "**not looked at yet**")
            yield f"- {_short(mutant)}: `{gone}` → `{come}`. {why}"


def _is_of(reason: Mapping[str, str], mutant: Mutant, come: str) -> bool:
    """A reason is for changes of a function, and of those whose new text holds some words."""
    return fnmatch(_short(mutant), f"{reason['function']} *") and reason.get("holds", "") in come


def _short(mutant: Mutant) -> str:
    """`Relay._mark 3` for `kit.outbox.relay.xǁRelayǁ_mark__mutmut_3`."""
    function, _, number = mutant.name.rpartition("__mutmut_")
    name = function.rpartition(".")[2].removeprefix("xǁ").removeprefix("x_").replace("ǁ", ".")
    return f"{name} {number}"


def _change(mutant: Mutant) -> tuple[str, str]:
    """What was there, and what is there instead, each on one line."""
    diff = get_diff_for_mutant(mutant.name, path=mutant.path).splitlines()[2:]
    gone = " ".join(line[1:].strip() for line in diff if line.startswith("-"))
    come = " ".join(line[1:].strip() for line in diff if line.startswith("+"))
    return gone, come
