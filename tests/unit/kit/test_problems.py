"""Problems: one document for all reasons, and a page for every code."""

from kit.conditions import StaleVersion
from kit.mongo import StoreUnavailable
from kit.problems import (
    DeadlinePassed,
    InvalidRequest,
    NotPermitted,
    Unauthenticated,
    all_refusals,
    describe_problem,
    problem,
    problem_headers,
    problem_responses,
)
from kit.refusals import Kind, Refusal, Refusals


class CopyOnLoan(Refusal):
    text = "This copy is out until {due_on}."
    staff_text = "Reader {reader_id} has it until {due_on}."


class NoSuchCopy(Refusal):
    kind = Kind.MISSING
    text = "There is no such copy."


def test_all_reasons_stand_in_one_document_and_the_earliest_kind_names_it() -> None:
    told = problem(Refusals((CopyOnLoan(due_on="3 May", reader_id="reader_1"), NoSuchCopy())), "corr_1")
    assert told == {
        "type": "/problems/no-such-copy",
        "title": "No such copy",
        "status": 404,
        "code": "no-such-copy",
        "detail": "There is no such copy.",
        "instance": "corr_1",
        "refusals": [
            {
                "code": "copy-on-loan",
                "detail": "This copy is out until 3 May.",
                "details": {"due_on": "3 May", "reader_id": "reader_1"},
            },
            {"code": "no-such-copy", "detail": "There is no such copy.", "details": {}},
        ],
    }


def test_staff_hear_the_staff_text_too() -> None:
    [reason] = problem(Refusals((CopyOnLoan(due_on="3 May", reader_id="r"),)), "corr_1", staff=True)["refusals"]
    assert reason["staff_detail"] == "Reader r has it until 3 May."


def test_refusals_of_the_edge_keep_their_own_status() -> None:
    for reason, status in ((Unauthenticated(reason="expired"), 401), (DeadlinePassed(), 504), (InvalidRequest(), 422)):
        assert problem(Refusals((reason,)), "corr_1")["status"] == status


def test_every_refusal_has_a_page_and_a_code_of_its_own() -> None:
    pages = {code: describe_problem(cls) for code, cls in all_refusals().items()}
    assert {"copy-on-loan", "no-such-copy", "unauthenticated", StaleVersion().code, StoreUnavailable().code} <= set(
        pages
    )
    assert pages["copy-on-loan"].text == "This copy is out until {due_on}."
    assert all(page.text.endswith((".", "?")) and page.code == code for code, page in pages.items())


def test_responses_are_gathered_by_status_with_their_codes() -> None:
    responses = problem_responses([NotPermitted, CopyOnLoan, NoSuchCopy, Unauthenticated])
    assert {status: response["x-codes"] for status, response in responses.items()} == {
        401: ["unauthenticated"],
        403: ["not-permitted"],
        404: ["no-such-copy"],
        409: ["copy-on-loan"],
    }


def test_headers_say_when_to_come_back_or_how_to_sign_in() -> None:
    assert problem_headers(503) == {"retry-after": "2"}
    assert problem_headers(401) == {"www-authenticate": "Bearer"}
    assert problem_headers(409) == {}
