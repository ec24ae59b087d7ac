"""Rates: counted here, or with all gateways together where a shared store is set."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.processes import free_port, start_process, wait_ready
from services.gateway.rates import Rates, address_of, limit_headers


async def count(rates: Rates, who: str, most: int, times: int) -> list[bool]:
    """Which of so many requests were one too many."""
    return [(await rates.count("person", who, most)).retry_after_seconds is not None for _ in range(times)]


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until a test turns it."""
    clock = [1_800_000_000.0]
    monkeypatch.setattr("services.gateway.rates.time.time", lambda: clock[0])
    return clock


async def test_a_minute_holds_so_many_and_the_next_as_many_again(noon: list[float]) -> None:
    rates = Rates("async+memory://")
    assert await count(rates, "maya", 2, 4) == [False, False, True, True]
    assert await count(rates, "juan", 2, 1) == [False]
    noon[0] += 60
    assert await count(rates, "maya", 2, 1) == [False]


async def test_what_is_left_is_told(noon: list[float]) -> None:
    rates = Rates("async+memory://")
    noon[0] += 18
    allowance = await rates.count("app", "shelf", 5)
    assert dict(allowance.headers) == {b"ratelimit-policy": b'"app";q=5;w=60', b"ratelimit": b'"app";r=4;t=42'}
    assert limit_headers("app", 5, 42)[0] == (b"retry-after", b"42")


@pytest_asyncio.fixture
async def shared_store(tmp_path: Path) -> AsyncIterator[str]:
    """A real Valkey, or the Redis that it comes from."""
    program, port = shutil.which("valkey-server") or shutil.which("redis-server"), free_port()
    assert program is not None, "this longer check needs valkey-server or redis-server on the path"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = start_process("limits", command, {}, tmp_path, port)
    await asyncio.to_thread(wait_ready, port, 10, process)
    yield f"async+valkey://127.0.0.1:{port}"
    process.stop()


@pytest.mark.long
async def test_two_gateways_count_together_in_a_shared_store(shared_store: str, noon: list[float]) -> None:
    one, two = Rates(shared_store), Rates(shared_store)
    assert await count(one, "maya", 3, 2) == [False, False]
    assert await count(two, "maya", 3, 2) == [False, True]
    noon[0] += 60
    assert await count(two, "maya", 3, 1) == [False]
    await one.close()
    await two.close()


async def test_while_the_shared_store_is_away_each_gateway_counts_for_itself(noon: list[float]) -> None:
    assert noon
    rates = Rates(f"async+valkey://127.0.0.1:{free_port()}")
    assert await count(rates, "maya", 2, 3) == [False, False, True]
    await rates.close()


@pytest.mark.parametrize(
    ("client", "forwarded", "proxies", "counted"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "10.0.0.1", 0, "192.0.2.1"),
        ("192.0.2.1", "10.0.0.1, 198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "10.0.0.1, 198.51.100.7, 192.0.2.9", 2, "198.51.100.7"),
        ("192.0.2.1", "10.0.0.1", 2, "192.0.2.1"),
        ("192.0.2.1", "not an address", 1, "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("", "", 0, "unknown"),
    ],
)
def test_a_caller_without_a_token_is_counted_by_an_address_we_can_believe(
    client: str, forwarded: str, proxies: int, counted: str
) -> None:
    assert address_of(client, forwarded, proxies) == counted
