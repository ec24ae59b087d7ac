"""Every route of every service, walked by every role in every standing, against the expected table."""

from kit.front import OPEN_PATHS
from kit.routes import GuardedRoute
from tests.contract.authorisation.conftest import Walk
from tests.contract.authorisation.mutants import mutants_of
from tests.contract.authorisation.standings import SCOPES
from tests.contract.authorisation.table import Line
from tests.contract.authorisation.walker import Walker, with_policy

HELD_TWICE = {("DELETE", "/v1/projects/{project_id}/members/{person_id}")}
"""Routes that hold a second policy against the person in the path: the first one alone may change unnoticed here."""


def test_every_route_stands_in_the_table_and_every_line_has_a_route(walk: Walk) -> None:
    expected = {line.route for line in walk.lines}
    assert set(walk.walker.routes) - expected == set(), "routes without a line"
    assert expected - set(walk.walker.routes) == set(), "lines without a route"


def test_no_other_address_is_open_than_the_four_that_probes_read(walk: Walk) -> None:
    unguarded = [route for route in walk.walker.world.stage.app.routes if not isinstance(route, GuardedRoute)]
    assert {getattr(route, "path", "?") for route in unguarded} == OPEN_PATHS


def test_the_table_names_each_route_with_its_own_scope(walk: Walk) -> None:
    wrong = [str(line) for line in walk.lines if walk.walker.routes[line.route].policy.scope != line.scope]
    assert wrong == []


async def test_every_role_in_every_standing_is_let_through_or_refused_as_the_table_says(walk: Walk) -> None:
    differences = [text for line in walk.lines for text in await walk.walker.differences(line)]
    assert not differences, "\n".join(differences)


async def test_a_person_whose_token_lacks_the_scope_is_refused_what_they_might_do(walk: Walk) -> None:
    for line in walk.lines:
        case = min((case for case in line.lets_through if case.is_person), default=None)
        if case is not None:
            assert await walk.walker.status(line, case, frozenset(SCOPES) - {line.scope}) is None, f"{line}: {case}"
            assert await walk.walker.difference(line, case, frozenset({line.scope})) is None, f"{line}: {case}"


async def test_the_walk_notices_every_grant_and_check_that_is_changed(walk: Walk) -> None:
    by_route: dict[tuple[str, str], list[Line]] = {}
    for line in walk.lines:
        by_route.setdefault(line.route, []).append(line)
    once = [lines for route, lines in by_route.items() if route not in HELD_TWICE]
    unnoticed = [text for lines in once for text in await _unnoticed(walk.walker, lines)]
    assert not unnoticed, "\n".join(unnoticed)


async def _unnoticed(walker: Walker, lines: list[Line]) -> list[str]:
    """The mutants of a route's policy under which everybody fares as before, on all of the route's lines."""
    route, left = walker.routes[lines[0].route], []
    telling = [line for line in lines if line.door] or [line for line in lines if line.sees is None]
    by_line = [(line, mutants_of(route.policy, line)) for line in telling]
    for mutants in zip(*(mutants for _, mutants in by_line), strict=True):
        cases = [(line, mutant.cases) for (line, _), mutant in zip(by_line, mutants, strict=True)]
        with with_policy(route, mutants[0].policy):
            noticed = [await walker.first_difference(line, affected) for line, affected in cases]
        if any(affected for _, affected in cases) and not any(noticed):
            left.append(f"{lines[0]}: {mutants[0].said}")
    return left
