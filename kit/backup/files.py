"""The files of a backup: for each collection its BSON documents one after the other; and a manifest with digests."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import orjson

MANIFEST = "manifest.json"
_OWNER_ALONE = 0o600
_BLOCK = 1024 * 1024


class BadBackup(Exception):
    """The files are not what the manifest says, or there is none: nothing of them may be taken for a backup."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One collection's file: how many documents and bytes, and the SHA-256 of all of them."""

    collection: str
    documents: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was kept of which service, when, and how far it had heard its topics by then."""

    service: str
    database: str
    taken_at: str
    offsets: list[tuple[str, int, int]]
    collections: list[Kept]

    @property
    def documents(self) -> int:
        """How many documents all files hold."""
        return sum(kept.documents for kept in self.collections)

    def write(self, folder: Path) -> None:
        """Write it last, and at one stroke: a folder without it is no backup."""
        draft = folder / f"{MANIFEST}.draft"
        with create(draft) as file:
            file.write(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / MANIFEST)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest in this folder. Raises: BadBackup."""
        try:
            told: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise BadBackup(f"{folder} holds no readable {MANIFEST}") from error
        offsets = [(str(topic), int(number), int(offset)) for topic, number, offset in told["offsets"]]
        collections = [Kept(**kept) for kept in told["collections"]]
        return cls(told["service"], told["database"], told["taken_at"], offsets, collections)


def create(path: Path) -> Any:
    """A new file that its owner alone can read: it holds what the store holds."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "wb")


def file_of(folder: Path, collection: str) -> Path:
    return folder / f"{collection}.bson"


def verify(folder: Path, kept: Kept) -> None:
    """Read the whole file once. Raises: BadBackup where it is not, byte for byte, what was written."""
    digest, size = hashlib.sha256(), 0
    try:
        with file_of(folder, kept.collection).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise BadBackup(f"{kept.collection}: {error.strerror}") from error
    if (size, digest.hexdigest()) != (kept.bytes, kept.sha256):
        raise BadBackup(f"{kept.collection}: the file is not what was written; expected {kept.bytes} bytes")


def documents_in(path: Path) -> Iterator[bytes]:
    """The raw documents of a (verified) file; each begins with its own length, little-endian."""
    with path.open("rb") as file:
        while head := file.read(4):
            yield head + file.read(int.from_bytes(head, "little") - 4)
