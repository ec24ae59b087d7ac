"""Signing in as a browser does, form by form, without one: what a browser would then hold."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

SESSION = "__Host-trellis"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
FROM_HERE = {"sec-fetch-site": "same-origin"}


@dataclass
class Visitor:
    """An HTTP client that keeps cookies as a browser on this machine does: also the `Secure` ones."""

    base_url: str
    kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base_url, timeout=30)

    def get(self, address: str, **headers: str) -> httpx.Response:
        return self._ask("GET", address, None, headers)

    def post(self, address: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        return self._ask("POST", address, fields, {**FROM_HERE, **headers})

    def fill_in(self, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
        """Send the form of this page that goes to `action`, with its hidden fields."""
        return self.post(action, {**hidden_fields(page.text, action), **fields})

    def _ask(self, method: str, address: str, fields: dict[str, str] | None, headers: dict[str, str]) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        sent = {"cookie": cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = self.http.request(method, address, data=fields, headers=sent)
        self._keep(answer)
        return answer

    def _keep(self, answer: httpx.Response) -> None:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.kept.pop(name, None)
            else:
                self.kept[name] = value.strip('"')
        self.http.cookies.clear()

    def sign_in(self, district: str, person_id: str) -> httpx.Response:
        """The whole way, through the built-in provider; the last answer leads to the page asked for."""
        begun = self.fill_in(self.get("/sign-in"), "/sign-in", district=district)
        asked = self.get(begun.headers["location"])
        provider = asked.headers["location"]
        fields = dict(parse_qsl(urlsplit(provider).query))
        believed = self.post("/dev/provider/authorize", {**fields, "person_id": person_id})
        came_back = self.get(believed.headers["location"])
        return self.get(came_back.headers["location"])

    def send(
        self, address: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None
    ) -> httpx.Response:
        """Send a form that may have files."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        answer = self.http.post(
            address, data=fields, files=files, headers={**FROM_HERE, "accept": "text/html,*/*;q=0.8", "cookie": cookie}
        )
        self._keep(answer)
        return answer

    def glance(self, address: str) -> tuple[int, str, str]:
        """Status, media type and text of an address; of what is no page, which may go on for ever, nothing is read."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        with self.http.stream("GET", address, headers={"cookie": cookie}) as answer:
            media = answer.headers.get("content-type", "").partition(";")[0]
            return answer.status_code, media, answer.read().decode() if media == "text/html" else ""

    def close(self) -> None:
        self.http.close()


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form of a page that goes to `action`."""
    _, found, rest = page.partition(f'action="{action}"')
    assert found, f"no form to {action}"
    return dict(_HIDDEN.findall(rest.partition("</form>")[0]))
