"""What may differ between two deployments of the scheduler."""

from typing import ClassVar

from pydantic import Field

from kit.settings import Settings


class SchedulerSettings(Settings):
    """The kit's settings, how often the worker looks for work, and how many cores a distribution may use."""

    service: ClassVar[str] = "scheduler"

    lock_every_seconds: float = Field(1.0, gt=0, le=60)
    rounds_every_seconds: float = Field(1.0, gt=0, le=60)
    round_cores: int = Field(1, ge=1, le=64)
