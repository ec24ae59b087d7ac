"""The relay seen closely: its windows, its marks, what it counts, and what it says when the store is away."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from deploy.local.mongo import Mongo as Mongod
from kit import crash_points
from kit.clock import now
from kit.leases import LeaseLost, Leases
from kit.mongo import Document, Mongo, Session
from kit.outbox import Relay, refill
from kit.outbox import archive as archive_module
from kit.outbox import relay as relay_module
from kit.outbox.relay import LANES, _Lane
from kit.outbox.watch import Watch
from kit.signals import StopSignal
from kit.transaction import OUTBOX, SLOTS
from tests.integration.kit_events.lending import Library, running
from tests.support.eventually import eventually


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def rows_of(library: Library) -> list[Document]:
    return await library.mongo.database[OUTBOX.name].find().sort([("key", 1), ("sequence", 1)]).to_list(None)


async def test_small_windows_send_everything_once_in_order(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "WINDOW", 7)
    monkeypatch.setattr(relay_module, "_MARKED_ASIDE", 3)
    sent = counted("outbox_sent_total", topic=library.topic)
    await library.lend_many(copies=30, times=3)
    async with running(library.relay(lease_seconds=600.0)):
        await eventually(library.all_sent)
    assert await library.sequences() == {f"copy_{number}": [1, 2, 3] for number in range(30)}
    assert counted("outbox_sent_total", topic=library.topic) == sent + 90
    assert all(row["sent_at"] >= row["created_at"] for row in await rows_of(library))


async def test_a_window_holds_what_waits_in_its_lane_and_no_more(library: Library) -> None:
    await library.lend_many(copies=40, times=2)
    relay = library.relay(lease_seconds=600.0)
    slots = dict(await relay.leases.tend())
    assert len(slots) == SLOTS
    rows = await relay._window(_Lane(0), slots)
    assert len(rows) == 80
    assert [(row["slot"], row["key"], row["sequence"]) for row in rows] == sorted(
        (row["slot"], row["key"], row["sequence"]) for row in rows
    )
    half = rows[40]["slot"]
    later = await relay._window(_Lane(0, start=half), slots)
    assert {row["_id"] for row in later} == {row["_id"] for row in rows if row["slot"] >= half}
    assert await relay._window(_Lane(0, start=SLOTS), slots) == await relay._window(_Lane(0), {}) == []
    marking = _Lane(0, to_mark={rows[0]["_id"]: (rows[0]["slot"], 1)})
    assert [row["_id"] for row in await relay._window(marking, slots)] == [row["_id"] for row in rows[1:]]


async def test_a_key_that_rests_is_left_alone_until_its_time_is_up(library: Library) -> None:
    await library.lend_many(copies=4, times=1)
    relay = library.relay(lease_seconds=600.0, poll_seconds=600.0)
    slots = dict(await relay.leases.tend())
    with capture_logs() as lines:
        relay._rest({"copy_1": TimeoutError(), "copy_2": KeyError()})
    relay._rest({"copy_3": KeyError()})
    assert lines == [
        {"event": "facts_not_sent", "log_level": "warning", "keys": 2, "errors": ["KeyError", "TimeoutError"],
         "example": "copy_1"}
    ]  # fmt: skip
    assert [row["key"] for row in await relay._window(_Lane(0), slots)] == ["copy_0"]
    short = library.relay(poll_seconds=0.0)
    short._rest({"copy_1": TimeoutError()})
    assert len(await short._window(_Lane(0), slots)) == 4


async def test_of_a_key_nothing_is_marked_from_its_first_failure_on(library: Library) -> None:
    await library.lend("copy_1", times=3)
    await library.lend("copy_2", times=2)
    rows, relay = await rows_of(library), library.relay()
    failed = counted("outbox_send_failures_total", reason="TimeoutError")
    sent = relay._sent(rows, [None, TimeoutError(), None, None, None])
    assert [(row["key"], row["sequence"]) for row in sent] == [("copy_1", 1), ("copy_2", 1), ("copy_2", 2)]
    assert counted("outbox_send_failures_total", reason="TimeoutError") == failed + 1
    with pytest.raises(ValueError, match="shorter"):
        relay._sent(rows, [None])


async def test_what_was_sent_is_not_marked_by_somebody_who_lost_the_slots(library: Library) -> None:
    await library.lend("copy_1", times=2)
    relay, lane = library.relay(lease_seconds=600.0), _Lane(0)
    slots = dict(await relay.leases.tend())
    await relay._relay(lane, await relay._window(lane, slots), slots)
    assert list(lane.to_mark) == [row["_id"] for row in await rows_of(library)]
    assert all(slots[slot] == token for slot, token in lane.to_mark.values())
    await _taken_over(library, relay)
    with pytest.raises(LeaseLost):
        await relay._mark(lane)
    assert lane.to_mark == {}
    assert await library.unsent() == 2


async def test_marks_fall_with_their_transaction_and_the_first_one_stays(library: Library) -> None:
    await library.lend("copy_1")
    relay, lane = library.relay(lease_seconds=600.0), _Lane(0)
    slots = dict(await relay.leases.tend())
    await relay._relay(lane, await relay._window(lane, slots), slots)
    marked = dict(lane.to_mark)

    async def conflicts(session: Session) -> None:
        await relay._mark_once(marked, session)
        raise RuntimeError("a takeover at the same moment")

    with pytest.raises(RuntimeError, match="takeover"):
        await library.mongo.transact(conflicts)
    assert await library.unsent() == 1
    await relay._mark(lane)
    [first] = await rows_of(library)
    await library.mongo.transact(partial(relay._mark_once, marked))
    assert await rows_of(library) == [first]


async def _taken_over(library: Library, relay: Relay) -> None:
    """Somebody else holds all slots now, which the relay has not heard of."""
    table = library.mongo.database["leases"]
    await table.update_many({"holder": relay.leases.worker_id}, {"$set": {"until": now().replace(year=2020)}})
    await table.delete_one({"_id": f"outbox:{relay.leases.worker_id}"})
    assert len(await Leases(library.mongo, "outbox", SLOTS, 600.0).tend()) == SLOTS


async def test_nothing_is_sent_under_a_lease_that_ran_out(library: Library) -> None:
    await library.lend("copy_1")
    relay, lane = library.relay(lease_seconds=600.0), _Lane(0)
    slots = dict(await relay.leases.tend())
    rows = await relay._window(lane, slots)
    with pytest.raises(LeaseLost, match=r"^the lease ran out before sending$"):
        await relay._relay(lane, rows, {slot: token + 1 for slot, token in slots.items()})
    await relay.leases.hand_back()
    with pytest.raises(LeaseLost):
        await relay._relay(lane, rows, slots)
    assert await library.records() == []


async def test_slots_in_use_are_kept_while_their_facts_are_on_their_way(library: Library) -> None:
    await library.lend("copy_1")
    relay, lane = library.relay(lease_seconds=600.0), _Lane(0)
    slots = dict(await relay.leases.tend())
    in_use: list[int] = []
    sending = asyncio.create_task(relay._relay(lane, await relay._window(lane, slots), slots))
    while not sending.done():
        in_use.append(sum(relay.leases._in_use.values()))
        await asyncio.sleep(0)
    await sending
    assert max(in_use) == 1
    await relay._mark(lane)
    assert sum(relay.leases._in_use.values()) == 0
    assert await library.all_sent()


async def test_every_named_point_of_the_relay_is_passed(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = tmp_path / "passes"
    passes.touch()
    monkeypatch.setattr(crash_points, "_ORDERS", str(tmp_path))
    await library.lend("copy_1")
    async with running(library.relay()):
        await eventually(library.all_sent)
    points = list(dict.fromkeys(line.partition("@")[2] for line in passes.read_text().splitlines()))
    assert [point for point in points if point.startswith("relay.")] == [
        "relay.read", "relay.acknowledged", "relay.marked"
    ]  # fmt: skip


async def test_each_lane_serves_its_own_slots(library: Library) -> None:
    await library.lend_many(copies=40, times=1)
    relay = library.relay(lease_seconds=600.0)
    await relay.leases.tend()
    for number in range(LANES):
        lane = _Lane(number)
        await relay._round(lane)
        assert {slot % LANES for slot, _ in lane.to_mark.values()} == {number}
        assert lane.start == 0
        await relay._mark(lane)
    assert await library.all_sent()
    assert len(await library.records()) == 40


async def test_a_full_window_lets_the_other_slots_come_first(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "WINDOW", 5)
    await library.lend_many(copies=40, times=1)
    relay, lane = library.relay(lease_seconds=600.0), _Lane(1)
    await relay.leases.tend()
    await relay._round(lane)
    last = max(slot for slot, _ in lane.to_mark.values())
    assert len(lane.to_mark) == 5
    assert lane.start == (last + 1) % SLOTS


async def test_the_gauges_say_zero_when_nothing_waits(library: Library) -> None:
    relay = library.relay(lease_seconds=600.0)
    await relay.leases.tend()
    await library.lend("copy_1", times=3)
    await library.mongo.database[OUTBOX.name].update_many({}, {"$set": {"created_at": now().replace(year=2020)}})
    assert (await relay.measure()).rows == counted("outbox_unsent_rows") == 3
    assert counted("outbox_oldest_seconds") > 86_400
    await library.mongo.database[OUTBOX.name].update_many({}, {"$set": {"created_at": now().replace(year=2090)}})
    assert (await relay.measure()).oldest_seconds == 0.0
    await library.mongo.database[OUTBOX.name].update_many({}, {"$set": {"sent_at": now()}})
    waiting = await relay.measure()
    assert (waiting.rows, waiting.oldest_seconds) == (0, 0.0)
    assert counted("outbox_unsent_rows") == counted("outbox_oldest_seconds") == 0


async def test_the_gauges_count_up_to_a_bound(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "_COUNTED", 2)
    relay = library.relay(lease_seconds=600.0)
    await library.lend("copy_1", times=3)
    assert (await relay.measure()).rows == 0, "of its own slots alone"
    await relay.leases.tend()
    assert (await relay.measure()).rows == 2


async def test_a_relay_whose_store_is_gone_says_so_and_ends_in_order(library: Library, mongod: Mongod) -> None:
    gone = Mongo(mongod.admin_url, library.mongo.database.name)
    relay = Relay(gone, library.producer, lease_seconds=0.5, poll_seconds=0.05)

    def told(line: str) -> list[object]:
        return [entry["error"] for entry in lines if entry["event"] == line and entry["log_level"] == "warning"]

    with capture_logs() as lines:
        async with running(relay):
            await eventually(lambda: len(relay.leases.held()) == SLOTS)
            gone.close()
            await eventually(lambda: told("outbox_store_unreachable") and told("outbox_leases_unreachable"))
    assert set(told("outbox_store_unreachable")) <= {"InvalidOperation", "Refusals", "PyMongoError"}
    assert set(told("outbox_leases_unreachable")) == {"InvalidOperation"}
    assert told("outbox_leases_not_handed_back") == ["InvalidOperation"]


async def test_a_lease_lost_on_the_way_is_told_and_the_relay_goes_on(library: Library) -> None:
    relay = library.relay(lease_seconds=5.0, poll_seconds=0.05)
    with capture_logs() as lines:
        async with running(relay):
            await eventually(lambda: len(relay.leases.held()) == SLOTS)
            table = library.mongo.database["leases"]
            await table.update_many({"part": {"$ne": None}}, {"$inc": {"token": 1}})
            await library.lend("copy_1")
            await eventually(lambda: [line for line in lines if line["event"] == "outbox_lease_lost"])
            await eventually(library.all_sent)
    (first, *_) = [line for line in lines if line["event"] == "outbox_lease_lost"]
    assert (first["log_level"], first["reason"]) == ("warning", "outbox: 1 of 1 parts")


async def test_a_watch_ends_every_wait_at_an_insert_or_when_it_is_told(library: Library) -> None:
    watch, stop = Watch(library.mongo, OUTBOX.name), StopSignal()
    task = asyncio.create_task(watch.run(stop))
    waits = [asyncio.create_task(watch.changed(lane, 600)) for lane in range(2)]
    await eventually(lambda: _ended(library, waits), every=0.3)
    await asyncio.gather(*waits)
    waiting = asyncio.create_task(watch.changed(0, 600))
    await watch.changed(1, 0.01)
    watch.notify()
    await waiting
    watch.notify()
    await watch.changed(0, 600)
    await eventually(lambda: _open_cursors(library))
    stop.set()
    await task
    assert await _open_cursors(library) == 0


async def test_a_watch_that_nobody_waits_for_ends_too_when_it_is_told(library: Library) -> None:
    watch, stop = Watch(library.mongo, OUTBOX.name), StopSignal()
    task = asyncio.create_task(watch.run(stop))
    await eventually(lambda: _open_cursors(library))
    stop.set()
    await task
    assert await _open_cursors(library) == 0


async def _open_cursors(library: Library) -> int:
    """Change streams that the store keeps for somebody, whether it is asked just now or not."""
    of_ours = {"cursor": {"$exists": True}, "ns": f"{library.mongo.database.name}.{OUTBOX.name}"}
    ask: list[Document] = [{"$currentOp": {"allUsers": True, "idleCursors": True}}, {"$match": of_ours}]
    return len(await library.mongo.client["admin"].aggregate(ask).to_list(None))


async def _ended(library: Library, waits: list["asyncio.Task[None]"]) -> bool:
    """Another insert, until the stream that is being opened has seen one."""
    await library.lend("copy_1")
    return all(wait.done() for wait in waits)


async def test_a_watch_that_the_store_refuses_tries_again_later(mongod: Mongod) -> None:
    closed, stop = Mongo(mongod.admin_url, "watched"), StopSignal()
    closed.close()
    with capture_logs() as lines:
        task = asyncio.create_task(Watch(closed, OUTBOX.name).run(stop))
        await eventually(lambda: lines)
        stop.set()
        await task
    assert lines == [{"event": "outbox_watch_interrupted", "log_level": "info", "error": "InvalidOperation"}]


async def test_a_refill_goes_page_by_page_through_the_whole_archive(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "_PAGE", 4)
    await library.lend_many(copies=5, times=2)
    outbox = library.mongo.database[OUTBOX.name]
    await outbox.update_many({}, {"$set": {"sent_at": now()}})
    await outbox.update_one({"key": "copy_1", "sequence": 2}, {"$set": {"sent_at": None}})
    await outbox.update_one({"key": "copy_2", "sequence": 1}, {"$set": {"topic": "lending-others"}})
    counts: list[int] = []
    assert await refill(library.mongo, library.topic, counts.append) == 8
    assert counts == [4, 8]
    assert await refill(library.mongo, library.topic) == 0
    assert await library.unsent() == 9


async def test_a_relay_that_is_told_to_stop_marks_what_it_has_sent(library: Library) -> None:
    await library.lend_many(copies=20, times=5)
    relay = Relay(library.mongo, library.producer, lease_seconds=600.0, poll_seconds=600.0)
    assert (relay.leases.area, relay.leases.parts, relay.leases.seconds) == ("outbox", SLOTS, 600.0)
    async with running(relay) as (working,):
        await eventually(lambda: _some_sent(library))
        working.signal.set()
        relay.wake()
    sent = {row["_id"] for row in await rows_of(library) if row["sent_at"]}
    on_topic = {dict(record.headers)["ce_id"].decode() for record in await library.records()}
    assert on_topic == sent, "what is on the topic is marked, and what is marked is on the topic"


async def _some_sent(library: Library) -> bool:
    return bool(await library.mongo.database[OUTBOX.name].count_documents({"sent_at": {"$ne": None}}))
