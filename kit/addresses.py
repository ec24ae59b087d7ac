"""Addresses: which route takes a request, found by its method and the number of its path's segments."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from kit.routes import GuardedRoute

Key = tuple[str, int]


class Addresses:
    """ASGI middleware that hands a request straight to its route, where the route can answer without the framework.

    Of two routes that take an address the one declared first has it, as in the framework's own list. Everything else
    (other routes, addresses that nobody has, methods that they do not take) is the framework's to answer.
    """

    def __init__(self, app: ASGIApp, *, routes: Iterable[GuardedRoute]) -> None:
        self._otherwise = app
        self._routes = _indexed(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            for route in self._routes.get((scope["method"], path.count("/")), ()):
                if found := route.path_regex.match(path):
                    if route.is_direct:
                        scope["route"], scope["path_params"] = route, found.groupdict()
                        await route.answer(scope, receive, send)
                        return
                    break
        await self._otherwise(scope, receive, send)


def _indexed(routes: Iterable[GuardedRoute]) -> dict[Key, Sequence[GuardedRoute]]:
    """The routes by their methods and numbers of segments, in the order they were declared."""
    index: defaultdict[Key, list[GuardedRoute]] = defaultdict(list)
    for route in routes:
        for method in route.methods or ():
            index[method, route.path_format.count("/")].append(route)
    return dict(index)
