"""Settings: what may differ between two deployments of a service, read from its environment and from nowhere else."""

import os
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

SHARED_CURSOR_KEY = "TRELLIS_CURSOR_KEY"
# At five seconds, a store that is away is said before the deadline: one failed search for a primary and one answer.
_STORE_SHARE = 0.4


class BadSettings(SystemExit):
    """The environment does not fit; each line names one variable and what is expected, never its value."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ProcessSettings(BaseSettings):
    """Every field comes from `<SERVICE>_<FIELD>`. Subclasses name their service and add fields of their own."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", case_sensitive=False)

    service: ClassVar[str] = ""

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str | None = Field(None, pattern=r"^https?://")
    deadline_seconds: float = Field(5.0, gt=0, le=300)
    consumer_session_seconds: float = Field(15.0, ge=1, le=300)
    """After how long without a sign of life a worker's partitions go to another (or to itself, started again)."""
    lease_seconds: float = Field(15.0, ge=3, le=300)
    """The same for what a worker holds on lease: the slots of its outbox, and work that is shared out."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.model_config["env_prefix"] = cls.prefix()

    @classmethod
    def prefix(cls) -> str:
        """The beginning of this service's variables, such as `LIBRARY_`."""
        return f"{cls.service.upper()}_"

    @classmethod
    def load(cls) -> Self:
        """The settings in the environment.

        Raises: BadSettings (which ends the process with its lines on stderr) for missing, malformed or unknown ones.
        """
        faults = list(cls._unknown())
        try:
            settings = cls()
        except ValidationError as error:
            faults += [cls._fault(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()]
        if faults:
            raise BadSettings(tuple(sorted(faults)))
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a file is not where settings come from
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - nor is a folder of files
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, cls.fallbacks())

    @classmethod
    def fallbacks(cls) -> dict[str, Any]:
        """What holds for fields that the environment does not name."""
        return {}

    @classmethod
    def _unknown(cls) -> list[str]:
        known = {f"{cls.prefix()}{name.upper()}" for name in cls.model_fields}
        strangers = [name for name in os.environ if name.upper().startswith(cls.prefix()) and name.upper() not in known]
        return [f"{name}: no such setting; {cls.service} knows {', '.join(sorted(known))}" for name in strangers]

    @classmethod
    def _fault(cls, location: tuple[int | str, ...], kind: str, expected: str) -> str:
        name = f"{cls.prefix()}{'.'.join(str(part) for part in location).upper()}"
        return f"{name}: is missing" if kind == "missing" else f"{name}: {expected}"


class Settings(ProcessSettings):
    """The settings of a service with a store: where it is, where the broker is, whose tokens count."""

    mongo_url: SecretStr
    mongo_database: str = ""
    kafka: str
    worker_port: int = Field(ge=0, le=65535)
    jwks_url: str = Field(pattern=r"^https?://")
    cursor_key: SecretStr = Field(min_length=32)

    @classmethod
    def fallbacks(cls) -> dict[str, Any]:
        """A database called after the service, and the cursor key that all services share."""
        shared = os.environ.get(SHARED_CURSOR_KEY)
        return {"mongo_database": f"trellis_{cls.service}", **({"cursor_key": shared} if shared else {})}

    @property
    def store_timeout_seconds(self) -> float:
        """How long one search for a primary may take, so that "the store is away" is said before the deadline."""
        return self.deadline_seconds * _STORE_SHARE
