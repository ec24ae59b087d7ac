"""The gateway's public keys, fetched once and again when a token names a key that is not known yet."""

import asyncio
import time
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from kit.auth import find_key
from kit.http import Door, PeerUnavailable
from kit.refusals import Refusals, refuse

_FRESH_SECONDS = 600.0
_PAUSE_SECONDS = 5.0


class FetchedKeys:
    """A JwksSource over HTTP. Keys are kept when the gateway is away, and asked for at most every few seconds."""

    def __init__(self, url: str, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
        parts = urlsplit(url)
        self._path = parts.path or "/"
        origin = f"{parts.scheme}://{parts.netloc}"
        self._door = Door(origin, peer="gateway", timeout_seconds=2.0, attempts=1, connections=2)
        self._pause_seconds = pause_seconds
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def key(self, kid: str) -> OKPKey | None:
        """The key with this id, or None when the gateway has none.

        Raises: Refusals of PeerUnavailable when the keys were never had and cannot be fetched.
        """
        found = self._known(kid)
        if found is None or time.monotonic() - self._fetched_at > _FRESH_SECONDS:
            await self._fetch()
            found = self._known(kid)
        if self._keys is None:
            raise refuse(PeerUnavailable(peer="gateway"))
        return found

    async def close(self) -> None:
        """Close the connection."""
        await self._door.close()

    def _known(self, kid: str) -> OKPKey | None:
        return find_key(self._keys, kid) if self._keys is not None else None

    async def _fetch(self) -> None:
        async with self._one_at_a_time:
            now = time.monotonic()
            if now - self._asked_at < self._pause_seconds:
                return
            self._asked_at = now
            try:
                answer = await self._door.get(self._path)
                self._keys = KeySet.import_key_set(answer.json())
                self._fetched_at = time.monotonic()
            except (Refusals, JoseError, ValueError, KeyError, TypeError):
                return  # what is known stays; whoever needs more is told so above
