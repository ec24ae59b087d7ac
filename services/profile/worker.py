"""Profile's worker process: assembly alone."""

from collections.abc import Sequence
from functools import partial

from contracts.pack import pack, unpack
from contracts.registry import FACTS
from kit.edge import Store
from kit.worker import Job
from kit.worker_process import WorkerProcess
from services.profile.actions.work_on_rosters import work_on_rosters
from services.profile.settings import ProfileSettings
from services.profile.store.collections import COLLECTIONS
from services.profile.subscriptions import SUBSCRIPTIONS


def jobs(store: Store, settings: ProfileSettings) -> Sequence[Job]:
    """Read the rosters that were uploaded, and apply those that were accepted."""
    every = settings.roster_look_every_seconds
    return (partial(work_on_rosters, store, every, lease_seconds=settings.lease_seconds),)


WORKER = WorkerProcess(
    settings=ProfileSettings,
    subscriptions=SUBSCRIPTIONS,
    collections=COLLECTIONS,
    pack=pack,
    unpack=unpack,
    known=FACTS,
    jobs=jobs,
)

if __name__ == "__main__":
    WORKER.main()
