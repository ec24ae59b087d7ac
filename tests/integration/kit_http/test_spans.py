"""Spans: where a collector is named, each request becomes a span of the caller's trace, told by its template."""

from dataclasses import dataclass, field
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deploy.local.mongo import Mongo
from deploy.local.processes import free_port
from tests.integration.kit_http.gateway_keys import GatewayKeys, serving
from tests.integration.kit_http.running import MAYA, running_library

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@dataclass
class Collector:
    """Takes spans in OTLP over HTTP."""

    port: int
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append(await Request(scope, receive).body())
        await Response()(scope, receive, send)


async def test_a_request_is_a_span_of_the_callers_trace(
    library_mongo: Mongo, gateway: GatewayKeys, tmp_path: Path
) -> None:
    collector = Collector(free_port())
    async with serving(collector, collector.port):
        mongo_url, endpoint = library_mongo.url_for("library"), f"http://127.0.0.1:{collector.port}"
        async with running_library(mongo_url, gateway, tmp_path, LIBRARY_OTLP_ENDPOINT=endpoint) as library:
            headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "x-correlation-id": "story-of-a-span"}
            answer = await library.ask("GET", "/v1/loans/maya@example.org?token=hunter2", MAYA, headers)
            assert answer.status_code == 404
    spans = [
        span
        for body in collector.bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scoped in resource.scope_spans
        for span in scoped.spans
        if span.trace_id.hex() == TRACE
    ]
    [span] = spans
    assert (span.name, span.parent_span_id.hex()) == ("GET /v1/loans/{loan_id}", PARENT)
    told = {attribute.key: attribute.value for attribute in span.attributes}
    assert told["trellis.correlation_id"].string_value == "story-of-a-span"
    assert told["http.response.status_code"].int_value == 404
    assert not any(private in body for body in collector.bodies for private in (b"hunter2", b"example.org"))
