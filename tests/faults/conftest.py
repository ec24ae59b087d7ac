"""One town under load for all faults that it survives: each test plays a round of its own in it."""

from collections.abc import Iterator

import pytest

from deploy.local.town import start_town
from tests.faults.rounds import Run
from tests.faults.school import PATIENT


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The town, its school and the history of all rounds so far."""
    folder = tmp_path_factory.mktemp("faults")
    with start_town(folder / "town", extra_env=PATIENT) as town:
        running = Run.begin(town, folder, lambda _: None)
        yield running
        running.close()
