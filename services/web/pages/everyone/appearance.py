"""Appearance: the language of the pages, and light or dark; kept in the browser, for whoever uses it next as well."""

from starlette.responses import Response

from services.web.looks.languages import offered
from services.web.pages.everyone.signing_in import local
from services.web.visiting import cookies
from services.web.visiting.forms import Form
from services.web.visiting.pages import Pages
from services.web.visiting.serving import THEMES
from services.web.visiting.visit import Visit

pages = Pages()


@pages.post("/appearance", roles=None)
async def choose(visit: Visit, form: Form) -> Response:
    """Keep what was chosen, and show the same page in it."""
    response = visit.go(local(form.text("back")))
    language, theme = form.text("language"), form.text("theme")
    if language in {each.code for each in offered(visit.desk.settings.development)}:
        cookies.put(response, cookies.LANGUAGE, language, cookies.A_YEAR)
    if theme in THEMES:
        cookies.put(response, cookies.THEME, theme, cookies.A_YEAR)
    elif theme == "system":
        cookies.take(response, cookies.THEME)
    return response
