"""A whole town for the walks: both servers, every process, a district that has lived its first school day."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cli.demo.story import play
from cli.demo.telling import Teller
from cli.sample import write_sample
from deploy.local.town import Town, start_town
from tests.e2e.district import District, Played, open_for

# Walks ask for much in a short time, all from one address.
GENEROUS = {"GATEWAY_ANONYMOUS_A_MINUTE": "1000000", "GATEWAY_PERSON_A_MINUTE": "1000000"}


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, with more patience for one address than people need."""
    with start_town(tmp_path_factory.mktemp("town"), extra_env=GENEROUS) as running:
        yield running


@pytest.fixture(scope="session")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample district: two schools, 260 learners."""
    path = tmp_path_factory.mktemp("roster") / "sample.zip"
    write_sample(path, schools=2, learners=260, seed=7)
    return path


@pytest.fixture(scope="session")
def district(town: Town, roster: Path) -> Iterator[District]:
    """A district with its roster applied, its time drawn, its spaces furnished; walks make their own offers in it."""
    opened = open_for(town, roster)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def played(town: Town, roster: Path) -> Iterator[Played]:
    """The first school day, played to its end in a district of its own, with what was told of it."""
    told = StringIO()
    day = play(town, roster, slug="played-valley", tell=Teller(Console(file=told, width=200)))
    yield Played(day, told.getvalue())
    for somebody in day.cast.values():
        somebody.api.close()
