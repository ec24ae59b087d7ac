"""Community over HTTP: shapes and status codes, no rules."""

from services.community.routes import hours, partners, people, projects, reflections

ROUTES = (partners.routes, projects.routes, hours.routes, reflections.routes, people.routes)
