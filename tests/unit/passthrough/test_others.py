"""When one process of a service goes, its requests go to another: those that were not sent, and those that say so."""

from services.gateway.passthrough import Breaker, Fleet, Upstream
from tests.unit.passthrough.gate import OK, Line, always, ask, behaving, gate, get, post
from tests.unit.passthrough.test_failures import nobody

KEYED = post(b"hello", "idempotency-key: just-once-please")


async def closes_when_used_again(line: Line) -> None:
    """Answers once, and breaks the kept connection when the next request comes, as a process that ends does."""
    await line.head()
    await line.say(OK)
    await line.head()


async def test_what_one_process_does_not_take_another_one_does_whatever_the_method() -> None:
    async with behaving(always(OK)) as (port, lines), gate(nobody(), other_ports=(nobody(), port)) as gateway:
        assert (await ask(gateway, post(b"hello"))).status == 200
        assert (await ask(gateway, get())).status == 200
    assert lines


async def test_where_no_process_takes_it_it_is_503() -> None:
    async with gate(nobody(), other_ports=(nobody(),)) as gateway:
        assert (await ask(gateway, post(b"hello"))).status == 503


async def test_a_request_with_a_key_is_sent_again_where_its_connection_ended_and_one_without_is_not() -> None:
    async with behaving(closes_when_used_again) as (port, lines), gate(port) as gateway:
        assert (await ask(gateway, get())).status == 200
        assert (await ask(gateway, KEYED)).status == 200
        assert (await ask(gateway, post(b"hello"))).status == 502
    assert len(lines) == 2


def test_others_that_are_left_alone_for_now_come_last() -> None:
    breaker = Breaker(most_failures=1)
    one, two, three = [Upstream("10.1.0.7", 8000 + number) for number in range(3)]
    fleet = Fleet([one, two, three], breaker)
    assert list(fleet.others(one)) == [two, three]
    breaker.failed(two)
    assert list(fleet.others(one)) == [three, two]
    assert list(Fleet([one], breaker).others(one)) == []
