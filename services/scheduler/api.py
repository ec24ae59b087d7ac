"""The scheduler's API process: assembly alone."""

from contracts.pack import pack
from kit.api import Api
from kit.directory import Directory
from services.scheduler.routes import ROUTES
from services.scheduler.settings import SchedulerSettings
from services.scheduler.store.collections import COLLECTIONS

API = Api(
    title="Scheduler",
    settings=SchedulerSettings,
    routes=ROUTES,
    collections=COLLECTIONS,
    directory=Directory(),
    staff_roles=frozenset({"educator", "administrator"}),
    pack=pack,
)

if __name__ == "__main__":
    API.main()
