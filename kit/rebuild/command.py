"""The command of a service's archive: rebuild a view from its topics, or fill a topic again from the outbox."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from kit.app import open_store
from kit.edge import Store
from kit.mongo import Collection
from kit.outbox.archive import refill
from kit.rebuild.comparison import Comparison, compare
from kit.rebuild.replay import RebuildReport, rebuild
from kit.rebuild.shadow import WorkersRunning, drop_shadow, swap
from kit.settings import Settings
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
        """`python -m services.<service>.rebuild [--list | VIEW [--replace] | --refill TOPIC]`.

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
            _tell({"marked": await refill(store.mongo, asked.refill, lambda marked: _tell({"progress": marked}))})
            return 0
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
            progress=lambda records: _tell({"progress": records}),
        )


def _parser(views: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("view", nargs="?", choices=views)
    what.add_argument("--list", action="store_true")
    what.add_argument("--refill", metavar="TOPIC")
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


def _tell(told: Mapping[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(told, default=str).decode() + "\n")
    sys.stdout.flush()
