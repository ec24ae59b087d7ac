"""What two readers of a request's head could understand differently is refused before it is sent."""

from typing import Any

import pytest

from services.gateway.passthrough import Limits, Upstream
from services.gateway.passthrough.head import Heads
from services.gateway.passthrough.terms import Failed, Header
from tests.support.eventually import eventually
from tests.unit.passthrough.gate import OK, always, ask, behaving, gate, get, header

HOST = (b"host", b"district.example")
SERVICE = Upstream("127.0.0.1", 9000)


def request(
    *headers: Header, method: str = "POST", path: bytes = b"/", version: str = "1.1", query: bytes = b""
) -> Any:
    return {
        "type": "http",
        "http_version": version,
        "method": method,
        "scheme": "https",
        "raw_path": path,
        "query_string": query,
        "headers": list(headers),
        "client": ("203.0.113.9", 50000),
    }


def read(scope: Any, *own: Header, path: bytes | None = None) -> tuple[bytes, int | None]:
    return Heads(Limits()).read(scope, SERVICE, own, path)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"content-length", b"5"), (b"transfer-encoding", b"chunked")], 400),
        ([(b"transfer-encoding", b"chunked"), (b"content-length", b"5")], 400),
        ([(b"content-length", b"5"), (b"content-length", b"6")], 400),
        ([(b"content-length", b"5"), (b"content-length", b"5")], 400),
        ([(b"content-length", b"5, 5")], 400),
        ([(b"content-length", b"+5")], 400),
        ([(b"content-length", b"-5")], 400),
        ([(b"content-length", b"0x5")], 400),
        ([(b"content-length", b"5 ")], 400),
        ([(b"content-length", b"")], 400),
        ([(b"content-length", "٥".encode())], 400),
        ([(b"content-length", b"9" * 19)], 400),
        ([(b"transfer-encoding", b"gzip, chunked")], 501),
        ([(b"transfer-encoding", b"chunked, chunked")], 501),
        ([(b"transfer-encoding", b"xchunked")], 501),
        ([(b"transfer-encoding", b"\x0bchunked")], 501),
        ([(b"transfer-encoding", b"identity")], 501),
        ([(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")], 501),
        ([(b"x-a", b"1\r\n x-folded: 2")], 400),
        ([(b"x-a", b"1\nx-trellis-token: forged")], 400),
        ([(b"x-a", b"1\rx")], 400),
        ([(b"x-a", b"1\0")], 400),
        ([(b"content-length ", b"5")], 400),
        ([(b"x a", b"1")], 400),
        ([(b"x:a", b"1")], 400),
        ([(b"", b"1")], 400),
        ([(b"host", b"other.example")], 400),
        ([(b"expect", b"200-ok")], 417),
    ],
    ids=repr,
)
def test_a_head_that_could_be_read_in_two_ways_is_refused(headers: list[Header], status: int) -> None:
    with pytest.raises(Failed) as caught:
        read(request(HOST, *headers))
    assert caught.value.failure.status == status


@pytest.mark.parametrize(
    "path", [b"/a b", b"*", b"", b"http://x/", b"/a\r\nx: y", b"/\xff", b"/a#b", b"/\x7f"], ids=repr
)
def test_a_target_that_is_no_plain_path_is_refused(path: bytes) -> None:
    for scope, given in ((request(HOST, path=path), None), (request(HOST), path)):
        with pytest.raises(Failed) as caught:
            read(scope, path=given)
        assert caught.value.failure.status == 400


@pytest.mark.parametrize("host", [b"a b", b"a/b", b"a@b", b"a,b", b'"', b"a\r\nb"], ids=repr)
def test_a_host_that_is_no_host_is_refused(host: bytes) -> None:
    with pytest.raises(Failed) as caught:
        read(request((b"host", host)))
    assert caught.value.failure.status == 400


def test_only_an_old_client_may_leave_out_the_host() -> None:
    with pytest.raises(Failed):
        read(request())
    head, _ = read(request(version="1.0"))
    assert header(head, "host") == ["127.0.0.1:9000"]


def test_an_old_client_has_no_chunks() -> None:
    with pytest.raises(Failed) as caught:
        read(request(HOST, (b"transfer-encoding", b"chunked"), version="1.0"))
    assert caught.value.failure.status == 400


def test_the_head_says_who_asked_and_for_which_host() -> None:
    head, length = read(request(HOST, (b"content-length", b"7"), path=b"/x", query=b"a=1"), (b"x-trellis-token", b"t"))
    assert length == 7
    assert head == (
        b"POST /x?a=1 HTTP/1.1\r\nhost: 127.0.0.1:9000\r\nx-forwarded-host: district.example\r\n"
        b"x-forwarded-for: 203.0.113.9\r\nx-forwarded-proto: https\r\nx-trellis-token: t\r\ncontent-length: 7\r\n\r\n"
    )


def test_another_path_keeps_the_query() -> None:
    head, _ = read(request(HOST, path=b"/v1/x", query=b"a=1"), path=b"/x")
    assert head.startswith(b"POST /x?a=1 HTTP/1.1\r\n")


def test_a_post_without_a_body_says_so() -> None:
    head, length = read(request(HOST, (b"accept", b"*/*"), (b"content-length", b"0")))
    assert length == 0
    assert header(head, "content-length") == ["0"]


def test_a_name_the_gateway_speaks_under_is_not_taken_from_outside_whoever_comes_first() -> None:
    heads = Heads(Limits())
    theirs, ours = (b"traceparent", b"theirs"), (b"traceparent", b"ours")
    assert header(heads.read(request(HOST, theirs), SERVICE, (), None)[0], "traceparent") == ["theirs"]
    for _ in range(2):
        assert header(heads.read(request(HOST, theirs), SERVICE, (ours,), None)[0], "traceparent") == ["ours"]


def test_invented_names_do_not_fill_the_memory() -> None:
    heads = Heads(Limits())
    for number in range(5_000):
        name = b"x-%d" % number
        head, _ = heads.read(request((b"host", b"h%d" % number), (name, b"1")), SERVICE, (), None)
        assert header(head, name.decode()) == ["1"]
    assert len(heads._openings) <= 1024
    assert len(heads._forwarded) <= 1024


@pytest.mark.parametrize(
    "lines",
    [
        ("content-length: 5", "transfer-encoding: chunked"),
        ("content-length: 5", "content-length: 6"),
        ("transfer-encoding: chunked, identity",),
        ("content-length: +5",),
        ("content-length : 5",),
        ("x-a: 1\r\n x-folded: 2", "content-length : 5"),
        ("x-a: 1\nx-b: 2",),
    ],
    ids=repr,
)
async def test_smuggled_requests_never_reach_the_service(lines: tuple[str, ...]) -> None:
    async with behaving(always(OK)) as (port, connections), gate(port) as gateway:
        answer = await ask(gateway, get("/", *lines, method="POST") + b"0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n")
        assert answer.status in (400, 501)
        assert (await ask(gateway, get())).status == 200
        await eventually(lambda: gateway.statuses[-1:] == [200])
    assert len(connections) == 1
