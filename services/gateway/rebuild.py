"""The gateway's views that can be made anew from topics: assembly alone."""

from contracts.profile import PersonForgotten, PersonListed
from kit.directory import PEOPLE
from kit.rebuild.command import Archive, View
from services.gateway.worker import WORKER

# The inbox is none of them: what was read is known here alone.
ARCHIVE = Archive(WORKER, {"people": View((PEOPLE,), (PersonListed.TYPE, PersonForgotten.TYPE))})

if __name__ == "__main__":
    ARCHIVE.main()
