"""Rounds: a town lives under load while things go wrong, then everything that it holds is checked."""

import random
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.town import Town, start_town
from tests.faults.checking_facts import check_facts
from tests.faults.checking_operations import check_operations
from tests.faults.checking_poison import check_poison
from tests.faults.checking_rules import check_rules
from tests.faults.checking_views import check_views
from tests.faults.clerk import import_one
from tests.faults.evidence import Evidence
from tests.faults.history import History, Operation, read_history
from tests.faults.injecting import Fault, choose_faults, inject
from tests.faults.load import Pace, play
from tests.faults.poison import choose_doses, give_all
from tests.faults.school import PATIENT, School, open_school
from tests.faults.settling import settle
from tests.faults.verdict import Finding, Verdict, diverged

OPERATIONS = 160
"""In one round, by all clients together."""
ROUNDS_A_TOWN = 10
"""Then everything is checked, and the next rounds are played in a fresh town."""
IMPORT_EVERY = 5

Tell = Callable[[str], None]
Meanwhile = Callable[[Pace], None]


@dataclass
class Run:
    """One town under load, with the history of all that was asked of it."""

    town: Town
    school: School
    history: History
    tell: Tell

    @classmethod
    def begin(cls, town: Town, folder: Path, tell: Tell = print) -> "Run":
        """Open a school in this town, and a history for it."""
        return cls(town, open_school(town, folder), History(folder / "history.jsonl"), tell)

    def round(self, seed: str, operations: int, meanwhile: Meanwhile) -> None:
        """One round of load while something happens to the town."""
        play(self.school, self.history, seed, operations, meanwhile)

    def round_of_faults(self, seed: str, *, with_roster: bool) -> None:
        """One round with faults from this seed; at times a roster comes in beside it."""
        faults = choose_faults(random.Random(seed), OPERATIONS)
        clerk = threading.Thread(target=self._import, args=(seed,)) if with_roster else None
        if clerk:
            clerk.start()
        self.round(seed, OPERATIONS, lambda pace: self._spoil(seed, faults, pace))
        if clerk:
            clerk.join()

    def _spoil(self, seed: str, faults: list[Fault], pace: Pace) -> None:
        """What goes wrong in a round: faults one after the other, and poison beside them."""
        doses = choose_doses(random.Random(f"{seed}:poison"), OPERATIONS)
        work = (self.town.kafka.bootstrap, self.history, doses, pace, seed)
        poisoner = threading.Thread(target=give_all, args=work)
        poisoner.start()
        try:
            inject(self.town, faults, pace, self.tell)
        finally:
            poisoner.join()

    def check(self, *, views: bool = True) -> tuple[list[Operation], list[Finding]]:
        """Let the town settle, then check the history, the stores and the topics."""
        found, operations = settle(self.town), read_history(self.history.path)
        findings = [*self._ended(), *judge(operations, found), *(check_views(self.town) if views else ())]
        return operations, findings

    def close(self) -> None:
        self.school.close()
        self.history.close()

    def _import(self, seed: str) -> None:
        import_one(self.school, self.history, self.town.folder, seed.replace(":", "-"))

    def _ended(self) -> list[Finding]:
        """Processes that gave up by themselves: everything that was killed was started again."""
        return [
            diverged("process", f"{name} ended by itself") for name, one in self.town.processes.items() if not one.alive
        ]


def judge(operations: Sequence[Operation], found: Evidence) -> list[Finding]:
    """What the separate checker says of a history and the evidence."""
    return [
        *check_operations(operations, found),
        *check_facts(found),
        *check_poison(operations, found),
        *check_rules(found),
    ]


def play_rounds(
    folder: Path, seed: str, rounds: int, tell: Tell, extra_env: Mapping[str, str] | None = None
) -> Verdict:
    """So many rounds, in as many towns as it takes; what was found, with its counts."""
    verdict = Verdict()
    for first in range(0, rounds, ROUNDS_A_TOWN):
        numbers = range(first, min(rounds, first + ROUNDS_A_TOWN))
        place = folder / f"town-{first:04d}"
        place.mkdir(parents=True)
        _play_town(place, seed, numbers, tell, verdict, {**PATIENT, **(extra_env or {})})
    return verdict


def _play_town(
    place: Path, seed: str, numbers: range, tell: Tell, verdict: Verdict, extra_env: Mapping[str, str]
) -> None:
    with start_town(place, extra_env=extra_env) as town:
        run = Run.begin(town, place, tell)
        try:
            for number in numbers:
                tell(f"round {number}")
                run.round_of_faults(f"{seed}:{number}", with_roster=number % IMPORT_EVERY == IMPORT_EVERY - 1)
                verdict.rounds += 1
            operations, findings = run.check()
        finally:
            with suppress(OSError):
                run.close()
        verdict.count(operations)
        verdict.findings += findings
        for finding in findings:
            tell(str(finding))
        tell(verdict.line)
    if not findings:
        shutil.rmtree(place)
