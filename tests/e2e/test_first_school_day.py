"""The first school day, and walks 2, 7 and 12 along it: each step was checked as it was told; here is what it left."""

from collections.abc import Mapping
from typing import Any

import pytest

from cli.demo.arriving import clerk_of
from cli.demo.story import EVERY_SERVICE
from cli.demo.tracing import show_trace
from cli.http_api import Api
from cli.rebuilding import run_archive
from cli.sign_in import client_token, sign_in
from cli.trouble import Refused
from cli.whereabouts import OPERATOR
from deploy.local.town import Town
from tests.e2e.district import Played

VIEWS = [
    (service, view)
    for service, views in {
        "scheduler": ("people", "learners"),
        "community": ("people", "busy"),
        "gateway": ("people",),
    }.items()
    for view in views
]


def test_all_nine_steps_are_told_in_order(played: Played) -> None:
    chapters = [played.told.index(f"{number}. ") for number in range(1, 10)]
    assert chapters == sorted(chapters)


@pytest.mark.parametrize("step", [4, 7])
def test_one_correlation_id_goes_through_every_service_each_hop_after_its_cause(played: Played, step: int) -> None:
    steps = show_trace(played.day, step, EVERY_SERVICE)
    announced = {hop["event_id"] for hop in steps if hop["kind"] == "announced"}
    assert {hop["event_id"] for hop in steps if hop["kind"] == "consumed"} <= announced
    assert {hop["causation_id"] for hop in steps if hop["kind"] == "announced"} - {None} <= announced


def test_the_story_of_a_project_is_caused_step_by_step(played: Played) -> None:
    steps = show_trace(played.day, 7, EVERY_SERVICE)
    facts = {hop["event_id"]: hop for hop in steps if hop["kind"] == "announced"}
    grown = [hop for hop in facts.values() if hop["type"] == "profile.skill.grown.v1"]
    assert grown
    for hop in grown:
        assert facts[hop["causation_id"]]["type"] == "community.project.shown.v1"
    heard = [hop for hop in steps if hop["kind"] == "consumed" and hop["service"] == "scheduler"]
    assert {hop["type"] for hop in heard} >= {"profile.skill.grown.v1", "community.project.shown.v1"}


def test_the_forgotten_learner_is_unknown_and_cannot_sign_in(played: Played) -> None:
    cara = played.day["cara"]
    with pytest.raises(Refused) as refused:
        clerk_of(played.day).get(f"/v1/people/{cara.person_id}")
    assert refused.value.status == 404
    with pytest.raises(Refused):
        sign_in(played.day.base_url, played.day.slug, cara.person_id)


def test_a_person_of_another_district_sees_nothing_of_this_one(played: Played, district: Any) -> None:
    goal = played.day.ids["goal"]
    for stranger in (district.day["office"], district.day["principal"], district.learner(0)):
        with pytest.raises(Refused) as refused:
            stranger.api.get(f"/v1/goals/{goal}")
        assert refused.value.status in (403, 404)


def test_only_an_operator_reads_traces(played: Played) -> None:
    path = f"/v1/operations/trace/{played.day.stories[4]}"
    for nobody in (played.day["office"].api, clerk_of(played.day)):
        with pytest.raises(Refused) as refused:
            nobody.get(path)
        assert refused.value.status == 403
    operator = Api(
        played.day.base_url,
        client_token(played.day.base_url, OPERATOR, played.day.operator_secret, played.day.slug),
    )
    assert operator.get(path)["steps"]


@pytest.mark.parametrize(("service", "view"), VIEWS)
def test_a_view_rebuilt_from_its_topics_equals_the_live_one(
    town: Town, played: Played, service: str, view: str
) -> None:
    assert played.told
    result: Mapping[str, Any] = run_archive(service, [view], town.folder, "records read")
    assert result["records"] > 0
    assert [found["collection"] for found in result["collections"] if not found["is_equal"]] == [], result
