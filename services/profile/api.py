"""Profile's API process: assembly alone."""

from contracts.pack import pack
from contracts.people import Role
from kit.api import Api
from services.profile.routes import ROUTES
from services.profile.settings import ProfileSettings
from services.profile.store.collections import COLLECTIONS
from services.profile.views.directory import PeopleDirectory

API = Api(
    title="Profile",
    settings=ProfileSettings,
    routes=ROUTES,
    collections=COLLECTIONS,
    directory=PeopleDirectory(),
    staff_roles=frozenset({Role.EDUCATOR.value, Role.ADMINISTRATOR.value}),
    pack=pack,
)

if __name__ == "__main__":
    API.main()
