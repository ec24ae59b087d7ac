"""Problems: what the gateway refused, and why, as its problem documents say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from kit.http import Answer

AWAY = frozenset({429, 500, 502, 503, 504})
"""Statuses that pass by themselves: the same request may work later."""
_USUAL_WAIT = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code to act on, a sentence in English, and what it is about."""

    code: str
    detail: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was refused. `retry_after` is in seconds; None where asking again will not help."""

    status: int
    reasons: tuple[Reason, ...]
    correlation_id: str = ""
    retry_after: int | None = None

    @property
    def code(self) -> str:
        return self.reasons[0].code

    @property
    def passes(self) -> bool:
        """Whether it is worth asking again later."""
        return self.status in AWAY


class Refused(Exception):
    """The gateway said no, or did not answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}")
        self.problem = problem


def problem_of(answer: Answer) -> Problem:
    """The problem in an answer of status 400 or more, whatever its body is."""
    document = _document(answer.body)
    refusals = document.get("refusals") or [document]
    retry_after = answer.headers.get("retry-after", "")
    waits = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else _USUAL_WAIT
    return Problem(
        status=answer.status,
        reasons=tuple(_reason(each, answer.status) for each in refusals),
        correlation_id=str(document.get("instance", "")),
        retry_after=waits if answer.status in AWAY else None,
    )


def away(code: str, detail: str) -> Problem:
    """The problem of nobody answering at all."""
    return Problem(503, (Reason(code, detail),), retry_after=_USUAL_WAIT)


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _reason(told: Mapping[str, Any], status: int) -> Reason:
    details = told.get("details")
    return Reason(
        # OAuth says `error` (RFC 6749, section 5.2), problem documents say `code`.
        code=str(told.get("code") or told.get("error") or f"status-{status}"),
        detail=str(told.get("detail") or told.get("error_description") or ""),
        details=details if isinstance(details, dict) else {},
    )
