"""A relay in a process of its own that waits between the broker's acknowledgement and the mark, to be hurt there.

It prints `acked` when the broker has everything, then waits for a line on its input, then prints what marking came to.
"""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from kit.bus import Producer
from kit.leases import LEASES, LeaseLost
from kit.mongo import Mongo
from kit.outbox import Relay
from kit.signals import StopSignal
from kit.transaction import OUTBOX


class Hesitant(Relay):
    """Marks only when it is told to."""

    async def _mark_once(self, marked: Mapping[str, tuple[int, int]], session: Any) -> None:
        print("acked", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            await super()._mark_once(marked, session)
        except LeaseLost:
            print("fenced", flush=True)
            raise
        print("marked", flush=True)


async def main(url: str, database: str, bootstrap: str) -> None:
    mongo = Mongo(url, database)
    await mongo.ensure((OUTBOX, LEASES))
    await Hesitant(mongo, Producer(bootstrap), lease_seconds=1.5, poll_seconds=0.1).run(StopSignal())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
