"""The command of a service's archive: rebuild a view, fill a topic again, back the store up or restore it."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from kit.app import open_store
from kit.backup import BadBackup, NotEmpty, back_up, restore
from kit.backup.restoring import told_since
from kit.edge import IDEMPOTENCY, Store
from kit.inbox import INBOX
from kit.mongo import Collection
from kit.outbox.archive import refill
from kit.rebuild.comparison import Comparison, compare
from kit.rebuild.replay import RebuildReport, rebuild
from kit.rebuild.shadow import WorkersRunning, drop_shadow, swap
from kit.settings import Settings
from kit.transaction import OUTBOX
from kit.worker_process import WorkerProcess


@dataclass(frozen=True, slots=True)
class View:
    """What a rebuild makes anew: these collections, from these types of facts."""

    collections: tuple[Collection, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """A service's views that can be rebuilt, and its worker, whose handlers do it."""

    worker: WorkerProcess
    views: Mapping[str, View]

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """`python -m services.<service>.rebuild [--list | VIEW [--replace] | --refill TOPIC | --backup FOLDER | …]`.

        Tells what it does in lines of JSON: progress, then the result. Exit code 1: the view is not as the live one.
        """
        asked = _parser(sorted(self.views)).parse_args(arguments)
        if asked.list:
            _tell({"views": sorted(self.views)})
            return
        settings = self.worker.settings.load()
        store = open_store(settings, self.worker.pack)
        sys.exit(asyncio.run(self._run(store, settings, asked)))

    async def _run(self, store: Store, settings: Settings, asked: argparse.Namespace) -> int:
        if asked.refill:
            _tell({"marked": await refill(store.mongo, asked.refill, _progress)})
            return 0
        if asked.backup or asked.restore:
            return await self._keep_or_restore(store, settings, asked)
        view = self.views[asked.view]
        report = await self.replay(store, settings, view)
        compared = await compare(store.mongo, view.collections)
        try:
            if asked.replace:
                await swap(store.mongo, view.collections)
        except WorkersRunning as running:
            _tell({"cannot": str(running)})
            return 1
        finally:
            await drop_shadow(store.mongo)
        _tell(_result(report, compared, replaced=asked.replace))
        return 0 if asked.replace or all(found.is_equal for found in compared) else 1

    async def _keep_or_restore(self, store: Store, settings: Settings, asked: argparse.Namespace) -> int:
        topics = sorted({cls.TOPIC for cls, _ in self.worker.subscriptions.values()})
        try:
            if asked.backup:
                manifest = await back_up(store.mongo, settings.kafka, settings.service, topics, asked.backup, _progress)
                _tell({"kept": manifest.documents, "collections": len(manifest.collections)})
                return 0
            collections = [*self.worker.collections, OUTBOX, INBOX, IDEMPOTENCY]
            manifest = await restore(store.mongo, settings.kafka, topics, collections, asked.restore, _progress)
            since = await told_since(store.mongo, settings.kafka, asked.owned)
        except (BadBackup, NotEmpty, FileExistsError) as wrong:
            _tell({"cannot": str(wrong)})
            return 1
        _tell({"restored": manifest.documents, "taken_at": manifest.taken_at, "told_since": since})
        return 0

    async def replay(self, store: Store, settings: Settings, view: View) -> RebuildReport:
        """Make the view's shadow from its topics."""
        return await rebuild(
            store,
            settings.kafka,
            settings.service,
            {name: self.worker.subscriptions[name] for name in view.types},
            view.collections,
            unpack=self.worker.unpack,
            known=self.worker.known,
            progress=_progress,
        )


def _parser(views: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("view", nargs="?", choices=views)
    what.add_argument("--list", action="store_true")
    what.add_argument("--refill", metavar="TOPIC")
    what.add_argument("--backup", metavar="FOLDER", type=Path)
    what.add_argument("--restore", metavar="FOLDER", type=Path)
    parser.add_argument("--owned", nargs="*", default=[], metavar="TOPIC", help="the service's own topics")
    parser.add_argument("--replace", action="store_true")
    return parser


def _result(report: RebuildReport, compared: Sequence[Comparison], *, replaced: bool) -> dict[str, Any]:
    return {
        "records": report.records,
        "outcomes": dict(report.outcomes),
        "refused": dict(+Counter(report.refused)),
        "collections": [{**asdict(found), "is_equal": found.is_equal} for found in compared],
        "replaced": replaced,
    }


def _progress(count: int) -> None:
    _tell({"progress": count})


def _tell(told: Mapping[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(told, default=str).decode() + "\n")
    sys.stdout.flush()
