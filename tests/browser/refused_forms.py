"""Refused forms: a browser's console tells of their status as an error, which these tests expect and nothing else."""

from tests.browser.looking import Look


def tells_of(seen: Look, status: int) -> None:
    """Every fault the browser told so far is a form refused with this status, and there was one; they are forgotten."""
    assert seen.faults, f"the browser tells of a form refused with {status}"
    assert [fault for fault in seen.faults if f"status of {status}" not in fault] == []
    seen.faults.clear()
