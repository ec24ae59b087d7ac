"""Hostile requests through the front door: the town's own processes, and the one document that the outside reads."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from cli.sample import write_sample
from deploy.local.town import Town, start_town
from kit.auth import Caller, RoleAt, mint
from tests.contract.hostile.asking import Asking
from tests.e2e.conftest import GENEROUS
from tests.e2e.district import OUTSIDE, District, open_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """A town of its own with a district in it: what is sent here may break anything."""
    roster = tmp_path_factory.mktemp("roster") / "sample.zip"
    write_sample(roster, schools=2, learners=40, seed=7)
    with start_town(tmp_path_factory.mktemp("town"), extra_env=GENEROUS) as town:
        opened = open_for(town, roster)
        yield opened
        opened.close()


@pytest.fixture
def outside(district: District) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30, trust_env=False) as client:
        yield client


def test_made_up_requests_through_the_front_door_are_answered_as_the_merged_document_says(
    district: District, outside: httpx.Client
) -> None:
    town: Town = district.town
    asking = Asking(
        document=outside.get(f"{town.base_url}/openapi.json").raise_for_status().json(),
        ids=_ids(district),
        tokens=lambda _method, _path: _tokens(district),
        send=outside.send,
        examples=10,
        base_url=town.base_url,
        at_the_front=frozenset({429, 431}),  # too many, or too long an address: said before any route is looked for
    )
    faults = asking.faults()
    assert not faults, "\n\n".join(faults)
    assert asking.sent > 500
    assert outside.get(f"{town.base_url}/ready").status_code == 200


def _ids(district: District) -> Mapping[str, str]:
    learner, block = district.learners[0], district.block()
    occurrence = district.occurrence(1, block)
    return {
        "school_id": district.school_id,
        "person_id": str(learner["person_id"]),
        "block_id": str(block["block_id"]),
        "occurrence_id": occurrence,
    }


def _tokens(district: District) -> Sequence[str]:
    """A learner's, her teacher's, the principal's, the district office's, and an operator's."""
    day = district.day
    office = (RoleAt("administrator", day.district_id),)
    machines: dict[str, Caller] = {
        "clerk": Caller("person_00000000000000000000000000000000", "person", day.district_id, office, frozenset("*")),
        "operator": Caller("operator", "operator", day.district_id, (), frozenset({"operations"})),
    }
    people: list[Mapping[str, Any]] = [district.learners[0], district.teacher.known, day["principal"].known]
    minted = [mint(district.key, caller, OUTSIDE, 1_800, datetime.now(UTC)) for caller in machines.values()]
    return [*(district.token(known) for known in people), *minted]
