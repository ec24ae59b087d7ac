"""Sign-in links for partners' contacts, over HTTP: made by the school's office, shown once."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from contracts.people import Role
from kit.policy import SCHOOL, Policy, person_in
from kit.problems import NoSuchMember
from kit.refusals import refuse
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id
from services.gateway.actions.sign_in_by_link import MakeSignInLink, make_sign_in_link
from services.gateway.domain.oauth import hash_of
from services.gateway.domain.sign_in_links import MOST_HOURS, USUAL_HOURS, LinkShownBefore, OnlyPartnerContacts
from services.gateway.granting import fresh_secret

routes = Routes(prefix="/v1/people/{person_id}/sign-in-links", tags=["sign-in"])


class NewLink(Body):
    """For how many hours the link is good."""

    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] = USUAL_HOURS


class LinkShown(BaseModel):
    """A fresh link, to be sent to its person by the office. It is in this answer alone, and good once."""

    person_id: str
    link: str
    link_token: str
    expires_at: datetime


@routes.post(
    "",
    policy=Policy((Role.ADMINISTRATOR, SCHOOL), scope="community.write", subject=person_in("person_id")),
    refuses=[NoSuchMember, OnlyPartnerContacts, LinkShownBefore],
    status_code=201,
)
async def post_sign_in_link(person_id: Id, body: NewLink, edge: EdgeDep) -> LinkShown:
    """Make a link with which a partner's contact signs in, once; it ends the one made before."""
    secret = fresh_secret()
    made = await edge.act(make_sign_in_link, MakeSignInLink(person_id, secret, edge.caller.caller_id, body.hours))
    if made.link_hash != hash_of(secret):  # the answer of an earlier request under the same idempotency key
        raise refuse(LinkShownBefore())
    token = f"{edge.district_id}.{person_id}.{secret}"
    link = f"{edge.app.state.public_url}/sign-in/link?token={token}"
    return LinkShown(person_id=person_id, link=link, link_token=token, expires_at=made.expires_at)
