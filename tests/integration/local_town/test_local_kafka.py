"""Kafka on one machine: restarts, strictness, and a clean end."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaTimeoutError

from deploy.local.kafka import Kafka, start_kafka
from deploy.local.processes import DidNotStart

MESSAGES = 2_000


def make_topic(bootstrap: str, name: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    admin.close()


def write(bootstrap: str, topic: str) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    sent = [producer.send(topic, str(number).encode()) for number in range(MESSAGES)]
    for record in sent:
        record.get(timeout=20)
    producer.close()


def read(bootstrap: str, topic: str) -> list[int]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
    consumer.assign([TopicPartition(topic, 0)])
    try:
        return [int(next(consumer).value) for _ in range(MESSAGES)]
    finally:
        consumer.close()


def test_what_kafka_acknowledged_survives_kill_9_and_restart(kafka: Kafka, tmp_path: Path) -> None:
    make_topic(kafka.bootstrap, "notes")
    write(kafka.bootstrap, "notes")
    os.kill(kafka.pid, signal.SIGKILL)
    again = start_kafka(tmp_path, port=int(kafka.bootstrap.partition(":")[2]))
    try:
        assert again.bootstrap == kafka.bootstrap
        assert read(again.bootstrap, "notes") == list(range(MESSAGES))
    finally:
        again.stop()


def test_a_misspelt_topic_is_not_made_and_after_stop_no_process_and_no_port_is_left(kafka: Kafka) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, max_block_ms=1_000)
    with pytest.raises(KafkaTimeoutError):
        producer.send("notse", b"lost")
    producer.close()
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    assert "notse" not in admin.list_topics()
    admin.close()
    kafka.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(kafka.pid, 0)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(kafka.bootstrap.partition(":")[2]))) != 0
    kafka.stop()  # harmless twice


def test_a_broken_folder_is_reported_with_the_log(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "topics").mkdir(parents=True)
    (tmp_path / "kafka" / "topics" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=other\n")
    with pytest.raises(DidNotStart, match=r"(?s)kafka: ended while.*kafka\.log.*node.id"):
        start_kafka(tmp_path)


def test_a_missing_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRELLIS_JAVA", str(tmp_path / "nowhere" / "java"))
    with pytest.raises(DidNotStart, match=r"kafka cannot be run.*nowhere/java"):
        start_kafka(tmp_path)
