"""Forms: what was filled in stays, each fault finds its field, a key counts once, and nobody else's form is taken."""

import pytest
from starlette.datastructures import FormData

from services.web.asking.problems import Problem, Reason, Refused
from services.web.sessions.sealing import Seal
from services.web.visiting.forms import ONCE, TOKEN, Form
from services.web.visiting.same_site import is_ours, token_for
from services.web.visiting.visit import checked_tag

SEAL, OTHER = Seal("s" * 32), Seal("o" * 32)
HERE = "https://pages.example"
KEY = "k" * 24


def refused(status: int, *reasons: Reason) -> Problem:
    return Problem(status, reasons, retry_after=2 if status == 503 else None)


def faults(*found: dict[str, str]) -> Reason:
    return Reason("invalid-request", "not as expected", {"faults": list(found)})


def sent(*fields: tuple[str, str]) -> Form:
    return Form.of(FormData([(TOKEN, "t"), (ONCE, KEY), *fields]))


def test_what_was_filled_in_stays_and_hidden_fields_are_no_part_of_it() -> None:
    form = sent(("words", "  Build\r\na robot "), ("tags", "art"), ("tags", ""), ("tags", "music"))
    assert form.text("words") == "Build\na robot"
    assert form.texts("tags") == ["art", "music"]
    assert form.values.keys() == {"words", "tags"}
    assert form.once == KEY


def test_numbers_are_numbers_and_what_is_none_goes_to_the_api_as_it_is() -> None:
    form = sent(("cap", "24"), ("least", ""), ("most", "many"), ("far", "9" * 40))
    assert [form.number(name) for name in ("cap", "least", "most")] == [24, None, "many"]
    assert form.number("far") == "9" * 40


def test_each_fault_of_a_validation_finds_its_field_in_plain_words() -> None:
    problem = refused(
        422,
        faults(
            {"location": "body.words", "value_type": "string", "expected": "String should have at least 1 character"},
            {"location": "body.ends_on", "value_type": "string", "expected": "Input should be a valid date"},
            {"location": "body.title", "value_type": "string", "expected": "String should have at most 200 characters"},
        ),
    )
    form = sent(("words", "")).refused(problem, {"ends_on": "until"})
    assert form.fault("words") == "Fill this in."
    assert form.fault("until").startswith("Write a day")
    assert form.fault("title") == "Use 200 characters or fewer."
    assert form.fault("elsewhere") == ""


def test_a_refusal_of_the_whole_stands_at_the_top_and_all_reasons_are_said() -> None:
    form = sent().refused(refused(409, Reason("session-full", "Full."), Reason("time-clash", "You are elsewhere.")))
    assert [(fault.text, fault.field) for fault in form.faults] == [("Full.", ""), ("You are elsewhere.", "")]


def test_a_form_keeps_its_key_only_while_nobody_knows_whether_it_was_done() -> None:
    assert sent().refused(refused(503, Reason("peer-unavailable", "away"))).once == KEY
    assert sent().refused(refused(422, Reason("x", "y"))).once != KEY
    assert Form.of(FormData([(ONCE, "../../../x")])).once != "../../../x"


def test_a_form_is_ours_with_its_token_from_our_own_page() -> None:
    token = token_for(SEAL, "grant", "/goals")
    good = {"sec-fetch-site": "same-origin"}
    assert is_ours(SEAL, "grant", "/goals", token, good, HERE)
    assert is_ours(SEAL, "grant", "/goals", token, {"origin": HERE}, HERE)
    assert is_ours(SEAL, "grant", "/goals", token, {}, HERE)


def test_a_form_of_another_session_address_server_or_site_is_not_ours() -> None:
    token, good = token_for(SEAL, "grant", "/goals"), {"sec-fetch-site": "same-origin"}
    assert not is_ours(SEAL, "other", "/goals", token, good, HERE)
    assert not is_ours(SEAL, "grant", "/sign-out", token, good, HERE)
    assert not is_ours(SEAL, "grant", "/goals", token_for(OTHER, "grant", "/goals"), good, HERE)
    assert not is_ours(SEAL, "grant", "/goals", "", good, HERE)
    assert not is_ours(SEAL, "grant", "/goals", token, {"sec-fetch-site": "same-site"}, HERE)
    assert not is_ours(SEAL, "grant", "/goals", token, {"sec-fetch-site": "cross-site"}, HERE)
    assert not is_ours(SEAL, "grant", "/goals", token, {"origin": "https://evil.example"}, HERE)
    assert not is_ours(SEAL, "grant", "/goals", token, {"origin": "null"}, HERE)


@pytest.mark.parametrize("tag", ["", 'W/"1', "1", '"1"\x00', '"\u202e1"', '"1"\r\nx: y'])
def test_what_is_no_etag_matches_no_version(tag: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked_tag(tag)
    assert refusal.value.problem.status == 412


def test_an_etag_goes_on_as_it_is() -> None:
    assert [checked_tag(tag) for tag in ('"12"', 'W/"3"', "*")] == ['"12"', 'W/"3"', "*"]
