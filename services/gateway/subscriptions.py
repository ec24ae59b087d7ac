"""What the gateway does about what others announce: one table."""

from contracts.listing import remember_person
from contracts.profile import PersonForgotten, PersonListed
from kit.consumer.heard import Subscriptions
from services.gateway.actions.erase_person import erase_person
from services.gateway.actions.keep_notices import keep_notices
from services.gateway.domain.notices import TELLING

SUBSCRIPTIONS: Subscriptions = {
    PersonListed.TYPE: (PersonListed, remember_person),
    PersonForgotten.TYPE: (PersonForgotten, erase_person),
    **{told.TYPE: (told, keep_notices) for told in TELLING},
}
