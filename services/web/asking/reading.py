"""Reading: the parts of a page, asked for at once; what is required fails the page, what is not degrades it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.http import Answer
from services.web.asking.gateway import Query
from services.web.asking.problems import Problem, Refused

MOST_NAMES = 500
_PERSON = "person_"
Ask = Callable[[str, Query | None], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Part:
    """One question: an address of the API, its query, and whether the page is nothing without it."""

    path: str
    query: Query | None = None
    required: bool = True


def required(path: str, query: Query | None = None) -> Part:
    """A part without which the page is not shown."""
    return Part(path, query)


def optional(path: str, query: Query | None = None) -> Part:
    """A part that may be missing: the page says so, and the rest of it works."""
    return Part(path, query, required=False)


@dataclass(slots=True)
class Answers:
    """What came: values by name, ETags by name, and the problems of the parts that are missing."""

    values: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    gone: dict[str, Problem] = field(default_factory=dict)
    took_ms: dict[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """The value of a part. Raises: KeyError where it is missing."""
        return self.values[name]

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The value of a part, or something else where it is missing."""
        return self.values.get(name, otherwise)


async def read(ask: Ask, parts: Mapping[str, Part]) -> Answers:
    """Ask for all parts at once. Raises: Refused with the problem of a required one."""
    answers = Answers()
    outcomes = await asyncio.gather(*(_fetch(ask, name, part, answers) for name, part in parts.items()))
    for refused in outcomes:
        if refused is not None:
            raise refused
    return answers


async def _fetch(ask: Ask, name: str, part: Part, answers: Answers) -> Refused | None:
    began = time.perf_counter()
    try:
        answer = await ask(part.path, part.query)
    except Refused as refused:
        # Who is not signed in any more is so for the whole page.
        if part.required or refused.problem.status == 401:
            return refused
        answers.gone[name] = refused.problem
        return None
    finally:
        answers.took_ms[name] = (time.perf_counter() - began) * 1000
    answers.values[name] = answer.json() if answer.body else None
    if "etag" in answer.headers:
        answers.tags[name] = answer.headers["etag"]
    return None


def people_in(*answers: Any) -> list[str]:
    """Every person's id in these answers, each once; at most as many as one call may ask."""
    return list(dict.fromkeys(_ids(answers)))[:MOST_NAMES]


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(_PERSON):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _ids(inner)
