"""Rolling restarts and scaling: processes come and go under load, and not one request fails for it."""

from collections.abc import Callable

import pytest

from deploy.local.processes import Process, free_port
from tests.faults.crowding import start_beside
from tests.faults.load import Pace
from tests.faults.replies import size_of, troubles
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

OPERATIONS = 400
BEHIND = ("profile", "scheduler", "community")
MORE = 3


def know_of_four(run: Run) -> dict[str, list[int]]:
    """Tell the gateway of three more addresses a service, where nobody listens yet."""
    ports = {service: [free_port() for _ in range(MORE)] for service in BEHIND}
    for service in BEHIND:
        urls = [run.town.url_of(service), *(f"http://127.0.0.1:{port}" for port in ports[service])]
        run.town.tell("gateway.api", {f"GATEWAY_{service.upper()}_URLS": ",".join(urls)})
    run.town.stop_service("gateway.api")
    run.town.start_service("gateway.api")
    return ports


def in_steps(pace: Pace, steps: list[Callable[[], object]]) -> None:
    """Each step at its own moment of the load."""
    for number, step in enumerate(steps, start=1):
        pace.wait_for(OPERATIONS * number // (len(steps) + 1))
        step()


def restart(run: Run, name: str) -> None:
    run.town.stop_service(name)
    run.town.start_service(name)


def test_apis_scale_from_one_to_four_and_back_and_are_restarted_without_a_failed_request(run: Run) -> None:
    ports, beside = know_of_four(run), list[Process]()

    def add(number: int) -> None:
        beside.extend(start_beside(run.town, f"{name}.api", number, ports[name][number]) for name in BEHIND)

    def remove() -> None:
        while beside:
            beside.pop().stop()

    steps: list[Callable[[], object]] = [lambda number=number: add(number) for number in range(MORE)]  # type: ignore[misc]
    steps += [lambda name=name: restart(run, f"{name}.api") for name in BEHIND]  # type: ignore[misc]
    since = size_of(run.history.path)
    run.round("apis", OPERATIONS, lambda pace: in_steps(pace, [*steps, remove]))
    assert troubles(run.history.path, since) == {}
    assert [str(finding) for finding in run.check(views=False)[1]] == []


def test_workers_scale_from_one_to_four_and_back_and_are_restarted_without_a_failed_request(run: Run) -> None:
    beside: list[Process] = []

    def add(number: int) -> None:
        beside.extend(start_beside(run.town, f"{name}.worker", number) for name in ("scheduler", "profile"))

    def remove() -> None:
        while beside:
            beside.pop().stop()

    steps: list[Callable[[], object]] = [lambda number=number: add(number) for number in range(MORE)]  # type: ignore[misc]
    steps += [lambda name=name: restart(run, f"{name}.worker") for name in ("scheduler", "profile")]  # type: ignore[misc]
    since = size_of(run.history.path)
    run.round("workers", OPERATIONS, lambda pace: in_steps(pace, [*steps, remove]))
    assert troubles(run.history.path, since) == {}
    assert [str(finding) for finding in run.check(views=False)[1]] == []
