"""A container's first step: settings that are secret come from files, then the real process takes over.

`FROM_FILE_PROFILE_MONGO_URL=/run/secrets/…` becomes `PROFILE_MONGO_URL` with the file's content.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_MARK = "FROM_FILE_"


def with_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """`env` with every `FROM_FILE_<NAME>` replaced by `<NAME>`. Raises: SystemExit naming a file that is not there."""
    plain = {name: value for name, value in env.items() if not name.startswith(_MARK)}
    return plain | {name.removeprefix(_MARK): _read(name, path) for name, path in env.items() if name.startswith(_MARK)}


def _read(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise SystemExit(f"{name}: {path} cannot be read ({error.strerror}); run deploy/make-secrets.py") from error


def main() -> None:
    """Replace this process by the command in its arguments."""
    if len(sys.argv) < 2:
        raise SystemExit("name the process to run, such as: python -m services.profile.api")
    os.execvpe(sys.argv[1], sys.argv[1:], with_secrets(os.environ))  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
