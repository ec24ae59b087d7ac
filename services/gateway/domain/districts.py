"""Districts: the tenants, and where their people sign in."""

from dataclasses import dataclass

from contracts.fact import Fact
from contracts.gateway import DistrictOpened
from kit.refusals import Kind, Refusal

CLAIMS = ("email", "username", "identifier")


class NoSuchDistrict(Refusal):
    kind = Kind.MISSING
    text = "There is no district with this id or short name."


class SlugTaken(Refusal):
    text = "The short name {slug} belongs to another district."


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A district's OpenID Connect provider. `secret_box` is its client secret, encrypted; `claim` tells who signed in:
    `subject` is the ID token's claim, `claim` the roster column it is looked up by.
    """

    issuer: str
    client_id: str
    secret_box: str | None
    subject: str
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A tenant. Without a provider its people sign in at the built-in one, where that is switched on."""

    district_id: str
    version: int
    name: str
    slug: str
    time_zone: str
    provider: Provider | None


def open_district(district: District) -> list[Fact]:
    """A district begins to use Trellis."""
    return [DistrictOpened(district_id=district.district_id, time_zone=district.time_zone)]
