"""Failures: a page for whatever goes wrong, which says what to do."""

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from services.web.asking.problems import AWAY, Problem, Reason
from services.web.looks.languages import gettext
from services.web.visiting.cookies import SESSION
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.visit import Visit

NOT_FOUND = Problem(404, (Reason("no-such-page", ""),))
NOT_OURS = Problem(403, (Reason("form-not-ours", ""),))
NOT_OPEN = Problem(403, (Reason("not-permitted", ""),))
BROKEN = Problem(500, (Reason("internal-error", ""),))


def show_failure(visit: Visit, problem: Problem, form: Form = EMPTY) -> Response:
    """The page of a problem; whoever is not signed in is asked to be, and comes back."""
    if problem.status == 401 and not form.values:
        return RedirectResponse(sign_in_address(visit), 303)
    heading, advice = _words(problem)
    return visit.show(
        "failure.html",
        problem.status,
        problem=problem,
        heading=heading,
        advice=advice,
        form=form,
        sign_in=sign_in_address(visit) if problem.status == 401 else "",
        correlation_id=problem.correlation_id or correlation_of(visit),
    )


def sign_in_address(visit: Visit) -> str:
    """Where to sign in, to come back to this page."""
    url = visit.request.url
    back = (f"{url.path}?{url.query}" if url.query else url.path) if visit.request.method == "GET" else "/"
    # Whoever still holds a session was signed in: the sign-in page says that it ended.
    asked = ({"back": back} if back != "/" else {}) | ({"ended": "1"} if visit.request.cookies.get(SESSION) else {})
    return f"/sign-in?{urlencode(asked)}" if asked else "/sign-in"


def correlation_of(visit: Visit) -> str:
    """Under which id this request is told of."""
    return str(visit.request.scope["trellis.visit"].trace.correlation_id)


def _words(problem: Problem) -> tuple[str, str]:
    match problem.status:
        case 401:
            return gettext("You are signed out"), gettext(
                "Sign in again. What you wrote stands below, so copy it first."
            )
        case 403 if problem.code == NOT_OURS.code:
            return (
                gettext("This form could not be taken"),
                gettext("It was open for long, or another page sent it. Open the page again and send it from there."),
            )
        case 403:
            return gettext("This is not open to you"), gettext("If you think it should be, ask your school office.")
        case 404:
            return (
                gettext("There is nothing here"),
                gettext("The address may be old, or what was here is gone. Begin again from your own page."),
            )
        case 405:
            return gettext("This cannot be opened like this"), gettext("Begin again from your own page.")
        case 409 | 412:
            return (
                gettext("Somebody changed this meanwhile"),
                gettext("Go back, look how it stands now, and do it again if it is still right."),
            )
        case 413:
            return gettext("This is too large"), gettext("Send less at once.")
        case status if status in AWAY and status != 500:
            return (
                gettext("This part is away just now"),
                gettext("It comes back by itself. Nothing you did is lost: send it again in a moment, it counts once."),
            )
        case status if status < 500:
            return gettext("This could not be done"), gettext("Go back, look at what you filled in, and send it again.")
    return gettext("Something went wrong on our side"), gettext(
        "Try again. If it stays, tell the code below to your school."
    )
