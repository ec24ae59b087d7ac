"""The gateway's worker process: assembly alone."""

from contracts.pack import pack, unpack
from contracts.registry import FACTS
from kit.worker_process import WorkerProcess
from services.gateway.settings import GatewaySettings
from services.gateway.store.collections import IDENTITY
from services.gateway.store.inbox import INBOX
from services.gateway.subscriptions import SUBSCRIPTIONS

WORKER = WorkerProcess(
    settings=GatewaySettings,
    subscriptions=SUBSCRIPTIONS,
    collections=(*IDENTITY, *INBOX),
    pack=pack,
    unpack=unpack,
    known=FACTS,
)

if __name__ == "__main__":
    WORKER.main()
