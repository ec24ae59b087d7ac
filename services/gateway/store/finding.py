"""Finding a district or an app before it is known whose request this is."""

from kit.mongo import Mongo
from kit.refusals import refuse
from services.gateway.domain.apps import App
from services.gateway.domain.districts import District, NoSuchDistrict
from services.gateway.store.collections import APP, APPS, DISTRICT, DISTRICTS


async def district_named(mongo: Mongo, name: str) -> District:
    """The district with this id or short name. Raises: Refusals of NoSuchDistrict."""
    rows = mongo.database[DISTRICTS.name]
    # A short name holds no underscore, so that it can never be taken for an id.
    found = await rows.find_one({"_id": name} if "_" in name else {"slug": name})
    if found is None:
        raise refuse(NoSuchDistrict())
    return DISTRICT.unpack(found)


async def districts_after(mongo: Mongo, slug: str, most: int) -> list[District]:
    """The next districts by short name, of all tenants: what an operator asks."""
    rows = await mongo.database[DISTRICTS.name].find({"slug": {"$gt": slug}}).sort("slug", 1).limit(most).to_list(most)
    return [DISTRICT.unpack(row) for row in rows]


async def district_exists(mongo: Mongo, district_id: str) -> bool:
    """Whether this is the id of a district (and not only the word that an operator's unbound token carries)."""
    return await mongo.database[DISTRICTS.name].find_one({"_id": district_id}, ["_id"]) is not None


async def app_called(mongo: Mongo, app_id: str) -> App | None:
    """The app with this id, of whatever district, or None."""
    found = await mongo.database[APPS.name].find_one({"_id": app_id})
    return APP.unpack(found) if found else None
