"""Profile's views that can be made anew from topics: assembly alone."""

from contracts.gateway import DistrictOpened
from kit.rebuild.command import Archive, View
from services.profile.store.growth import DISTRICTS
from services.profile.worker import WORKER

# Teams are none of them: a forgotten learner's place in one is known to be gone here alone.
ARCHIVE = Archive(WORKER, {"districts": View((DISTRICTS,), (DistrictOpened.TYPE,))})

if __name__ == "__main__":
    ARCHIVE.main()
