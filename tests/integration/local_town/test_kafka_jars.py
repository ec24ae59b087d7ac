"""Kafka's jars: a wrong one is refused, a missing one is fetched, an unreachable one is explained."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local.kafka_jars import JarNotFetched, JarRefused, Pin, kafka_jars, read_pins
from deploy.local.processes import free_port

RIGHT, WRONG = b"the jar that was pinned", b"another jar"
HASH, WRONG_HASH = hashlib.sha256(RIGHT).hexdigest(), hashlib.sha256(WRONG).hexdigest()
PIN = Pin("org.example:tool:1.2", HASH)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A Maven repository on loopback, serving `tmp_path/repository`."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "repository"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def publish(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "repository" / "org" / "example" / "tool" / "1.2"
    folder.mkdir(parents=True)
    (folder / "tool-1.2.jar").write_bytes(content)


def test_a_missing_jar_is_fetched_once_and_then_served_from_the_cache(tmp_path: Path, repository: str) -> None:
    publish(tmp_path, RIGHT)
    first = kafka_jars(tmp_path / "cache", [PIN], repository)
    (tmp_path / "repository" / "org" / "example" / "tool" / "1.2" / "tool-1.2.jar").unlink()
    assert kafka_jars(tmp_path / "cache", [PIN], repository) == first == [tmp_path / "cache" / "tool-1.2.jar"]
    assert first[0].read_bytes() == RIGHT


def test_a_fetched_jar_with_a_wrong_hash_is_refused_and_not_kept(tmp_path: Path, repository: str) -> None:
    publish(tmp_path, WRONG)
    with pytest.raises(JarRefused, match=rf"tool-1\.2\.jar.*{HASH}.*{WRONG_HASH}"):
        kafka_jars(tmp_path / "cache", [PIN], repository)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cached_jar_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tool-1.2.jar").write_bytes(WRONG)
    with pytest.raises(JarRefused, match=rf"tool-1\.2\.jar.*{HASH}.*{WRONG_HASH}"):
        kafka_jars(tmp_path, [PIN])


def test_an_unreachable_repository_says_which_jar_and_what_to_do(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(JarNotFetched, match=r"(?s)org\.example:tool:1\.2.*TRELLIS_MAVEN_REPOSITORY"):
        kafka_jars(tmp_path, [PIN], nobody)
    assert list(tmp_path.iterdir()) == []


def test_every_jar_of_the_list_is_pinned_once_by_a_whole_sha256() -> None:
    pins = read_pins()
    assert len({pin.file_name for pin in pins}) == len(pins) == 45
    assert all(len(pin.sha256) == 64 and int(pin.sha256, 16) for pin in pins)
    assert "org.apache.kafka:kafka_2.13:4.4.0" in {pin.coordinates for pin in pins}
