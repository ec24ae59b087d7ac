"""The table itself: what it takes for a line, and that one wrong word in it, or one route outside it, is found."""

from dataclasses import replace

import pytest

from kit.policy import DISTRICT, Policy
from kit.routes import Routes
from tests.contract.authorisation.conftest import Walk
from tests.contract.authorisation.standings import Case
from tests.contract.authorisation.table import read_line
from tests.contract.authorisation.walker import guarded_routes


def test_a_line_says_its_route_its_scope_and_who_is_let_through() -> None:
    line = read_line("GET /v1/projects/{project_id:proposed}?x={y}  community.read  learner: own team; partner: *")
    assert line.route == ("GET", "/v1/projects/{project_id}")
    assert {case for case in line.lets_through if case.role == "learner"} == {
        Case("learner", "own"),
        Case("learner", "team"),
    }
    assert Case("partner", "school") in line.lets_through
    assert Case("partner", "other-district") not in line.lets_through


@pytest.mark.parametrize(
    "written",
    [
        "GET /v1/projects",
        "GET /v1/projects  community.everything  learner: own",
        "GET /v1/projects  community.read  learner: friend",
        "GET /v1/projects  community.read  pupil: own",
        "GET /v1/projects  community.read  learner",
    ],
)
def test_a_line_with_an_unknown_word_is_no_line(written: str) -> None:
    with pytest.raises(ValueError, match="no"):
        read_line(written)


async def test_one_standing_too_many_or_too_few_in_a_line_is_found(walk: Walk) -> None:
    line = next(line for line in walk.lines if 0 < len(line.lets_through) < len(walk.walker.world.people))
    let_through, refused = min(line.lets_through), min(set(walk.walker.world.people) - line.lets_through)
    fewer = replace(line, lets_through=line.lets_through - {let_through})
    more = replace(line, lets_through=line.lets_through | {refused})
    assert len(await walk.walker.differences(fewer)) == 1
    assert await walk.walker.differences(more) == [f"{line}: {refused} is refused"]


def test_a_route_that_was_added_is_missed_in_the_table(walk: Walk) -> None:
    added = Routes(prefix="/v1")

    @added.get("/secrets", policy=Policy(("learner", DISTRICT), scope="people.read"))
    async def get_secrets() -> None: ...

    routes = walk.walker.world.stage.app.router.routes
    routes.extend(added.routes)
    try:
        missed = set(guarded_routes(walk.walker.world.stage.app)) - {line.route for line in walk.lines}
    finally:
        routes.remove(added.routes[0])
    assert missed == {("GET", "/v1/secrets")}
