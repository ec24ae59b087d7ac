"""Community's views that can be made anew from topics: assembly alone."""

from contracts.profile import PersonForgotten, PersonListed
from contracts.scheduler import PlacementCancelled, PlacementMade
from kit.directory import PEOPLE
from kit.rebuild.command import Archive, View
from services.community.store.collections import BUSY
from services.community.worker import WORKER

ARCHIVE = Archive(
    WORKER,
    {
        "people": View((PEOPLE,), (PersonListed.TYPE, PersonForgotten.TYPE)),
        "busy": View((BUSY,), (PlacementMade.TYPE, PlacementCancelled.TYPE, PersonForgotten.TYPE)),
    },
)

if __name__ == "__main__":
    ARCHIVE.main()
