"""The commands there are, and how they fail: one line, exit code 1, no traceback."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.trouble import Trouble
from cli.whereabouts import Whereabouts, secret_in
from deploy.local.description import FILE, Description

RUNBOOKS = Path(__file__).parents[3] / "deploy" / "runbooks"
NAMED_IN_RUNBOOKS = (
    ["doctor"],
    ["trace"],
    ["topics", "list"],
    ["topics", "plan"],
    ["topics", "apply"],
    ["dead-letters", "list"],
    ["dead-letters", "show"],
    ["dead-letters", "replay"],
    ["dead-letters", "drop"],
    ["rebuild"],
    ["refill"],
    ["import", "oneroster"],
    ["sample"],
    ["up"],
    ["demo"],
)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a town, and an environment that names none."""
    for name in ("TRELLIS_URL", "TRELLIS_KAFKA", "TRELLIS_APP_ID", "TRELLIS_APP_SECRET", "TRELLIS_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", NAMED_IN_RUNBOOKS, ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    asked = CliRunner().invoke(app, [*command, "--help"])
    assert asked.exit_code == 0
    assert "Usage:" in asked.output


@pytest.mark.parametrize(
    "command",
    [
        ["trace", "corr_12345678"],
        ["topics", "plan"],
        ["dead-letters", "list"],
        ["district", "list"],
        ["rebuild", "nobody"],
        ["refill", "no-such-topic"],
    ],
    ids=" ".join,
)
def test_without_a_town_a_command_says_what_to_do(command: list[str], nowhere: Path) -> None:
    failed = CliRunner().invoke(app, command)
    assert failed.exit_code == 1
    assert failed.exception is None or isinstance(failed.exception, SystemExit)
    assert failed.stderr.strip()
    assert "Traceback" not in failed.output


def test_a_town_that_does_not_answer_is_one_line(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRELLIS_OPERATOR_SECRET", "very-secret-indeed")
    failed = CliRunner().invoke(app, ["district", "list", "--url", "http://127.0.0.1:1"])
    assert failed.exit_code == 1
    assert "does not answer" in failed.stderr
    assert "very-secret-indeed" not in failed.output


def test_a_town_whose_process_is_gone_runs_no_more(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        '{"base_url": "http://127.0.0.1:1", "folder": "x", "pid": 4194305, "kafka": "x", "processes": {},'
        ' "operator_secret_file": "x", "mongo_admin_url_file": "x", "env_files": {}}'
    )
    assert Description.read(tmp_path) is None
    with pytest.raises(Trouble, match="trellis up"):
        Whereabouts.find(None, tmp_path)


def test_a_secret_is_read_from_its_file_and_a_missing_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    monkeypatch.setenv("TRELLIS_APP_SECRET_FILE", str(file))
    assert secret_in("TRELLIS_APP_SECRET", None) == "s3cret"
    monkeypatch.setenv("TRELLIS_APP_SECRET_FILE", str(tmp_path / "gone"))
    with pytest.raises(Trouble, match="TRELLIS_APP_SECRET_FILE"):
        secret_in("TRELLIS_APP_SECRET", None)


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["version"]).output.startswith("Trellis ")
