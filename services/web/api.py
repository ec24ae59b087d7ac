"""The pages' process: assembly alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kit.app import create_bare_app
from kit.serve import serve
from kit.telemetry import configure
from services.web.looks.static_files import FOR_EVER, PREFIX, StaticFiles
from services.web.pages import PAGES
from services.web.settings import WebSettings
from services.web.visiting.desk import Desk
from services.web.visiting.headers import secure
from services.web.visiting.serving import Serving


def make(settings: WebSettings) -> FastAPI:
    """The application as these settings say. Raises: BadSecret."""
    desk = Desk.set_up(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await desk.gateway.close()

    app = create_bare_app(title="Pages", settings=settings, missing=desk.gateway.missing, lifespan=(lifespan,))
    app.state.sessions = desk.sessions
    for page in PAGES.pages:
        app.router.routes.append(Route(page.path, Serving(desk, PAGES.entries, page), methods=[page.method]))
    app.router.routes.append(Route(PREFIX + "{name}", give_out(desk.static), methods=["GET"]))
    # What nobody declared is answered by a page as well; `path` takes all that is left.
    app.router.routes.append(Route("/{rest:path}", Serving(desk, PAGES.entries, None), methods=None))
    return app


def give_out(static: StaticFiles) -> Callable[[Request], Awaitable[Response]]:
    """The answer to requests for static files: compressed where the browser takes that, and to be kept for ever."""

    async def static_file(request: Request) -> Response:
        found = static.files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
        content = found.content
        if found.squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content, headers["content-encoding"] = found.squeezed, "gzip"
        response = Response(content, headers=headers, media_type=found.media_type)
        secure(response.headers)
        return response

    return static_file


def main() -> None:
    """`python -m services.web.api`: serve until told to stop."""
    settings = WebSettings.load()

    def factory() -> FastAPI:
        configure(settings.service, level=settings.log_level, otlp_endpoint=settings.otlp_endpoint)
        return make(settings)

    serve(factory, settings.host, settings.port, factory=True)


if __name__ == "__main__":
    main()
