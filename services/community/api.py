"""Community's API process: assembly alone."""

from contracts.pack import pack
from kit.api import Api
from kit.directory import Directory
from services.community.routes import ROUTES
from services.community.settings import CommunitySettings
from services.community.store.collections import COLLECTIONS

API = Api(
    title="Community",
    settings=CommunitySettings,
    routes=ROUTES,
    collections=COLLECTIONS,
    directory=Directory(),
    staff_roles=frozenset({"educator", "administrator"}),
    pack=pack,
)

if __name__ == "__main__":
    API.main()
