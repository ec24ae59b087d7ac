"""Community's worker process: assembly alone."""

from collections.abc import Sequence
from functools import partial

from contracts.pack import pack, unpack
from contracts.registry import FACTS
from kit.edge import Store
from kit.worker import Job
from kit.worker_process import WorkerProcess
from services.community.actions.stop_projects import stop_lapsed_projects
from services.community.settings import CommunitySettings
from services.community.store.collections import COLLECTIONS
from services.community.subscriptions import SUBSCRIPTIONS


def jobs(store: Store, settings: CommunitySettings) -> Sequence[Job]:
    """Stop what may not go on."""
    return (partial(stop_lapsed_projects, store, settings.papers_every_seconds),)


WORKER = WorkerProcess(
    settings=CommunitySettings,
    subscriptions=SUBSCRIPTIONS,
    collections=COLLECTIONS,
    pack=pack,
    unpack=unpack,
    known=FACTS,
    jobs=jobs,
)

if __name__ == "__main__":
    WORKER.main()
