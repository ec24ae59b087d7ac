"""Settings: a deployment that does not fit is told so at once, line by line, without its secrets."""

import pytest
from pydantic import ValidationError

from kit.settings import BadSettings, Settings

ENVIRONMENT = {
    "LIBRARY_MONGO_URL": "mongodb://library:hunter2@127.0.0.1:1",
    "LIBRARY_KAFKA": "127.0.0.1:2",
    "LIBRARY_PORT": "8001",
    "LIBRARY_WORKER_PORT": "8002",
    "LIBRARY_JWKS_URL": "http://127.0.0.1:3/jwks",
    "LIBRARY_CURSOR_KEY": "k" * 32,
}


class LibrarySettings(Settings):
    service = "library"

    most_loans: int = 5


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def faults() -> tuple[str, ...]:
    with pytest.raises(BadSettings) as refused:
        LibrarySettings.load()
    assert str(refused.value) == "\n".join(refused.value.faults)
    return refused.value.faults


def test_settings_come_from_variables_with_the_services_prefix(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LIBRARY_MOST_LOANS", "7")
    environment.setenv("ARCHIVE_PORT", "9")
    settings = LibrarySettings.load()
    assert (settings.port, settings.most_loans, settings.host) == (8001, 7, "127.0.0.1")
    assert settings.mongo_database == "trellis_library"


def test_every_fault_is_one_line_and_none_shows_a_value(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LIBRARY_PORT", "hunter2")
    environment.delenv("LIBRARY_KAFKA")
    environment.setenv("LIBRARY_COLOUR", "hunter2")
    environment.setenv("LIBRARY_CURSOR_KEY", "hunter2")
    told = faults()
    assert [line.split(":")[0] for line in told] == [
        "LIBRARY_COLOUR",
        "LIBRARY_CURSOR_KEY",
        "LIBRARY_KAFKA",
        "LIBRARY_PORT",
    ]
    assert told[2] == "LIBRARY_KAFKA: is missing"
    assert not any("hunter2" in line for line in told)


def test_the_shared_cursor_key_is_the_fallback_and_the_services_own_comes_first(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("TRELLIS_CURSOR_KEY", "t" * 32)
    assert LibrarySettings.load().cursor_key.get_secret_value() == "k" * 32
    environment.delenv("LIBRARY_CURSOR_KEY")
    assert LibrarySettings.load().cursor_key.get_secret_value() == "t" * 32


def test_settings_cannot_be_changed_and_hide_their_secrets(environment: pytest.MonkeyPatch) -> None:
    settings = LibrarySettings.load()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    assert "hunter2" not in repr(settings)


def test_a_search_for_the_store_ends_before_the_deadline(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LIBRARY_DEADLINE_SECONDS", "10")
    settings = LibrarySettings.load()
    assert 0 < settings.store_timeout_seconds < settings.deadline_seconds / 2
