"""What everybody sees: signing in and out, language and colours, what is known about them, and the parts of pages."""

from services.web.pages.everyone import about_me, appearance, front, link, parts, signing_in
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    front.pages,
    signing_in.pages,
    link.pages,
    appearance.pages,
    about_me.pages,
    parts.pages,
)
