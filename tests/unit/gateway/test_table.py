"""The routing table: what is declared leads somewhere, and nothing else does."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.table import UPLOAD_BYTES, USUAL_BYTES, RoutingTable, targets_of


def operation(scope: str = "loans.read", apps: bool = False, **more: Any) -> dict[str, Any]:
    return {"x-policy": {"scope": scope, "apps": apps, "grants": [["reader", "own"], ["librarian", "school"]]}, **more}


DOCUMENT = {
    "paths": {
        "/v1/loans": {"get": operation(apps=True), "post": operation("loans.write")},
        "/v1/loans/policy": {"get": operation()},
        "/v1/loans/{loan_id}": {"get": operation(), "delete": operation("internal")},
        "/v1/occurrences/{occurrence_id}/placements": {"post": operation(), "get": operation()},
        "/v1/hidden": {"post": operation("internal")},
        "/operations/trace/{correlation_id}": {"get": operation("operations")},
        "/v1/shelf-lists": {"post": operation(responses={"413": {"x-codes": ["request-too-large"]}})},
        "/v1/names": {"post": operation(requestBody={}, responses={"413": {"x-codes": ["request-too-large"]}})},
    }
}
TABLE = RoutingTable(targets_of("library", DOCUMENT))


def found(path: str, method: str = "GET") -> str | None:
    target, _ = TABLE.find(path, method)
    return target.template if target else None


def test_a_path_leads_to_what_was_declared() -> None:
    target, methods = TABLE.find("/v1/loans", "GET")
    assert target is not None
    assert (target.service, target.scope, target.apps) == ("library", "loans.read", True)
    assert target.roles == {"reader", "librarian"}
    assert methods == ("GET", "POST")


def test_a_fixed_segment_wins_over_a_parameter() -> None:
    assert found("/v1/loans/policy") == "/v1/loans/policy"
    assert found("/v1/loans/other") == "/v1/loans/{loan_id}"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/loans/", "/v1//loans", "/v1/loans/a/b", "/", "", "v1/loans", "/v2/loans"]
)
def test_an_undeclared_path_leads_nowhere(path: str) -> None:
    assert TABLE.find(path, "GET") == (None, ())


def test_what_the_town_alone_may_call_is_left_out() -> None:
    assert TABLE.find("/v1/hidden", "POST") == (None, ())
    assert TABLE.find("/v1/loans/x", "DELETE") == (None, ("GET",))
    assert TABLE.find("/operations/trace/corr_1", "GET") == (None, ())


def test_changes_to_one_occurrence_go_to_the_process_that_owns_it() -> None:
    booking, _ = TABLE.find("/v1/occurrences/occ_1/placements", "POST")
    reading, _ = TABLE.find("/v1/occurrences/occ_1/placements", "GET")
    assert booking is not None
    assert reading is not None
    assert (booking.key_segment, reading.key_segment) == (2, None)


def test_a_body_that_is_read_as_a_stream_may_be_large() -> None:
    limits = {target.template: target.most_bytes for target in TABLE.targets}
    assert limits["/v1/shelf-lists"] == UPLOAD_BYTES
    assert limits["/v1/names"] == limits["/v1/loans"] == USUAL_BYTES


@given(st.lists(st.text(string.printable, max_size=8), max_size=6), st.sampled_from(["GET", "POST", "HEAD", "get"]))
def test_no_path_leads_where_its_segments_do_not_fit(segments: list[str], method: str) -> None:
    path = "/" + "/".join(segments)
    target, _ = TABLE.find(path, method)
    if target is not None:
        declared = target.template.split("/")
        came = path.split("/")
        assert len(declared) == len(came)
        assert all(one == two or (one.startswith("{") and two) for one, two in zip(declared, came, strict=True))
        assert target.method == method
