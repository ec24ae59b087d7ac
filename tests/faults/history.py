"""The history: what was asked of the town, what it acknowledged, and what nobody can know, a line an event."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Phase(StrEnum):
    """An operation is invoked, then it is done (ok), certainly not done (fail), or nobody can tell (unknown)."""

    INVOKE = "invoke"
    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Operation:
    """One operation with all its tries: they carry one idempotency key, so they count as one."""

    op_id: str
    kind: str
    asked: Mapping[str, Any]
    ends: list[tuple[Phase, Mapping[str, Any]]] = field(default_factory=list)
    tries: int = 0

    @property
    def state(self) -> Phase:
        """Acknowledged once is acknowledged; refused counts only where every try was."""
        phases = {phase for phase, _ in self.ends}
        if Phase.OK in phases:
            return Phase.OK
        return Phase.FAIL if phases == {Phase.FAIL} and self.tries == len(self.ends) else Phase.UNKNOWN

    @property
    def answers(self) -> list[Mapping[str, Any]]:
        """What was acknowledged, a try at a time."""
        return [answer for phase, answer in self.ends if phase is Phase.OK]

    @property
    def answer(self) -> Mapping[str, Any]:
        """What was acknowledged first. Raises: IndexError where nothing was."""
        return self.answers[0]


class History:
    """Appended to by every client at once; each line is on its way to the disk before the town is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("a", buffering=1)

    def note(self, op_id: str, phase: Phase, kind: str, what: Mapping[str, Any]) -> None:
        """One event of one operation."""
        line = json.dumps({"op": op_id, "phase": phase, "kind": kind, "at": time.time(), "what": what})
        with self._lock:
            self._file.write(line + "\n")

    def close(self) -> None:
        self._file.close()


def read_history(path: Path) -> list[Operation]:
    """The operations of a history, in the order in which they were first asked for."""
    found: dict[str, Operation] = {}
    for event in _events(path):
        op_id, phase = event["op"], Phase(event["phase"])
        if phase is Phase.INVOKE:
            operation = found.setdefault(op_id, Operation(op_id, event["kind"], event["what"]))
            operation.tries += 1
        else:
            found[op_id].ends.append((phase, event["what"]))
    return list(found.values())


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        yield from (json.loads(line) for line in lines)
