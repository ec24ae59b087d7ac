"""The gateway over HTTP: its own guarded addresses, and those that need no token."""

from services.gateway.routes import apps, district, districts, home, inbox, operations

ROUTES = (districts.routes, district.routes, apps.routes, home.routes, inbox.routes, operations.routes)
