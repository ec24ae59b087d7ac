"""Topics at the start of a town: those that the contracts declare are made before anybody writes or reads."""

from __future__ import annotations

import os


def apply_declared_topics(bootstrap: str) -> None:
    """Make the declared topics on the broker at `bootstrap`, or bring them in line; safe to repeat."""
    # Imported here: a town's servers are of use without the services and what these promise each other.
    from contracts.topics import TOPICS
    from kit.bus import apply_topics

    apply_topics(bootstrap, TOPICS)


if __name__ == "__main__":
    apply_declared_topics(os.environ["TRELLIS_KAFKA"])
