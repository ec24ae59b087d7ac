"""The scheduler's worker process: assembly alone."""

from collections.abc import Sequence
from functools import partial

from contracts.pack import pack, unpack
from contracts.registry import FACTS
from kit.edge import Store
from kit.worker import Job
from kit.worker_process import WorkerProcess
from services.scheduler.actions.lock_due_blocks import lock_due_blocks
from services.scheduler.actions.settle_rounds import settle_rounds
from services.scheduler.actions.work_out_runs import work_out_runs
from services.scheduler.settings import SchedulerSettings
from services.scheduler.store.collections import COLLECTIONS
from services.scheduler.subscriptions import SUBSCRIPTIONS


def jobs(store: Store, settings: SchedulerSettings) -> Sequence[Job]:
    """Lock the blocks whose time has come; work out rounds, publish and undo them."""
    return (
        partial(lock_due_blocks, store, settings.lock_every_seconds),
        partial(work_out_runs, store, settings.rounds_every_seconds, settings.round_cores),
        partial(settle_rounds, store, settings.rounds_every_seconds),
    )


WORKER = WorkerProcess(
    settings=SchedulerSettings,
    subscriptions=SUBSCRIPTIONS,
    collections=COLLECTIONS,
    pack=pack,
    unpack=unpack,
    known=FACTS,
    jobs=jobs,
)

if __name__ == "__main__":
    WORKER.main()
