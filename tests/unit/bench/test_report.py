"""The benches' report: what a bar says of a figure, and what of it goes into the README."""

import pytest

from bench.bars import Bar
from bench.report import BEGIN, END, Found, page, with_table

README = f"# A library\n\n{BEGIN}old\n{END}\nMore.\n"
MET, MISSED = Bar("shelving beside a cart", 0.71, least=0.7), Bar("lending, ms", 1234.5, most=50)


def found(*bars: Bar, load: float = 0.1) -> Found:
    return Found(
        "python -m bench.events", "a machine", "2026-11-24", (load, load), "it went\n\nbars (reached;", list(bars)
    )


@pytest.mark.parametrize(("reached", "met"), [(0.69, False), (0.7, True), (0.9, True)])
def test_a_bar_that_wants_at_least_so_much_is_met_from_there_on(reached: float, met: bool) -> None:
    bar = Bar("shelving", reached, least=0.7)
    assert (bar.is_met, bar.wanted) == (met, "at least 0.7")


@pytest.mark.parametrize(("reached", "met"), [(49.0, True), (50.0, True), (50.1, False)])
def test_a_bar_that_wants_at_most_so_much_is_met_up_to_there(reached: float, met: bool) -> None:
    bar = Bar("lending", reached, most=50)
    assert (bar.is_met, bar.wanted) == (met, "at most 50")


def test_the_readme_gets_the_bars_between_its_marks_and_keeps_the_rest() -> None:
    written = with_table(README, {"events": found(MET, MISSED)})
    assert written.startswith("# A library\n\n" + BEGIN)
    assert written.endswith(f"{END}\nMore.\n")
    assert "| shelving beside a cart | 0.71 | at least 0.7 | met |" in written
    assert "| lending, ms | 1,234 | at most 50 | **missed** |" in written
    assert "old" not in written
    assert with_table(written, {"events": found(MET, MISSED)}) == written


def test_what_was_measured_among_others_stays_out_of_the_readme_and_is_marked_on_the_page() -> None:
    busy = {"events": found(MET, load=1_000.0)}
    assert MET.what not in with_table(README, busy)
    assert any(MET.what in line for line in page(busy))
    assert any("Others had most of the machine" in line for line in page(busy))


def test_a_readme_without_marks_is_not_touched() -> None:
    with pytest.raises(ValueError, match="substring"):
        with_table("# A library\n", {})
