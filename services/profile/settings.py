"""What may differ between two deployments of profile."""

from typing import ClassVar

from pydantic import Field

from kit.settings import Settings


class ProfileSettings(Settings):
    """The kit's settings, and how the worker looks for rosters to read and apply."""

    service: ClassVar[str] = "profile"

    roster_look_every_seconds: float = Field(1.0, gt=0, le=60)
    """How long a worker waits before it asks again whether a roster was uploaded."""
