"""The gateway over HTTP: its own guarded addresses, and those that need no token."""

from services.gateway.routes import apps, district, districts, home, inbox, operations, record, sign_in_links

ROUTES = (
    districts.routes,
    district.routes,
    apps.routes,
    home.routes,
    record.routes,
    inbox.routes,
    operations.routes,
    sign_in_links.routes,
)
