"""The caller's own district, over HTTP: what it is called, and by which clock it lives."""

from pydantic import BaseModel

from contracts.people import Role
from kit.policy import DISTRICT, Policy
from kit.request import EdgeDep
from kit.routes import Routes
from services.gateway.domain.districts import NoSuchDistrict
from services.gateway.store.finding import district_named

routes = Routes(prefix="/v1/district", tags=["districts"])
EVERYONE = Policy(
    *((role, DISTRICT) for role in (Role.LEARNER, Role.EDUCATOR, Role.GUARDIAN, Role.PARTNER, Role.ADMINISTRATOR)),
    scope="people.read",
)


class MyDistrict(BaseModel):
    """The district as its people see it."""

    district_id: str
    name: str
    slug: str
    time_zone: str


@routes.get("", policy=EVERYONE, refuses=[NoSuchDistrict])
async def get_district(edge: EdgeDep) -> MyDistrict:
    """The district I belong to."""
    found = await district_named(edge.store.mongo, edge.district_id)
    return MyDistrict(district_id=found.district_id, name=found.name, slug=found.slug, time_zone=found.time_zone)
