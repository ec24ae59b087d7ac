"""The rules of projects and hours: values in, values out."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.fact import Fact
from kit.refusals import Refusals
from services.community.domain import hours as hour_rules
from services.community.domain import projects
from services.community.domain.hours import Hours, HoursState, Outcome, Span, Timesheet
from services.community.domain.partners import REQUIRED_PAPERS, Paper, Partner, not_vetted, vetted_until
from services.community.domain.projects import Project, State

AT = datetime(2031, 5, 5, 9, tzinfo=UTC)
PEOPLE = [f"person_{number}" for number in range(6)]


def project(**changes: Any) -> Project:
    values: dict[str, Any] = {
        "project_id": "project_1",
        "version": 0,
        "district_id": "district_1",
        "school_id": "school_1",
        "title": "A bench",
        "question": "Where can people sit?",
        "skills": ("empathy",),
        "tags": (),
        "target_ids": (),
        "team_min": 2,
        "team_max": 3,
        "ends_on": None,
        "proposed_by": "person_0",
        "proposed_at": AT,
        "state": State.PROPOSED,
    }
    return Project(**values | changes)


def paper(kind: str, days: int, *, verified: bool = True) -> Paper:
    return Paper(
        paper_id=f"paper_{kind}_{days}",
        kind=kind,
        expires_on=AT.date() + timedelta(days=days),
        verified_by="person_9" if verified else None,
    )


def partner(*papers: Paper) -> Partner:
    return Partner(
        partner_id="partner_1",
        version=1,
        district_id="district_1",
        name="Guild",
        themes=(),
        offers="-",
        languages=(),
        school_ids=("school_1",),
        contact_ids=("person_8",),
        papers=papers,
        added_by="person_9",
    )


def test_a_partner_is_vetted_until_the_first_of_its_papers_expires() -> None:
    papers = [paper(kind, days) for kind, days in zip(REQUIRED_PAPERS, (30, 10, 20), strict=True)]
    assert vetted_until(partner(*papers), AT.date()) == date(2031, 5, 15)
    assert vetted_until(partner(*papers), date(2031, 5, 16)) is None


@pytest.mark.parametrize("fault", ["missing", "expired", "unverified"])
def test_one_paper_missing_expired_or_unverified_is_enough_to_keep_a_partner_away(fault: str) -> None:
    last = REQUIRED_PAPERS[-1]
    faulty = {"missing": [], "expired": [paper(last, -1)], "unverified": [paper(last, 5, verified=False)]}[fault]
    reason = not_vetted(partner(*(paper(kind, 5) for kind in REQUIRED_PAPERS[:-1]), *faulty), AT.date())
    assert reason is not None
    assert reason.details["missing"] == last


def test_a_partner_without_papers_and_a_stranger_hears_both_reasons() -> None:
    with pytest.raises(Refusals) as refused:
        projects.take_partner(project(), partner(), "person_7", AT.date())
    assert refused.value.codes == {"not-a-contact", "partner-not-vetted"}


def test_what_a_partners_papers_allowed_ends_with_them() -> None:
    joined, _ = projects.take_partner(
        project(), partner(*(paper(kind, 3) for kind in REQUIRED_PAPERS)), "person_8", AT.date()
    )
    assert projects.papers_lapsed(joined, AT.date() + timedelta(days=3)) is None
    assert projects.papers_lapsed(joined, AT.date() + timedelta(days=4)) is not None


class ProjectLife(RuleBasedStateMachine):
    """Whatever is tried in whatever order, a project keeps its promises."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        self.attempt(lambda: projects.propose(project()))

    def attempt(self, moved: Any) -> None:
        try:
            self.project, facts = moved()
        except Refusals:
            return
        self.facts += facts

    @rule(person=st.sampled_from(PEOPLE))
    def join(self, person: str) -> None:
        self.attempt(lambda: projects.join(self.project, person, AT))

    @rule(person=st.sampled_from(PEOPLE))
    def leave(self, person: str) -> None:
        self.attempt(lambda: projects.leave(self.project, person))

    @rule(person=st.sampled_from(PEOPLE))
    def approve(self, person: str) -> None:
        self.attempt(lambda: projects.approve(self.project, person, AT))

    @rule(person=st.sampled_from(PEOPLE))
    def send_back(self, person: str) -> None:
        self.attempt(lambda: projects.send_back(self.project, person, AT, "More"))

    @rule()
    def amend(self) -> None:
        self.attempt(lambda: projects.amend(self.project, {"title": "Two"}, "person_0", AT))

    @rule()
    def start(self) -> None:
        self.attempt(lambda: projects.start(self.project, None, "person_1", AT))

    @rule()
    def show(self) -> None:
        self.attempt(lambda: projects.show(self.project, "A bench", {}, "person_1", AT))

    @invariant()
    def a_team_never_outgrows_its_size(self) -> None:
        ids = self.project.member_ids
        assert len(ids) == len(set(ids)) <= self.project.team_max

    @invariant()
    def nobody_approved_their_own(self) -> None:
        approved = [turn.by for turn in self.project.turns if turn.state is State.APPROVED]
        assert "person_0" not in approved

    @invariant()
    def what_runs_was_approved_first(self) -> None:
        states = [turn.state for turn in self.project.turns]
        assert State.RUNNING not in states or State.APPROVED in states[: states.index(State.RUNNING)]

    @invariant()
    def what_is_shown_is_told_once(self) -> None:
        shown = [fact for fact in self.facts if fact.TYPE == "community.project.shown.v1"]
        assert len(shown) == (self.project.state is State.SHOWN)


TestProjectLife = ProjectLife.TestCase


def entry(start: int, minutes: int, hours_id: str = "hours_1") -> Hours:
    starts_at = AT - timedelta(days=1) + timedelta(minutes=start)
    return Hours(
        hours_id=hours_id,
        version=0,
        district_id="district_1",
        project_id="project_1",
        school_id="school_1",
        person_id="person_1",
        contact_ids=("person_8",),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        minutes=minutes,
        what="Sawing",
        where="Workshop",
        logged_at=AT,
    )


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-5, 90)), max_size=12))
def test_a_timesheet_never_holds_two_spans_that_share_a_minute(entries: list[tuple[int, int]]) -> None:
    sheet = Timesheet(person_id="person_1", version=0)
    for number, (start, minutes) in enumerate(entries):
        with suppress(Refusals):
            _, sheet, _ = hour_rules.log(entry(start, minutes, f"hours_{number}"), sheet, ())
    for one in sheet.spans:
        assert not [other for other in sheet.spans if other is not one and other.overlaps(one)]


def test_hours_that_touch_do_not_overlap() -> None:
    first, second = entry(0, 60).span, entry(60, 60).span
    assert not first.overlaps(second)
    assert Span("hours", "x", first.starts_at, first.ends_at + timedelta(minutes=1)).overlaps(second)


def test_future_and_backward_hours_hear_each_reason() -> None:
    with pytest.raises(Refusals) as refused:
        hour_rules.log(entry(3 * 24 * 60, -10), Timesheet(person_id="person_1", version=0), ())
    assert refused.value.codes == {"hours-backwards", "hours-to-come"}


def test_the_partner_and_the_school_are_two_people() -> None:
    verified, _ = hour_rules.verify(entry(0, 60), Outcome.CONFIRM, "person_8", AT)
    with pytest.raises(Refusals) as refused:
        hour_rules.approve(verified, True, "person_8", AT)
    assert refused.value.codes == {"same-person-twice"}
    approved, _ = hour_rules.approve(verified, True, "person_9", AT)
    assert approved.state is HoursState.APPROVED
