"""What may differ between two deployments of the gateway."""

from pathlib import Path

from pydantic import Field

from kit.settings import Settings

_LEAST_SECRET = 32


class GatewaySettings(Settings):
    """The gateway's settings, from `GATEWAY_*`. Lists are written with commas."""

    service = "gateway"

    profile_urls: str
    scheduler_urls: str
    community_urls: str
    public_url: str = Field(pattern=r"^https?://[^/]+$")
    """How the outside reaches the gateway: the issuer of its tokens and the base of its redirects."""
    signing_key_file: Path
    """An Ed25519 private JWK with a `kid`, or a JWK set whose first key signs and whose others still verify."""
    cookie_key_file: Path
    """A secret that encrypts what districts entrust to the gateway (their provider's client secret)."""
    operator_secret_file: Path
    """The secret of the client `operator`."""
    dev_provider: bool = False
    """A built-in OpenID provider with a sign-in per role. For demo and development alone."""
    web_urls: str = ""
    """The processes of the pages; with none, addresses that the gateway does not know are refused."""
    web_secret_file: Path | None = None
    """The secret of the client `trellis-web`, the pages; without it that client does not exist."""
    web_session_hours: int = Field(12, ge=1, le=336)
    """How long a sign-in at the pages lasts, however busy: school machines are shared."""
    pages_a_minute: int = Field(30_000, ge=1)
    """Requests for pages by address: a whole school may come from one."""
    page_redirects: str = ""
    """Redirect addresses of the first-party pages."""
    cors_origins: str = ""
    """Origins whose pages may call from a browser; none by default."""
    limits_url: str = Field("async+memory://", pattern=r"^async\+(memory|valkey|valkeys)://")
    """Where requests are counted: memory counts for one process, `async+valkey://…` for all gateways together."""
    person_a_minute: int = Field(600, ge=1)
    app_a_minute: int = Field(3_000, ge=1)
    anonymous_a_minute: int = Field(1_200, ge=1)
    """By address, for sign-in alone. A sign-in is four requests, and a whole school may come from one address."""
    proxies_in_front: int = Field(0, ge=0, le=5)
    """How many proxies of our own stand in front and add to X-Forwarded-For; 0 believes nobody."""
    access_seconds: int = Field(600, ge=30, le=3600)
    refresh_days: int = Field(14, ge=1, le=90)
    contracts_folder: Path = Path(__file__).resolve().parents[2] / "contracts"

    def pages(self) -> tuple[str, ...]:
        """The addresses of the pages' processes."""
        return tuple(split(self.web_urls))

    def behind(self) -> dict[str, tuple[str, ...]]:
        """The addresses of each service's processes."""
        given = {"profile": self.profile_urls, "scheduler": self.scheduler_urls, "community": self.community_urls}
        return {service: tuple(split(urls)) for service, urls in given.items()}


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


def split(listed: str) -> list[str]:
    """The items of a list written with commas."""
    return [item.strip() for item in listed.split(",") if item.strip()]
