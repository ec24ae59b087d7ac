"""Community's views that can be made anew from topics: assembly alone."""

from contracts.profile import PersonForgotten, PersonListed
from contracts.scheduler import PlacementCancelled, PlacementMade, PlacementRestored
from kit.directory import PEOPLE
from kit.rebuild.command import Archive, View
from services.community.store.collections import BUSY
from services.community.worker import WORKER

PLACING = (PlacementMade, PlacementRestored, PlacementCancelled, PersonForgotten)

ARCHIVE = Archive(
    WORKER,
    {
        "people": View((PEOPLE,), (PersonListed.TYPE, PersonForgotten.TYPE)),
        "busy": View((BUSY,), tuple(heard.TYPE for heard in PLACING)),
    },
)

if __name__ == "__main__":
    ARCHIVE.main()
