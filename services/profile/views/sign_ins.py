"""Sign-ins: who somebody is who has proved an address, and whom a demonstration offers to sign in as."""

import asyncio

from contracts.people import Role
from kit.refusals import refuse
from kit.transaction import Rows
from services.profile.domain.people import AmbiguousSignIn, NoSuchSignIn, Person, sign_in_key
from services.profile.store.people import unpack_person

SAMPLES = 10


async def who_signs_in(rows: Rows, claim: str, value: str) -> Person:
    """The one active person with this email, username or identifier (case does not matter), or with this id.

    Raises: Refusals of NoSuchSignIn, AmbiguousSignIn.
    """
    by_id = claim == "person_id"  # a sign-in that is renewed, or the built-in provider's
    where = {"_id": value, "active": True} if by_id else {"sign_in": sign_in_key(claim, value)}
    found = await rows.find(where, limit=2)
    if not found:
        raise refuse(NoSuchSignIn())
    if len(found) > 1:
        raise refuse(AmbiguousSignIn())
    return unpack_person(found[0])


async def samples(rows: Rows, role: Role | None) -> list[Person]:
    """Up to ten active people of a role, or of each role."""
    asked = [role] if role else [known for known in Role if known is not Role.OPERATOR]
    found = await asyncio.gather(
        *(rows.find({"lists": one.value, "active": True}, sort=[("_id", 1)], limit=SAMPLES) for one in asked)
    )
    people = {document["_id"]: unpack_person(document) for documents in found for document in documents}
    return list(people.values())
