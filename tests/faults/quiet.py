"""Quiet: whether all that was announced since the last quiet moment is sent, and heard by everyone who hears it."""

from dataclasses import dataclass, field
from typing import Any

from pymongo import MongoClient

from deploy.local.town import Town
from tests.faults.evidence import HEARD, reading_url


@dataclass
class Quiet:
    """Looks at the newest part of the outboxes alone, so that a look costs little."""

    town: Town
    _since: dict[str, str] = field(default_factory=dict)
    _client: MongoClient[dict[str, Any]] | None = None

    def reached(self) -> bool:
        """Whether the town is quiet; what came before is not looked at again."""
        newest = {service: self._newest(service) for service in HEARD}
        if not all(self._done(service) for service in HEARD):
            return False
        if newest != {service: self._newest(service) for service in HEARD}:
            return False
        self._since = newest
        return True

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _newest(self, service: str) -> str:
        found = self._rows(service, "outbox").find({}, {"_id": 1}).sort("_id", -1).limit(1)
        return next((str(row["_id"]) for row in found), "")

    def _done(self, service: str) -> bool:
        outbox = self._rows(service, "outbox")
        if outbox.count_documents({"sent_at": None}, limit=1):
            return False
        fresh = list(outbox.find({"_id": {"$gt": self._since.get(service, "")}}, {"type": 1}))
        return all(
            self._heard(hearer, [row["_id"] for row in fresh if row["type"] in types])
            for hearer, types in HEARD.items()
        )

    def _heard(self, hearer: str, event_ids: list[str]) -> bool:
        if not event_ids:
            return True
        ids = [f"{hearer}:{event_id}" for event_id in event_ids]
        return bool(self._rows(hearer, "inbox").count_documents({"_id": {"$in": ids}}) == len(ids))

    def _rows(self, service: str, name: str) -> Any:
        if self._client is None:
            self._client = MongoClient[dict[str, Any]](reading_url(self.town))
        return self._client[f"trellis_{service}"][name]
