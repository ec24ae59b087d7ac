"""The clerk: sends rosters in the midst of it all, each with a few learners more than the last."""

import csv
import io
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demo.arriving import clerk_of
from cli.http_api import Api
from cli.rosters import WORKING, apply_roster, send_roster
from cli.trouble import Refused, Trouble
from tests.faults.history import History, Phase
from tests.faults.school import School

LOOK_SECONDS = 0.3
MOST_LOOKS = 400
NEWCOMERS = 3
_KEYED = {"users.csv": "sourcedId", "roles.csv": "userSourcedId"}


def grown(roster: Path, path: Path, mark: str) -> list[str]:
    """Write `roster` with a few learners more to `path`; returns the new ones' numbers."""
    numbers = [f"usr-new-{mark}-{place}" for place in range(NEWCOMERS)]
    with zipfile.ZipFile(roster) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        model = next(row["userSourcedId"] for row in _rows(old, "roles.csv") if row["role"] == "student")
        for name in old.namelist():
            content = old.read(name).decode()
            if name in _KEYED:
                content += _clones(old, name, model, numbers)
            new.writestr(name, content)
    return numbers


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(archive.read(name).decode()))


def _clones(archive: zipfile.ZipFile, name: str, model: str, numbers: list[str]) -> str:
    """The model's row of this file once for each newcomer, under a number of their own."""
    rows = list(_rows(archive, name))
    row = next(row for row in rows if row[_KEYED[name]] == model)
    told = io.StringIO()
    writer = csv.DictWriter(told, list(row), lineterminator="\n")
    for number in numbers:
        writer.writerow(_renamed(row, name, number))
    return told.getvalue()


def _renamed(row: Mapping[str, str], name: str, number: str) -> dict[str, str]:
    if name == "roles.csv":
        return {**row, "sourcedId": f"role-{number}", "userSourcedId": number}
    alone = {"sourcedId": number, "username": number, "identifier": number, "email": f"{number}@example.org"}
    return {**row, **alone, "userMasterIdentifier": "", "phone": "", "sms": "", "agentSourcedIds": ""}


def import_one(
    school: School, history: History, folder: Path, mark: str, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """One roster, sent, read and applied; what became of it stands in the history. `meanwhile` runs between looks."""
    path = folder / f"grown-{mark}.zip"
    numbers = grown(school.roster, path, mark)
    op_id = f"roster-{mark}"
    history.note(op_id, Phase.INVOKE, "roster", {"numbers": numbers})
    try:
        roster = Desk(clerk_of(school.district.day), meanwhile).bring_in(path)
    except (Refused, Trouble, OSError) as error:
        history.note(op_id, Phase.UNKNOWN, "roster", {"why": type(error).__name__, "said": str(error)[:200]})
        return
    phase = Phase.OK if roster["state"] == "applied" else Phase.UNKNOWN
    history.note(op_id, phase, "roster", {"answer": {"roster_id": roster["roster_id"], "state": roster["state"]}})
    if phase is Phase.OK:
        school.roster = path  # the next one is grown from what stands: a bulk set says who is there


@dataclass
class Desk:
    """Where the clerk sits, and asks again while parts of the town are away."""

    clerk: Api
    meanwhile: Callable[[], None]

    def bring_in(self, path: Path) -> dict[str, Any]:
        """The roster once it is applied, or once it cannot be. Raises: Refused, Trouble."""
        sent = self._insist(lambda: send_roster(self.clerk, path))
        read = self._settled(sent["roster_id"])
        self._insist(lambda: self._accepted(read["roster_id"]))
        return self._settled(read["roster_id"])

    def _accepted(self, roster_id: str) -> dict[str, Any]:
        """Ask for it to be applied, unless a try whose answer got lost was heard all the same."""
        found: dict[str, Any] = self.clerk.get(f"/v1/rosters/{roster_id}")
        return found if found["state"] != "ready" else apply_roster(self.clerk, roster_id, True, True)

    def _settled(self, roster_id: str) -> dict[str, Any]:
        for _ in range(MOST_LOOKS):
            found = self._insist(lambda: self.clerk.get(f"/v1/rosters/{roster_id}"))
            if found["state"] not in WORKING:
                return found
            self._rest()
        raise Trouble(f"{roster_id} is still being worked on")

    def _insist(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        for _ in range(MOST_LOOKS):
            try:
                return ask()
            except (Trouble, OSError) as away:
                if isinstance(away, Refused) and away.status < 500:
                    raise
                self._rest()
        return ask()

    def _rest(self) -> None:
        self.meanwhile()
        threading.Event().wait(LOOK_SECONDS)
