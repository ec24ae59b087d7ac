"""Dead letters: listed, shown, replayed and dropped with nothing but the broker's address."""

import asyncio

import pytest

from kit.bus import Outgoing
from kit.dead_letters import (
    DeadLetter,
    NoSuchDeadLetter,
    dead_letter_topic,
    drop_letters,
    replay_letters,
    show_letter,
)
from tests.integration.kit_events.lending import CopyBroken, Library, refusing, running
from tests.support.eventually import eventually


async def put_three_aside(library: Library) -> list[DeadLetter]:
    await library.put([library.record("copy_1", loan) for loan in range(1, 4)])
    async with running(library.consumer(refusing(CopyBroken, bool))):
        await eventually(lambda: _count(library, 3))
    return await library.letters()


async def _count(library: Library, count: int) -> bool:
    return len(await library.letters()) == count


async def test_a_replayed_letter_is_handled_and_gone(library: Library) -> None:
    first, *others = await put_three_aside(library)
    topic = dead_letter_topic(library.name)
    replayed = await asyncio.to_thread(replay_letters, library.bootstrap, topic, [first.letter_id])
    assert [letter.event_id for letter in replayed] == ["fact_copy_1_1"]
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(1))
    assert await library.letters() == others


async def test_a_replay_leaves_those_in_peace_who_have_done_the_event(library: Library) -> None:
    letters = await put_three_aside(library)
    everyone = [letter.letter_id for letter in letters]
    async with running(library.consumer()):
        await library.put([library.record("copy_1", 2)])
        await eventually(lambda: library.heard_in_all_is(1))
        await asyncio.to_thread(replay_letters, library.bootstrap, dead_letter_topic(library.name), everyone)
        await eventually(lambda: library.heard_in_all_is(3))
    assert await library.letters() == []


async def test_a_dropped_letter_is_gone_and_the_others_stay(library: Library) -> None:
    first, second, third = await put_three_aside(library)
    topic = dead_letter_topic(library.name)
    await asyncio.to_thread(drop_letters, library.bootstrap, topic, [second.letter_id])
    assert await library.letters() == [first, third]
    with pytest.raises(NoSuchDeadLetter, match=second.letter_id):
        await asyncio.to_thread(replay_letters, library.bootstrap, topic, [first.letter_id, second.letter_id])
    assert await library.letters() == [first, third], "nothing of a request with a wrong id is done"


async def test_a_letter_shows_where_it_came_from_and_why(library: Library) -> None:
    first, *_ = await put_three_aside(library)
    shown = await asyncio.to_thread(show_letter, library.bootstrap, dead_letter_topic(library.name), first.letter_id)
    assert shown == first
    assert (shown.topic, shown.consumer, shown.reason) == (library.topic, library.name, "refused")
    assert shown.detail == "Refusals copy-broken"
    assert (shown.type, shown.correlation_id, shown.key) == ("lending.copy.lent.v1", "corr_test", b"copy_1")
    assert (
        shown.original() == library.record("copy_1", 1) or shown.original().value == library.record("copy_1", 1).value
    )


async def test_the_same_record_put_aside_twice_is_one_letter(library: Library) -> None:
    letters = await put_three_aside(library)
    topic = dead_letter_topic(library.name)
    twice = [Outgoing(topic, one.key, one.value, list(one.headers)) for one in library.on_topic(topic)]
    await library.put(twice)
    assert len(library.on_topic(topic)) == 6
    assert await library.letters() == letters
