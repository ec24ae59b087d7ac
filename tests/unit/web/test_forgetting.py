"""Forgetting somebody on a page: who may be meant, what has to be said, and what the certificate tells."""

from typing import Any

import pytest

from services.web.pages.office.forgetting import called, faults_of, removed_by
from services.web.visiting.forms import Form

ZOE = "Zoë  Müller-Ōkubo"


def form_of(**fields: str) -> Form:
    return Form({name: (value,) for name, value in fields.items()})


def test_a_person_is_called_as_they_wish_or_by_both_names() -> None:
    names = {"given_name": "Zoë", "family_name": "Müller"}
    assert called({**names, "called": "Zo"}) == "Zo"
    assert called({**names, "called": ""}) == "Zoë Müller"


@pytest.mark.parametrize("typed", [ZOE, "zoë müller-ōkubo", "  Zoe\u0308 Mu\u0308ller-O\u0304kubo "])
def test_the_name_counts_however_it_is_typed(typed: str) -> None:
    assert faults_of(form_of(reason_code="family-request", name=typed), ZOE) == []


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"reason_code": "family-request", "name": "Zoe Muller"}, ["name"]),
        ({"reason_code": "family-request"}, ["name"]),
        ({"reason_code": "because I can", "name": ZOE}, ["reason_code"]),
        ({}, ["reason_code", "name"]),
    ],
    ids=["another name", "no name", "a reason of nobody's", "nothing"],
)
def test_what_is_missing_is_told_at_its_field_all_together(fields: dict[str, str], names: list[str]) -> None:
    assert [fault.field for fault in faults_of(form_of(**fields), ZOE)] == names


def test_each_part_of_the_town_stands_on_the_certificate_with_what_it_removed_or_that_it_has_not_answered() -> None:
    erasure: dict[str, Any] = {"removed": {"profile": {"people": 1, "goals": 2}, "gateway": {}}}
    assert [count for _, _, count in removed_by(erasure)] == [3, None, None, 0]
