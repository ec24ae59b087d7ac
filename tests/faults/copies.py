"""Copies of the code, with one guarantee taken out of them, to see whether the checker notices."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.crash_orders import ROOT

PACKAGES = ("contracts", "kit", "services")


@dataclass(frozen=True, slots=True)
class Change:
    """One place in one file: what stands there, once, and what is put in its place."""

    file: str
    before: str
    after: str


def copy_of_the_code(folder: Path) -> dict[str, str]:
    """Copy the code to `folder`; returns the environment in which processes run the copy."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return {"PYTHONPATH": str(folder)}


def take_out(folder: Path, changes: Sequence[Change]) -> None:
    """Make the changes in the copy; processes that start from now on run with them.

    Raises: AssertionError where the code no longer says what a change takes out: the change must then be made anew.
    """
    for change in changes:
        path = folder / change.file
        code = path.read_text()
        assert code.count(change.before) == 1, f"{change.file} says this {code.count(change.before)} times"
        path.write_text(code.replace(change.before, change.after))


OFFSET_BEFORE_EFFECT = (
    Change(
        "kit/consumer/lanes.py", "        return self.items[0].record.offset if self.items else self.end\n",
        "        return self.end\n",
    ),
    Change(
        "kit/consumer/listener.py", "        if events:\n            await self._attempt(",
        "        if events:\n"
        "            self._commit_offsets()\n"
        "            await asyncio.sleep(1.5)\n"
        "            await self._attempt(",
    ),
)  # fmt: skip
"""Offsets are committed, surely, and only then is anything done."""

MARK_BEFORE_ACKNOWLEDGE = (
    Change(
        "kit/outbox/relay.py",
        "        with self.leases.using(list(parts)):\n            results = await self._producer.send_all(records)\n",
        "        lane.to_mark |= {row['_id']: (row['slot'], slots[row['slot']]) for row in rows}\n"
        "        await self._mark(lane)\n"
        "        results = await self._producer.send_all(records)\n",
    ),
)
"""Facts are marked as sent, and only then sent."""

NO_FENCE = (
    Change(
        "kit/outbox/relay.py",
        "        if any(held.get(slot) != token for slot, token in parts.items()):\n",
        "        if held is None:\n",
    ),
    Change("kit/leases.py", "        if held.matched_count < len(parts):\n", "        if held is None:\n"),
)
"""A worker that stood still goes on as if no time had passed, and nobody stops it."""

NO_INBOX = (
    Change("kit/consumer/batch.py", "        note_done(tx, self.consumer, envelope)\n", ""),
)  # fmt: skip
"""What was done is not noted with what it did."""

NO_MAJORITY = (
    Change(
        "kit/mongo.py", 'MAJORITY = WriteConcern(w="majority", j=True, wtimeout=10_000)\n',
        "MAJORITY = WriteConcern(w=1)\n",
    ),
)  # fmt: skip
"""A write counts as soon as one store has it."""

NO_DEAD_LETTER = (
    Change(
        "kit/consumer/listener.py",
        "        if await self._put_aside(lane, letters):\n            for item in unreadable:\n",
        "        lane.advance(len(letters))\n        if letters:\n            for item in unreadable:\n",
    ),
)
"""What cannot be read is passed over."""
