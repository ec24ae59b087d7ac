"""What may differ between two deployments of the pages."""

from pathlib import Path

from pydantic import Field

from kit.settings import ProcessSettings

_LEAST_SECRET = 32


class WebSettings(ProcessSettings):
    """The pages' settings, from `WEB_*`."""

    service = "web"

    gateway_url: str = Field(pattern=r"^https?://[^/]+$")
    """Where this process reaches the gateway."""
    public_url: str = Field(pattern=r"^https?://[^/]+$")
    """Where people reach it: the gateway's public address. `__Host-` cookies ask for https, or for this machine."""
    session_key_file: Path
    """A secret that seals cookies. Another one signs everybody out."""
    client_secret_file: Path
    """The secret of the client `trellis-web`, as the gateway has it."""
    deadline_seconds: float = Field(8.0, gt=0, le=300)
    most_sessions: int = Field(20_000, ge=10)
    """How many people's access tokens this process remembers; whoever is forgotten costs one request more."""
    development: bool = False
    """Offers the mirrored pseudo-language, for those who write pages."""


class BadSecret(SystemExit):
    """A secret's file is missing, or holds too little to be one."""


def read_secret(path: Path) -> str:
    """The secret in this file. Raises: BadSecret with what was expected, never with the content."""
    try:
        secret = path.read_text().strip()
    except (OSError, ValueError) as error:
        raise BadSecret(f"{path}: expected a file with a secret") from error
    if len(secret) < _LEAST_SECRET:
        raise BadSecret(f"{path}: expected a secret of at least {_LEAST_SECRET} characters")
    return secret
