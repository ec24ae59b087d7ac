"""What is told of hops: batched, complete, and no reason for a request to fail."""

import time

import orjson

from services.gateway.told import Hops


def tell(hops: Hops, status: int = 200) -> None:
    hops.tell(
        route="/v1/me",
        method="GET",
        status=status,
        began=time.perf_counter(),
        correlation_id="story-1",
        caller=("person_1", "district_1"),
    )


def test_lines_are_held_for_a_moment_and_written_together() -> None:
    written: list[bytes] = []
    hops = Hops(written.append)
    for _ in range(3):
        tell(hops)
    assert written == []
    hops.flush()
    hops.flush()
    [together] = written
    lines = [orjson.loads(line) for line in together.splitlines()]
    assert [line["caller_id"] for line in lines] == ["person_1"] * 3
    assert together.endswith(b"\n")


def test_many_lines_do_not_wait_for_the_moment() -> None:
    written: list[bytes] = []
    hops = Hops(written.append)
    for _ in range(450):
        tell(hops)
    assert sum(len(part.splitlines()) for part in written) == 400


def test_after_the_end_each_line_is_written_at_once() -> None:
    written: list[bytes] = []
    hops = Hops(written.append)
    tell(hops)
    hops.close()
    tell(hops, 499)
    assert [len(part.splitlines()) for part in written] == [1, 1]


def test_a_log_that_nobody_reads_fails_no_request() -> None:
    def broken(_lines: bytes) -> None:
        raise BrokenPipeError

    hops = Hops(broken)
    hops.close()
    tell(hops)


def test_an_answer_that_never_came_is_told_as_an_error() -> None:
    written: list[bytes] = []
    hops = Hops(written.append)
    for status in (200, 404, 500, 0):
        tell(hops, status)
    hops.flush()
    assert [orjson.loads(line)["level"] for line in written[0].splitlines()] == ["info", "info", "error", "error"]
