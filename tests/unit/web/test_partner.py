"""A partner's word on hours: what is missing is said all at once, and the API is told no more than was chosen."""

import pytest

from services.web.pages.everyone.link import redeeming
from services.web.pages.partner.hours import unexplained, verdict
from services.web.visiting.forms import Form


def form(**values: str) -> Form:
    return Form({name: [value] for name, value in values.items()})


@pytest.mark.parametrize(
    ("filled", "fields"),
    [
        ({}, ["outcome", "reason"]),
        ({"outcome": "confirm", "reason": "x"}, ["outcome"]),
        ({"outcome": "change"}, ["minutes", "reason"]),
        ({"outcome": "change", "minutes": "an hour", "reason": "x"}, ["minutes"]),
        ({"outcome": "change", "minutes": "60", "reason": "  "}, ["reason"]),
        ({"outcome": "deny", "minutes": "an hour", "reason": "x"}, []),
    ],
)
def test_what_is_missing_is_said_all_at_once(filled: dict[str, str], fields: list[str]) -> None:
    assert [fault.field for fault in unexplained(form(**filled))] == fields


def test_minutes_go_with_a_change_alone() -> None:
    assert verdict(form(outcome="deny", minutes="60", reason="No")) == {"outcome": "deny", "reason": "No"}
    assert verdict(form(outcome="change", minutes="60", reason="No"))["minutes"] == 60


def test_a_links_token_cannot_change_what_the_gateway_is_asked() -> None:
    asked = redeeming("a&grant_type=client_credentials")
    assert asked.count("grant_type=") == 1
    assert "link_token=a%26grant_type%3Dclient_credentials" in asked
