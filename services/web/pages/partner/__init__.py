"""What a partner sees: their projects, and hours to confirm."""

from services.web.visiting.pages import Pages

PAGES = Pages().include()
