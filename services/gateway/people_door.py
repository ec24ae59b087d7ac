"""The door to profile: who is it that a provider names, and what are they in the district today?"""

from dataclasses import dataclass

from kit.auth import Caller, RoleAt
from kit.http import Door
from kit.policy import OPERATOR
from services.gateway.domain.oauth import OAuthRefusal
from services.gateway.tokens import SigningKeys

ITSELF = "gateway"
INTERNAL_SECONDS = 30
_NOBODY = frozenset({404, 409, 422})


@dataclass(frozen=True, slots=True)
class Person:
    """A person by id, with their roles today."""

    person_id: str
    roles: tuple[RoleAt, ...]


@dataclass(frozen=True, slots=True)
class PeopleDoor:
    """Asks profile with a token that only the gateway can have: kind operator, scope internal."""

    door: Door
    keys: SigningKeys

    def headers(self, district_id: str) -> dict[str, str]:
        """Who asks, for whose district."""
        caller = Caller(ITSELF, "operator", district_id, (), frozenset({"internal"}))
        return {"authorization": f"Bearer {self.keys.mint(caller, 'profile', INTERNAL_SECONDS)}"}

    async def find(self, district_id: str, claim: str, value: str) -> Person:
        """The person whose roster row says so. Raises: OAuthRefusal; Refusals of PeerUnavailable."""
        body = {"claim": claim, "value": value}
        answer = await self.door.post("/v1/sign-ins", body, headers=self.headers(district_id))
        if answer.status in _NOBODY:
            raise OAuthRefusal("access_denied", "you are not on the district's roster; ask your school's office", 403)
        if answer.status != 200:
            raise OAuthRefusal("temporarily_unavailable", "the district's roster cannot be asked just now", 503)
        found = answer.json()
        # An operator is one by secret, never by roster: whoever writes rosters could otherwise become one.
        held = [role for role in found["roles"] if role["role"] != OPERATOR]
        return Person(found["person_id"], tuple(RoleAt(role["role"], role["organisation_id"]) for role in held))

    async def samples(self, district_id: str, role: str) -> list[dict[str, str]]:
        """A few people of this role, with names: for the built-in provider's page alone."""
        path = "/v1/sign-ins/samples"
        answer = await self.door.get(path, query={"role": role}, headers=self.headers(district_id))
        people: list[dict[str, str]] = answer.json()["people"] if answer.status == 200 else []
        return people
