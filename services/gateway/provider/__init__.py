"""The built-in OpenID provider: a sign-in per role for demo and development; switched off unless asked for."""

PATH = "/dev/provider"
BUILT_IN_CLIENT = "trellis-gateway"
"""The one client it serves: this gateway."""


def built_in_issuer(public_url: str) -> str:
    """How the built-in provider of this gateway calls itself."""
    return f"{public_url}{PATH}"
