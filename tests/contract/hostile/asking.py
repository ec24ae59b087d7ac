"""Asking: sends what Schemathesis makes up out of an OpenAPI document, and holds each answer against the document."""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]
ALWAYS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass
class Asking:
    """A document and whoever answers for it.

    `ids`: things that are there, for the parameters of paths. `tokens`: who asks at a route, one token each. `send`
    sends a request. `examples` are made up at random (the same ones in every run); `limits`: and all that can be made
    of the document's own limits. `at_the_front`: statuses that somebody in front of all routes may answer with.
    """

    document: Mapping[str, Any]
    ids: Mapping[str, str]
    tokens: Callable[[str, str], Sequence[str]]
    send: Callable[[httpx.Request], httpx.Response]
    examples: int
    limits: bool = False
    base_url: str = "http://stage"
    at_the_front: frozenset[int] = frozenset()
    undo: Callable[[], None] = lambda: None
    sent: int = field(default=0, init=False)

    def operations(self) -> Iterator[Operation]:
        """Every operation of the document."""
        generation = GenerationConfig(with_security_parameters=False)  # who asks is settled below
        projects = ProjectsConfig(default=ProjectConfig(generation=generation))
        config = SchemathesisConfig(seed=1, projects=projects)
        for found in schemathesis.openapi.from_dict(dict(self.document), config=config).get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def faults(self) -> list[str]:
        """What is wrong with the answers to one operation after the other; everything undone in between."""
        found = []
        for operation in self.operations():
            try:
                self._test(operation)()
            except (Exception, FailureGroup) as error:  # all operations are tried, then all faults told
                found.append(f"{operation.method.upper()} {operation.path}: {_told(error)}")
            self.undo()
        return found

    def _test(self, operation: Operation) -> Callable[[], None]:
        """A Hypothesis test of one operation that comes out the same whenever it runs."""
        modes = [HypothesisTestMode.FUZZING] + ([HypothesisTestMode.COVERAGE] if self.limits else [])
        settings = hypothesis.settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        tokens = self.tokens(operation.method.upper(), operation.path)

        def ask(case: Case) -> None:
            self._ask(case, tokens)

        config = HypothesisTestConfig(project=operation.schema.config, modes=modes, settings=settings)
        test: Callable[[], None] = create_test(operation=operation, test_func=ask, config=config)
        return test

    def _ask(self, case: Case, tokens: Sequence[str]) -> None:
        case.path_parameters = self._places(case)
        case.body = _whole(case.body)
        made = requests.Request(**case.as_transport_kwargs(base_url=self.base_url)).prepare()
        assert made.method is not None, made
        assert made.url is not None, made
        # Who asks follows from what is asked, so that the same case is the same request.
        token = tokens[zlib.crc32(f"{made.url}{made.body!r}".encode()) % len(tokens)]
        headers = {**made.headers, "Authorization": f"Bearer {token}"}
        sent = made.body.encode() if isinstance(made.body, str) else made.body
        assert isinstance(sent, bytes | None), made
        answer = self.send(httpx.Request(made.method, made.url, headers=list(_bytes(headers)), content=sent))
        self.sent += 1
        if answer.status_code in self.at_the_front:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
        else:
            _check(case, answer)

    def _places(self, case: Case) -> dict[str, Any]:
        """The ids of things that are there, unless the point is that the path is wrong."""
        given = dict(case.path_parameters or {})
        return given if _is_negative(case) else {name: self.ids.get(name, value) for name, value in given.items()}


def _check(case: Case, answer: httpx.Response) -> None:
    """Raises: a failure of Schemathesis, or AssertionError, where the answer is not as documented."""
    negative = _is_negative(case)
    # A documented 503 says that another service is away, as those behind the gateway are here.
    checks = [check for check in ALWAYS if answer.status_code != 503 or check is not not_a_server_error]
    # A version that does not match is refused before anybody looks into the body: that is a refusal too.
    must_refuse = negative and answer.status_code != 412
    case.validate_response(answer, checks=[*checks, negative_data_rejection] if must_refuse else checks)
    if not negative and answer.status_code == 422:
        faults = _faults(answer.json())
        # One rule of our own that fails may bring others down with it: the other branch of a choice, an emptied list.
        told = faults if not any(_is_beyond_a_schema(fault["expected"]) for fault in faults) else []
        assert not told, f"the document allows it, the service does not: {told} {case.as_curl_command()}"


def _is_negative(case: Case) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_negative


def _bytes(headers: Mapping[str, str | bytes]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.items():
        yield name.encode("latin-1"), value if isinstance(value, bytes) else value.encode("utf-8")


def _faults(problem: Any) -> list[dict[str, str]]:
    return [fault for reason in problem["refusals"] for fault in reason["details"].get("faults", ())]


def _is_beyond_a_schema(expected: str) -> bool:
    """A rule that JSON Schema has no words for: a check of our own, or how early and late a day may be."""
    return expected.startswith("Value error") or bool(re.search(r"than or equal to \d{4}-\d\d-\d\d", expected))


def _whole(value: Any) -> Any:
    """JSON has one kind of number, and 2.0 is an integer to its schema; it is sent as everybody writes it: 2."""
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _told(error: BaseException) -> str:
    inner = getattr(error, "exceptions", [error])
    reproduced = str(error).partition("Reproduce with:")[2].strip()
    return "; ".join(str(one) for one in inner) + f"\n{reproduced}"
