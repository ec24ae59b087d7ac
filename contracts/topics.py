"""Every topic of the town, declared in one place: partitions, retention, key, owner and readers."""

from datetime import timedelta

from kit.bus import Topic

# Long enough to repair a consumer over a holiday; older facts come back from their owner's outbox, the archive.
RETENTION = timedelta(days=30)


def _facts(name: str, key: str, *readers: str, partitions: int = 6) -> Topic:
    return Topic(
        name=name,
        partitions=partitions,
        retention=RETENTION,
        compacted=False,
        key=key,
        owner=name.split("-")[0],
        readers=readers,
    )


def _dead_letters(service: str) -> Topic:
    return Topic(
        name=f"{service}-dead-letters",
        partitions=1,
        retention=RETENTION,
        compacted=True,
        key="dead_letter_id",
        owner=service,
        readers=("operators",),
    )


TOPICS: tuple[Topic, ...] = (
    _facts("gateway-districts", "district_id", "profile", "scheduler", partitions=1),
    _facts("gateway-apps", "app_id", partitions=1),
    _facts("gateway-sign-in-links", "person_id", partitions=1),
    _facts("gateway-learners", "person_id", "profile", partitions=1),
    _facts("profile-schools", "school_id", "scheduler", partitions=1),
    _facts("profile-classes", "class_id"),
    # One person's facts must keep their order, forgetting last; nothing needs an order across people.
    _facts("profile-people", "person_id", "scheduler", "community", "gateway"),
    _facts("profile-interests", "person_id", "scheduler"),
    _facts("profile-goals", "goal_id", "scheduler"),
    _facts("profile-targets", "proposal_id", "gateway"),
    _facts("profile-evidence", "evidence_id", "gateway"),
    _facts("profile-skills", "growth_id", "scheduler", "gateway"),
    _facts("profile-learners", "person_id", partitions=1),
    _facts("scheduler-blocks", "block_id"),
    _facts("scheduler-offers", "offer_id"),
    _facts("scheduler-occurrences", "occurrence_id"),
    # A placement's life (made, cancelled, attended) is the order that matters; the student's week guards the rest.
    _facts("scheduler-placements", "placement_id", "profile", "community", "gateway", partitions=12),
    _facts("scheduler-waitlist-entries", "entry_id"),
    _facts("scheduler-rounds", "round_id", partitions=1),
    # A student's result is published, perhaps withdrawn, perhaps published again; each run has results of its own.
    _facts("scheduler-round-results", "result_id", "gateway"),
    _facts("scheduler-learners", "person_id", "profile", partitions=1),
    _facts("community-partners", "partner_id", partitions=1),
    _facts("community-projects", "project_id", "profile", "scheduler", "gateway"),
    _facts("community-hours", "hours_id", "gateway"),
    _facts("community-reflections", "reflection_id"),
    _facts("community-learners", "person_id", "profile", partitions=1),
    *(_dead_letters(service) for service in ("profile", "scheduler", "community", "gateway")),
)
