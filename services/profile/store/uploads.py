"""An uploaded ZIP as a file: read chunk by chunk from the store, never whole in memory and never on a disk."""

import io
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from services.profile.store.rosters import CHUNK_BYTES

Fetch = Callable[[int], bytes]
"""The bytes of the chunk with this number."""
_REMEMBERED = 4


class Upload(io.RawIOBase):
    """A seekable file over chunks of `CHUNK_BYTES` each; it remembers the last four."""

    def __init__(self, fetch: Fetch, size_bytes: int) -> None:
        self._fetch = fetch
        self._size = size_bytes
        self._at = 0
        self._chunks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("a place before the beginning of the file")
        self._at = start + offset
        return self._at

    def readinto(self, room: Any, /) -> int:
        if self._at >= self._size:
            return 0
        number, inside = divmod(self._at, CHUNK_BYTES)
        with memoryview(room) as view:
            part = self._chunk(number)[inside : inside + len(view)]
            view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _chunk(self, number: int) -> bytes:
        chunk = self._chunks.get(number)
        if chunk is None:
            chunk = self._chunks[number] = self._fetch(number)
            if len(self._chunks) > _REMEMBERED:
                self._chunks.popitem(last=False)
        return chunk
