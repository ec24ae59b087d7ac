"""Conditions: which versions a header names."""

import pytest

from kit.conditions import check_version, etag, if_match_version, is_current
from kit.refusals import Refusals


def test_a_tag_reads_back_as_its_version() -> None:
    assert if_match_version(etag(7)) == 7
    assert if_match_version(None) is None
    assert if_match_version("*") is None


@pytest.mark.parametrize("header", ["7", '"seven"', '"7", "8"', "", '"-1"', '"' + "9" * 30 + '"'])
def test_a_malformed_condition_is_refused(header: str) -> None:
    with pytest.raises(Refusals) as refused:
        if_match_version(header)
    assert refused.value.codes == {"condition-malformed"}


def test_a_weak_tag_never_matches_a_change() -> None:
    with pytest.raises(Refusals) as refused:
        if_match_version('W/"7"')
    assert refused.value.codes == {"stale-version"}


def test_only_the_expected_version_may_be_changed() -> None:
    check_version(7, 7)
    check_version(7, None)
    with pytest.raises(Refusals) as refused:
        check_version(8, 7)
    assert refused.value.kind.status == 412


@pytest.mark.parametrize(
    ("header", "current"),
    [('"7"', True), ('W/"7"', True), ('"6", "7"', True), ("*", True), ('"6"', False), (None, False)],
)
def test_what_a_reader_has_is_compared_weakly(header: str | None, current: bool) -> None:
    assert is_current(header, 7) is current
