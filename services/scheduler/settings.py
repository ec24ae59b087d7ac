"""What may differ between two deployments of the scheduler."""

from typing import ClassVar

from pydantic import Field

from kit.settings import Settings


class SchedulerSettings(Settings):
    """The kit's settings, and how often the worker looks for blocks to lock."""

    service: ClassVar[str] = "scheduler"

    lock_every_seconds: float = Field(1.0, gt=0, le=60)
