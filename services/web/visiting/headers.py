"""Headers: what every answer says to the browser about itself."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
_HERE = _POLICY.format(forms="'self'")
# Browsers hold a form to its page's policy through all redirects that follow, and a district's sign-in is elsewhere.
_LEAVING = _POLICY.format(forms="'self' https: http://127.0.0.1:* http://localhost:*")
_ALWAYS = {
    "x-content-type-options": "nosniff",
    # With `no-referrer` browsers would send forms with the origin `null`.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def secure(headers: MutableHeaders, *, forms_leave: bool = False) -> None:
    """Put them on an answer."""
    headers["content-security-policy"] = _LEAVING if forms_leave else _HERE
    for name, value in _ALWAYS.items():
        headers[name] = value


def server_timing(took_ms: Mapping[str, float], total_ms: float) -> str:
    """The `Server-Timing` field: each part, and the whole."""
    parts = [f"{name};dur={took:.1f}" for name, took in took_ms.items()]
    return ", ".join([*parts, f"total;dur={total_ms:.1f}"])
