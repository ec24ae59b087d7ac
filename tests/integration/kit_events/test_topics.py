"""Topics: declared, compared, made; a second time nothing changes, and what is not declared is left alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from deploy.local.kafka import Kafka
from kit.bus import Change, ConsumerThread, Topic, TopicChange, apply_topics, plan_topics
from tests.support.eventually import eventually


def topic(name: str, partitions: int = 2, days: int = 3) -> Topic:
    return Topic(name, partitions, timedelta(days=days), False, "copy id", "lending", ("catalogue",))


async def applied(kafka: Kafka, topics: Sequence[Topic]) -> list[TopicChange]:
    return await asyncio.to_thread(apply_topics, kafka.bootstrap, topics)


async def planned(kafka: Kafka, topics: Sequence[Topic]) -> list[TopicChange]:
    return await asyncio.to_thread(plan_topics, kafka.bootstrap, topics)


async def test_a_plan_says_what_would_be_made_and_makes_nothing(kafka: Kafka) -> None:
    wanted = [topic("plans-copies")]
    expected = [TopicChange("plans-copies", Change.CREATED, "partitions", "none", "2")]
    assert await planned(kafka, wanted) == expected
    assert await planned(kafka, wanted) == expected
    assert await applied(kafka, wanted) == expected
    assert await planned(kafka, wanted) == []
    assert await applied(kafka, wanted) == []


async def test_partitions_are_raised_and_never_lowered(kafka: Kafka) -> None:
    await applied(kafka, [topic("widths-copies", partitions=2)])
    (raised,) = await applied(kafka, [topic("widths-copies", partitions=4)])
    assert str(raised) == "widths-copies: partitions raised partitions: 2 -> 4"
    (kept,) = await applied(kafka, [topic("widths-copies", partitions=3)])
    assert kept.change is Change.PARTITIONS_KEPT
    assert await planned(kafka, [topic("widths-copies", partitions=4)]) == []


async def test_settings_follow_the_declaration(kafka: Kafka) -> None:
    made = topic("settings-copies", days=3)
    await applied(kafka, [made])
    (change,) = await applied(kafka, [replace(made, retention=timedelta(days=1))])
    assert (change.setting, change.was, change.becomes) == ("retention.ms", "259200000", "86400000")
    (change,) = await applied(kafka, [replace(made, compacted=True)])
    assert (change.setting, change.was, change.becomes) == ("cleanup.policy", "delete", "compact")


async def test_topics_of_others_are_left_alone(kafka: Kafka) -> None:
    await applied(kafka, [topic("mine-copies"), topic("theirs-copies")])
    assert await applied(kafka, [topic("mine-copies")]) == []
    assert await planned(kafka, [topic("theirs-copies")]) == []


async def test_a_listener_hears_of_new_partitions_however_short_its_polls(kafka: Kafka) -> None:
    name = "widening-copies"
    await applied(kafka, [topic(name, partitions=1)])
    thread = ConsumerThread(
        kafka.bootstrap, name, [name], poll_ms=1, metadata_max_age_ms=200, heartbeat_interval_ms=300
    )
    thread.start()
    try:
        for partitions in (1, 2, 3):
            await applied(kafka, [topic(name, partitions)])
            await eventually(partial(_has, thread, partitions))
    finally:
        await thread.stop()


def _has(thread: ConsumerThread, partitions: int) -> bool:
    return len(thread.positions()) == partitions
