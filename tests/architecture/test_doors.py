"""The doors of the house: each is kept, and each catches a deliberate violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "kit", "services", "cli", "deploy")

# A door's name, the file through which somebody breaks in, and the line that does it.
VIOLATIONS = [
    ("Inside a service imports go one way", "services/scheduler/domain/booking.py", "import services.scheduler.store"),
    (
        "Inside a service imports go one way",
        "services/community/store/__init__.py",
        "import services.community.actions",
    ),
    ("Services never import each other", "services/profile/settings.py", "import services.scheduler.settings"),
    ("Services never import each other", "services/web/settings.py", "import services.gateway.settings"),
    ("Inside the pages imports go one way", "services/web/looks/times.py", "import services.web.visiting.visit"),
    ("The pages know the kit", "services/web/sessions/session.py", "import kit.mongo"),
    ("The CLI starts services and imports none", "cli/doctor.py", "import services.profile"),
    ("The kit knows no service", "kit/clock.py", "import services.profile"),
    ("The kit knows no word of school", "kit/clock.py", "import contracts.people"),
    ("Domains do no I/O", "services/scheduler/domain/booking.py", "import asyncio"),
    ("Domains do no I/O", "services/profile/domain/goals.py", "import kit.clock"),
    ("One door to Kafka", "services/profile/settings.py", "import kafka"),
    ("One door to MongoDB", "services/profile/settings.py", "import motor"),
    ("One door to HTTP", "services/community/settings.py", "import httpx"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_keeps_its_doors(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("door", "file", "line"), VIOLATIONS)
def test_a_door_catches_whoever_breaks_in(copy: Path, door: str, file: str, line: str) -> None:
    broken = copy / file
    honest = broken.read_text()
    broken.write_text(f"{honest}\n{line}\n")
    try:
        result = lint(copy)
    finally:
        broken.write_text(honest)
    assert result.returncode != 0
    broken_doors = [text for text in result.stdout.splitlines() if " BROKEN" in text]
    assert any(text.startswith(door) for text in broken_doors), result.stdout
