"""Refusals: why something cannot be done, as values that a rule raises and an edge translates."""

import re
from enum import Enum
from typing import Any, ClassVar


class Consumed(Enum):
    """What a consumer does with an event whose handling was refused."""

    DEAD_LETTER = "dead letter at once"
    RETRY = "retry with backoff, then dead letter"
    SETTLED = "count it and go on"
    PAUSE = "pause the partition and retry; never a dead letter"


class Kind(Enum):
    """The one table: kind -> HTTP status -> what a consumer does. Earlier kinds name the answer when several meet."""

    UNAVAILABLE = 503, Consumed.PAUSE
    FORBIDDEN = 403, Consumed.DEAD_LETTER
    MISSING = 404, Consumed.RETRY
    STALE = 412, Consumed.SETTLED
    INVALID = 422, Consumed.DEAD_LETTER
    CONFLICT = 409, Consumed.SETTLED

    def __init__(self, status: int, consumed: Consumed) -> None:
        self.status = status
        self.consumed = consumed


_PRECEDENCE = {kind: place for place, kind in enumerate(Kind)}
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


class Refusal(Exception):
    """One reason against a request. Subclasses name it; the code is the class's name in kebab case.

    `text` is for the person concerned, `staff_text` (if it differs) for staff alone; both are formatted with the
    keyword `details`, which also travel in the problem document, so they must hold nothing the reader may not see.
    """

    kind: ClassVar[Kind] = Kind.CONFLICT
    text: ClassVar[str] = ""
    staff_text: ClassVar[str | None] = None

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details

    @property
    def code(self) -> str:
        return _HUMP.sub("-", type(self).__name__).lower()

    @property
    def detail(self) -> str:
        """What is wrong, what was expected, what to do; one or two plain sentences."""
        return self.text.format(**self.details)

    @property
    def staff_detail(self) -> str:
        return (self.staff_text or self.text).format(**self.details)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Refusals(Exception):
    """All reasons against one request, together: a person who knows one of three cannot act."""

    def __init__(self, reasons: tuple[Refusal, ...]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons

    @property
    def kind(self) -> Kind:
        """The kind that names the whole answer."""
        return min((reason.kind for reason in self.reasons), key=_PRECEDENCE.__getitem__)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(reason.code for reason in self.reasons)


def refuse_all(*reasons: Refusal | None) -> None:
    """Raise every reason that is not None, together; return if there is none.

    Raises: Refusals.
    """
    found = tuple(reason for reason in reasons if reason is not None)
    if found:
        raise Refusals(found)


def refuse(reason: Refusal) -> Refusals:
    """`raise refuse(X())`: one reason, in the shape that every edge knows."""
    return Refusals((reason,))
