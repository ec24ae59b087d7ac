"""Who may place whom: the policies of placements, waits, rolls and weeks."""

from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, person_in
from kit.subjects import themselves
from services.scheduler.routes.subjects import READ, entry_asked, occurrence_asked, placement_asked, space_asked

PLACE = "placements.write"

# Whom a booking is for stands in its body: a learner passes as themselves, and `settle_cause` holds them to it.
PLACERS = Policy(
    ("learner", OWN),
    ("educator", "host"),
    ("administrator", SCHOOL),
    scope=PLACE,
    subject=themselves("learner", occurrence_asked),
)
OWN_WORK_PLACERS = Policy(
    ("learner", OWN),
    ("educator", SCHOOL),
    ("administrator", SCHOOL),
    scope=PLACE,
    subject=themselves("learner", space_asked),
)
PLACEMENT_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", "host"),
    ("educator", CLASS),
    ("administrator", SCHOOL),
    scope=READ,
    subject=placement_asked,
)
PLACEMENT_WRITERS = Policy(
    ("learner", OWN), ("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=placement_asked
)
ENTRY_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", "host"),
    ("administrator", SCHOOL),
    scope=READ,
    subject=entry_asked,
)
ENTRY_WRITERS = Policy(
    ("learner", OWN), ("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=entry_asked
)
ROLL_READERS = Policy(("educator", "host"), ("administrator", SCHOOL), scope=READ, subject=occurrence_asked)
ROLL_TAKERS = Policy(("educator", "host"), ("administrator", SCHOOL), scope=PLACE, subject=occurrence_asked)
WEEK_READERS = Policy(
    ("learner", OWN),
    ("guardian", FAMILY),
    ("educator", CLASS),
    ("administrator", SCHOOL),
    scope=READ,
    subject=person_in("person_id"),
)
FAMILY_ITSELF = Policy(("guardian", OWN), scope=READ, subject=person_in("person_id"))
