"""What the school office sees: roster, time, spaces, approvals."""

from services.web.visiting.pages import Pages

PAGES = Pages().include()
