"""Fates: what became of each mutant, kept in a file, so that a run may be interrupted and gone on with."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch

from tests.mutants.making import COPY, Mutant, known_mutants

FILE = COPY / "fates.json"
NOTICED = ("killed", "hung")
"""A change after which a test fails, or never ends: somebody would have seen it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """`killed` (by the test `by`), `hung`, `broke down`, `survived`, `no test reaches it`, or refused by types."""

    what: str
    by: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Fates:
    """All mutants with their fates, and how the runs without any mutant went."""

    mutants: dict[str, Mutant]
    known: dict[str, Fate] = field(default_factory=dict)
    controls: dict[str, Fate] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Fates":
        """What is known so far; whatever the type checker refuses need not run."""
        fates = cls({mutant.name: mutant for mutant in known_mutants()})
        for mutant in fates.mutants.values():
            if mutant.against:
                fates.known[mutant.name] = Fate("refused by the type checker", mutant.against)
        if FILE.exists():
            kept = json.loads(FILE.read_text())
            fates.known |= {name: Fate(**fate) for name, fate in kept["known"].items() if name in fates.mutants}
            fates.controls = {name: Fate(**fate) for name, fate in kept["controls"].items()}
        return fates

    def save(self) -> None:
        known = {name: asdict(fate) for name, fate in sorted(self.known.items())}
        controls = {name: asdict(fate) for name, fate in sorted(self.controls.items())}
        FILE.write_text(json.dumps({"known": known, "controls": controls}, indent=0))

    def still_to_run(self) -> list[Mutant]:
        """Those without a fate, of the files that `MUTANTS_OF` names (a pattern; all of them where it is not set)."""
        wanted = os.environ.get("MUTANTS_OF", "*")
        return [one for name, one in self.mutants.items() if name not in self.known and fnmatch(one.path, wanted)]

    def forget(self, names: Iterable[str]) -> None:
        """Let these run again."""
        for name in names:
            self.known.pop(name, None)

    def note(self, mutant: Mutant, fate: Fate) -> None:
        self.known[mutant.name] = fate

    def note_control(self, mutant: Mutant, fate: Fate) -> None:
        self.controls[mutant.name] = fate

    def counts(self) -> dict[str, int]:
        return dict(Counter(fate.what for fate in self.known.values()))
