"""What community does about what others announce: one table."""

from contracts.listing import remember_person
from contracts.profile import PersonForgotten, PersonListed
from contracts.scheduler import PlacementCancelled, PlacementMade, PlacementRestored
from kit.consumer.heard import Subscriptions
from services.community.actions.erase_person import erase_person
from services.community.views.busy import remember_placement

SUBSCRIPTIONS: Subscriptions = {
    PersonListed.TYPE: (PersonListed, remember_person),
    PersonForgotten.TYPE: (PersonForgotten, erase_person),
    PlacementMade.TYPE: (PlacementMade, remember_placement),
    PlacementRestored.TYPE: (PlacementRestored, remember_placement),
    PlacementCancelled.TYPE: (PlacementCancelled, remember_placement),
}
