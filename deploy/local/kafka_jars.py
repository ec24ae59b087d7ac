"""Kafka's jars: fetched once from a pinned list into a cache, and refused when a hash differs."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

KAFKA_VERSION = "4.4.0"
_PINS = Path(__file__).with_name("kafka-jars.txt")
_AT_ONCE = 4
_TIMEOUT_SECONDS = 60


class JarRefused(RuntimeError):
    """A jar whose SHA-256 is not the pinned one; the message names the file and both hashes."""


class JarNotFetched(RuntimeError):
    """A jar that could not be downloaded; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One jar: its Maven coordinates and the SHA-256 it must have."""

    coordinates: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The file's name in the cache: `artifact-version.jar`."""
        _, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"


def read_pins(path: Path = _PINS) -> list[Pin]:
    """The pins of a list with one `group:artifact:version sha256` a line; `#` opens a comment."""
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return [Pin(coordinates, sha256) for coordinates, sha256 in filter(None, lines)]


def jar_cache() -> Path:
    """`~/.cache/trellis/kafka-<version>`; the environment's `TRELLIS_CACHE` replaces `~/.cache/trellis`."""
    root = os.environ.get("TRELLIS_CACHE")
    return (Path(root) if root else Path.home() / ".cache" / "trellis") / f"kafka-{KAFKA_VERSION}"


def kafka_jars(
    cache: Path | None = None, pins: Sequence[Pin] | None = None, repository: str | None = None
) -> list[Path]:
    """All jars, in the list's order; those that the cache lacks are downloaded first, with progress on stderr.

    Every jar is hashed on every call (44 MB, some 50 ms): a cache that was tampered with is never run.
    `repository` is a Maven repository's address; by default `TRELLIS_MAVEN_REPOSITORY`, else maven-artifact's own.
    Raises: JarRefused, JarNotFetched.
    """
    cache, pins = cache or jar_cache(), read_pins() if pins is None else pins
    cache.mkdir(parents=True, exist_ok=True)
    missing = [pin for pin in pins if not (cache / pin.file_name).exists()]
    if missing:
        _fetch_all(missing, cache, repository or os.environ.get("TRELLIS_MAVEN_REPOSITORY"))
    for pin in pins:
        _refuse_wrong_hash(cache / pin.file_name, pin)
    return [cache / pin.file_name for pin in pins]


def _fetch_all(pins: Sequence[Pin], cache: Path, repository: str | None) -> None:
    # maven-artifact prints each address on stdout, which belongs to our caller's own answer.
    with (
        _progress(len(pins)) as advance,
        contextlib.redirect_stdout(io.StringIO()),
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        for _ in pool.map(functools.partial(_fetch, cache=cache, repository=repository), pins):
            advance()


def _fetch(pin: Pin, cache: Path, repository: str | None) -> None:
    from maven_artifact import Artifact, Downloader, RequestException

    downloader = Downloader(base=repository) if repository else Downloader()
    downloader.requestor.request = functools.partial(downloader.requestor.request, timeout=_TIMEOUT_SECONDS)
    draft = cache / f"{pin.file_name}.{os.getpid()}.part"
    try:
        downloader.download(Artifact.parse(pin.coordinates), str(draft))
        _refuse_wrong_hash(draft, pin)
        draft.replace(cache / pin.file_name)
    except (RequestException, OSError) as error:
        reason = getattr(error, "msg", str(error))
        raise JarNotFetched(
            f"{pin.coordinates} could not be fetched: {reason}\n"
            f"Check the network, or name a reachable mirror in TRELLIS_MAVEN_REPOSITORY, "
            f"or an existing broker in TRELLIS_KAFKA."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _refuse_wrong_hash(path: Path, pin: Pin) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != pin.sha256:
        raise JarRefused(
            f"{pin.file_name} is not the file that was pinned: expected SHA-256 {pin.sha256}, found {found} "
            f"in {path}. It was not used. Delete it to fetch it again."
        )


@contextmanager
def _progress(jars: int) -> Iterator[functools.partial[None]]:
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        console.print(f"Fetching Apache Kafka {KAFKA_VERSION}: {jars} jars, once", highlight=False)
    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(f"Fetching Apache Kafka {KAFKA_VERSION}, once", total=jars)
        yield functools.partial(progress.advance, task)
