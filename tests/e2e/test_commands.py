"""The command line against a running town: what operators type, and what they see."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from deploy.local.town import Town
from tests.e2e.district import District

Trellis = Callable[..., Result]


@pytest.fixture
def trellis(town: Town, district: District, monkeypatch: pytest.MonkeyPatch) -> Trellis:
    """`trellis …` for this town and district."""
    monkeypatch.setenv("TRELLIS_FOLDER", str(town.folder))
    monkeypatch.setenv("TRELLIS_DISTRICT", district.day.slug)
    monkeypatch.setenv("TRELLIS_APP_ID", district.day.ids["app"])
    monkeypatch.setenv("TRELLIS_APP_SECRET", district.day.ids["app secret"])
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("TRELLIS_URL", "TRELLIS_KAFKA", "TRELLIS_OPERATOR_SECRET", "TRELLIS_OPERATOR_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    return lambda *command: CliRunner().invoke(app, list(command))


def test_the_doctor_finds_a_running_town_well(trellis: Trellis) -> None:
    examined = trellis("doctor")
    assert "scheduler.worker: outbox" in examined.output
    assert "Nothing is wrong." in examined.output
    assert examined.exit_code == 0


def test_a_story_is_followed_by_its_correlation_id(trellis: Trellis, district: District) -> None:
    maya = district.learner(0)
    maya.api.correlation_id = "command_line_story"
    maya.api.post(f"/v1/people/{maya.person_id}/goals", {"words": "Learn to draw", "why": "For fun"})
    followed = trellis("trace", "command_line_story")
    assert followed.exit_code == 0, followed.output
    assert "profile announces profile.goal.written.v1" in followed.output


def test_an_unknown_story_is_told_so(trellis: Trellis) -> None:
    assert (asked := trellis("trace", "nobody_knows_this")).exit_code == 1
    assert "Nothing is known" in asked.stderr


@pytest.mark.parametrize(
    ("service", "view"),
    [("scheduler", "people"), ("scheduler", "schools"), ("community", "people"), ("gateway", "people")],
)
def test_a_view_rebuilt_from_its_topics_equals_the_live_one(trellis: Trellis, service: str, view: str) -> None:
    rebuilt = trellis("rebuild", service, view)
    assert "equals the live one" in rebuilt.output, rebuilt.output
    assert rebuilt.exit_code == 0


def test_a_live_view_is_not_replaced_under_its_workers(trellis: Trellis) -> None:
    assert (refused := trellis("rebuild", "scheduler", "people", "--replace")).exit_code == 1
    assert "stop them" in refused.stderr


def test_views_are_listed_and_unknown_ones_are_refused(trellis: Trellis) -> None:
    assert "learners" in trellis("rebuild", "scheduler").output
    assert trellis("rebuild", "scheduler", "no-such-view").exit_code == 1


def test_the_broker_is_as_declared_and_nothing_was_put_aside(trellis: Trellis) -> None:
    assert "as declared" in trellis("topics", "plan").output
    assert "scheduler-placements" in trellis("topics").output
    assert trellis("dead-letters", "show", "scheduler:nothing:0:0").exit_code == 1


def test_a_topic_is_filled_again_and_its_readers_are_not_told_twice(trellis: Trellis) -> None:
    filled = trellis("refill", "profile-schools")
    assert "facts of profile-schools will be sent again" in filled.output, filled.output
    assert "equals the live one" in trellis("rebuild", "scheduler", "schools").output


def test_a_roster_is_looked_at_before_anything_changes(trellis: Trellis, roster: Path) -> None:
    looked = trellis("import", "oneroster", str(roster))
    assert looked.exit_code == 0, looked.output
    assert "This was a dry run" in looked.output


def test_an_app_is_registered_listed_and_let_go(trellis: Trellis) -> None:
    made = trellis("app", "register", "Clock", "--scope", "schedule.read")
    app_id = made.output.partition("TRELLIS_APP_ID=")[2].split()[0]
    secret = made.output.partition("TRELLIS_APP_SECRET=")[2].split()[0]
    listed = trellis("app", "list").output
    assert app_id in listed
    assert secret not in listed
    assert "is revoked" in trellis("app", "revoke", app_id).output


def test_a_wrong_scope_is_refused_in_one_line(trellis: Trellis) -> None:
    refused = trellis("app", "register", "Clock", "--scope", "everything")
    assert refused.exit_code == 1
    assert "Known scopes" in refused.stderr


def test_a_person_signs_in_for_curl(trellis: Trellis, district: District) -> None:
    token = trellis("sign-in", district.teacher.person_id).output.strip()
    assert token.count(".") == 2
