"""A short cut to uvicorn's connection for an answer that is all there: one write in place of two, and no second look.

It does what `RequestResponseCycle.send` does for a head and a whole body (uvicorn 0.54), leaving out the checks that
the strict parser of the upstream's answer has made already. Whoever is not exactly that gets plain ASGI messages.
"""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from services.gateway.passthrough.terms import Header, Send


def answer_at_once(send: Send, status: int, headers: list[Header], body: bytes) -> bool:
    """Write the answer if `send` is uvicorn's own and nothing about it is unusual; False if nothing was done.

    `headers` hold a `content-length` that is the body's, and no `connection`.
    """
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or not _usual(cycle):
        return False
    lines = [name + b": " + value for name, value in (*cycle.default_headers, *headers)]
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(STATUS_LINE[status] + b"\r\n".join(lines) + b"\r\n\r\n" + body)
    cycle.message_event.set()
    cycle.on_response()
    return True


def _usual(cycle: RequestResponseCycle) -> bool:
    """A kept connection with a client that reads, no access log to write, and an answer that has not begun."""
    return not (
        not cycle.keep_alive
        or cycle.response_started
        or cycle.disconnected
        or cycle.flow.write_paused
        or cycle.access_log
        or cycle.scope["method"] == "HEAD"
    )
