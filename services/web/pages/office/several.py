"""Several at once: one act for each of the ticked, what came of each, and how it is taken back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from services.web.asking.problems import Refused
from services.web.looks.languages import coded
from services.web.visiting.forms import Fault, Form

MOST = 25
"""As many as one page shows, so that a page's acts stay within its time."""


async def each_of(
    ticked: Sequence[str], act: Callable[[str], Awaitable[Any]], called: Mapping[str, str], form: Form
) -> tuple[list[Any], Form]:
    """Do it for each; what came of those for whom it was done, and the form with a fault for each of the others.

    Raises: Refused where the part that would do it is away, or nobody is signed in any more.
    """
    done: list[Any] = []
    faults: list[Fault] = []
    for each in ticked[:MOST]:
        try:
            done.append(await act(each))
        except Refused as refused:
            if refused.problem.passes or refused.problem.status == 401:
                raise
            reason = refused.problem.reasons[0]
            text = coded(reason.code, reason.detail, reason.details)
            faults.append(Fault(f"{called[each]}: {text}" if each in called else text))
    return done, form.with_faults(*faults) if faults else form


def is_id(given: str) -> bool:
    """Whether this may stand in an address of the API: what forms send is not checked by anybody before."""
    return given.isascii() and given.replace("_", "").replace("-", "").isalnum()
