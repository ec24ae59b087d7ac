"""Parts: the pieces of a composed answer, fetched together; what is required fails it, what is not degrades it."""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.http import PeerUnavailable
from kit.problems import RETRY_SECONDS
from kit.refusals import Refusals
from services.gateway.composition.peers import PartRefused


@dataclass(frozen=True, slots=True)
class Part:
    """One piece: its name, the work that fetches it, and whether the answer is nothing without it."""

    name: str
    work: Awaitable[Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that is not there, why, and after how many seconds it is worth asking again (None: it is not)."""

    part: str
    why: str
    code: str
    retry_after: int | None


@dataclass(slots=True)
class Gathered:
    """What came of the parts: values by name, what is missing, and how long each took, in milliseconds."""

    values: dict[str, Any] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    took_ms: dict[str, float] = field(default_factory=dict)

    async def add(self, *parts: Part) -> None:
        """Fetch these parts at once. Raises: the Refusals of a required one."""
        outcomes = await asyncio.gather(*(self._fetch(part) for part in parts))
        for refused in outcomes:
            if refused is not None:
                raise refused

    async def _fetch(self, part: Part) -> Refusals | None:
        began = time.perf_counter()
        try:
            self.values[part.name] = await part.work
        except Refusals as refused:
            if part.required:
                return refused
            self.missing.append(_missing(part.name, refused))
        finally:
            self.took_ms[part.name] = (time.perf_counter() - began) * 1000
        return None


def _missing(name: str, refused: Refusals) -> Missing:
    reason = refused.reasons[0]
    passing = isinstance(reason, (PeerUnavailable, PartRefused))
    return Missing(name, reason.detail, reason.code, RETRY_SECONDS if passing else None)


def server_timing(took_ms: Mapping[str, float]) -> str:
    """The `Server-Timing` field: how long each part took."""
    return ", ".join(f"{name};dur={duration:.1f}" for name, duration in took_ms.items())
