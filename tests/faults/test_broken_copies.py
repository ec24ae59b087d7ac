"""Broken copies: with one guarantee taken out, the same story that is harmless makes the checker complain."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.mongo_cluster import start_mongo_cluster
from deploy.local.town import Town, start_town
from tests.faults import errands, settling
from tests.faults.checking_facts import repeats
from tests.faults.copies import (
    MARK_BEFORE_ACKNOWLEDGE,
    NO_DEAD_LETTER,
    NO_FENCE,
    NO_INBOX,
    NO_MAJORITY,
    OFFSET_BEFORE_EFFECT,
    Change,
    copy_of_the_code,
    take_out,
)
from tests.faults.crash_orders import Orders
from tests.faults.crowding import start_beside
from tests.faults.evidence import gather
from tests.faults.history import Phase
from tests.faults.injecting import stopped
from tests.faults.paths import Paths
from tests.faults.poison import Dose, give
from tests.faults.quiet import Quiet
from tests.faults.rounds import Run
from tests.faults.school import PATIENT
from tests.faults.settling import settle
from tests.faults.verdict import Finding

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

WHOLE: tuple[Change, ...] = ()
SHORT_PATIENCE = 12.0
"""What a broken copy has lost never comes: there is no need to wait for it as long as for what may come late."""


class Story:
    """A town run from a copy, whose processes can be told to end or to stand still at a point."""

    def __init__(self, town: Town, orders: Orders, folder: Path) -> None:
        self.town, self.orders, self.copy = town, orders, folder / "copy"
        self.run = Run.begin(town, folder, lambda _: None)
        self.paths = Paths(self.run, lambda: None)
        self.quiet = Quiet(town)

    def break_off(self, changes: Sequence[Change], *names: str) -> None:
        """Take a guarantee out of these processes: they start again from the changed copy."""
        self.become_quiet()
        take_out(self.copy, changes)
        for name in names:
            self.town.stop_service(name)
            self.town.start_service(name)

    def wait(self, true: Callable[[], bool], what: str) -> None:
        """Wait until it is true. Raises: AssertionError."""
        for _ in range(600):
            if true():
                return
            threading.Event().wait(0.1)
        raise AssertionError(f"never came true: {what}")

    def become_quiet(self) -> None:
        self.wait(self.quiet.reached, "everything is sent and heard")

    def goals(self, count: int = 5) -> None:
        """Learners write goals: profile announces each, and the scheduler hears it."""
        for _ in range(count):
            self.paths.prepare("goal")()

    def close(self) -> None:
        self.paths.close()
        self.quiet.close()
        self.run.close()

    def findings(self) -> list[Finding]:
        return self.run.check(views=False)[1]


@contextmanager
def story(folder: Path) -> Iterator[Story]:
    env = copy_of_the_code(folder / "copy")
    orders = Orders.in_folder(folder / "orders")
    (folder / "town").mkdir()
    with start_town(folder / "town", extra_env={**PATIENT, **orders.env, **env}) as town:
        told = Story(town, orders, folder)
        try:
            yield told
        finally:
            told.close()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "PATIENCE_SECONDS", SHORT_PATIENCE)
    monkeypatch.setenv("TRELLIS_MONGO_TRANSACTION_SECONDS", "3")


def ended(told: Story, name: str, point: str, act: Callable[[], None]) -> None:
    """Act, let this process end at this point, and start it again."""
    told.become_quiet()
    told.orders.give(name, point)
    act()
    told.wait(lambda: not told.town.processes[name].alive, f"{name} ends at {point}")
    told.town.start_service(name)


def test_an_offset_that_is_committed_before_the_effect_is_found_out(tmp_path: Path) -> None:
    with story(tmp_path) as told:
        told.break_off(OFFSET_BEFORE_EFFECT, "scheduler.worker")
        ended(told, "scheduler.worker", "consumer.received", told.goals)
        assert {finding.rule for finding in told.findings()} == {"consumer"}


def test_a_mark_before_the_acknowledgement_is_found_out(tmp_path: Path) -> None:
    with story(tmp_path) as told:
        told.break_off(MARK_BEFORE_ACKNOWLEDGE, "profile.worker")
        ended(told, "profile.worker", "relay.marked", told.goals)
        assert {finding.rule for finding in told.findings()} == {"relay"}


def test_an_effect_that_is_not_noted_with_itself_is_found_out(tmp_path: Path) -> None:
    with story(tmp_path) as told:
        told.break_off(NO_INBOX, "scheduler.worker")
        told.goals()
        assert {finding.rule for finding in told.findings()} == {"consumer"}


def test_a_record_that_is_passed_over_in_silence_is_found_out(tmp_path: Path) -> None:
    with story(tmp_path) as told:
        told.break_off(NO_DEAD_LETTER, "scheduler.worker")
        give(told.town.kafka.bootstrap, told.run.history, Dose("bad-envelope", "profile-goals", "", 0), "unseen")
        told.goals()
        assert {finding.rule for finding in told.findings()} == {"poison"}


@pytest.mark.parametrize(("changes", "again"), [(WHOLE, False), (NO_FENCE, True)], ids=["whole", "broken"])
def test_a_lease_holder_that_stood_still_sends_nothing_more_and_without_the_fence_it_would(
    tmp_path: Path, changes: Sequence[Change], again: bool
) -> None:
    with story(tmp_path) as told:
        told.break_off(changes, "profile.worker")
        told.become_quiet()
        assert list(repeats(gather(told.town))) == []
        told.orders.give("profile.worker", "relay.read", "stop")
        told.goals()
        told.wait(lambda: told.orders.taken("profile.worker", "relay.read"), "the holder stands still")
        holder = told.town.processes["profile.worker"]
        with stopped(holder.pid):
            second = start_beside(told.town, "profile.worker", 2)
            told.goals()
            settling.wait_until_sent(told.town)
        told.goals()
        found = settle(told.town)
        if again:
            told.wait(lambda: any(repeats(gather(told.town))), "the one that stood still sends what was sent")
        second.stop()
        if not again:
            assert list(repeats(found)) == []
            assert told.findings() == []


@pytest.mark.parametrize(("changes", "any_lost"), [(WHOLE, False), (NO_MAJORITY, True)], ids=["whole", "broken"])
def test_a_write_that_one_store_alone_has_seen_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: Sequence[Change], any_lost: bool
) -> None:
    with start_mongo_cluster(tmp_path / "stores", election_seconds=20) as stores:
        monkeypatch.setenv("TRELLIS_MONGO_URL", stores.admin_url)
        with story(tmp_path) as told:
            told.break_off(changes, "profile.api", "profile.worker")
            told.become_quiet()
            primary, others = stores.primary(), stores.secondaries()
            for port in others:
                stores.kill(port)
            acknowledged = write_goals(told)
            stores.kill(primary)
            for port in others:
                stores.start(port)
            assert stores.primary() != primary
            stores.start(primary)
            findings = told.findings()
            print(f"{acknowledged} acknowledged by one store alone; {len(findings)} findings")
            assert any(str(finding).startswith("lost") for finding in findings) is any_lost


def write_goals(told: Story) -> int:
    """A few goals, each asked once; how many were acknowledged."""
    person, school = told.paths.person, told.run.school
    errands_made = [errands.goal(school, person.luck, f"alone-{number}") for number in range(4)]
    replies = [
        person.once(told.paths.client, errand, f"alone-{number}")
        for number, errand in enumerate(errands_made)
        if errand is not None
    ]
    return sum(reply.phase is Phase.OK for reply in replies)
