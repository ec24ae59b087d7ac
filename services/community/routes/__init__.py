"""Community over HTTP: shapes and status codes, no rules."""

from services.community.routes import hours, hours_to_settle, partners, people, projects, reflections

ROUTES = (
    partners.routes,
    projects.routes,
    hours.routes,
    hours_to_settle.routes,
    reflections.routes,
    people.routes,
)
