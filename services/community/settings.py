"""What may differ between two deployments of community."""

from kit.settings import Settings


class CommunitySettings(Settings):
    """Community's settings, from `COMMUNITY_*`."""

    service = "community"

    papers_every_seconds: float = 600.0
    """How often partners' papers are looked through for those that have expired."""
