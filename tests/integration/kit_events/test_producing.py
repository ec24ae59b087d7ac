"""The producer: it answers in time, whatever the broker does, and what it gave up on is not sent behind our back."""

import time

from deploy.local.kafka import Kafka
from kit.bus import Outgoing
from tests.integration.kit_events.lending import IMPATIENT, Library
from tests.support.eventually import AT_ONCE_SECONDS
from tests.support.servers import paused


async def test_a_broker_that_does_not_answer_costs_an_error_in_time(library: Library, kafka: Kafka) -> None:
    records = [library.record("copy_1", loan) for loan in range(1, 21)]
    with paused(kafka.pid):
        began = time.monotonic()
        results = await library.producer.send_all(records)
        took = time.monotonic() - began
    assert all(isinstance(result, Exception) for result in results)
    assert took < IMPATIENT["delivery_timeout_ms"] / 1000 + AT_ONCE_SECONDS
    await library.put([library.record("copy_2", 1)])


async def test_each_record_has_a_result_of_its_own(library: Library) -> None:
    good, fat = library.record("copy_1", 1), Outgoing(library.topic, b"copy_1", b"x" * 2_000_000)
    elsewhere = Outgoing("lending-nowhere", b"copy_1", b"{}")
    results = await library.producer.send_all([good, fat, elsewhere, good])
    assert [result is None for result in results] == [True, False, False, True]
    assert len(await library.records()) == 2
