"""The real front door around the bench's upstream: what `--gateway` measures, with a token that it accepts.

`python -m bench.gateway_hop.real FOLDER` writes the secrets and prints the command line that measures it. The front
door logs each request to the same output, which therefore goes to a file and is read without those lines.
"""

import os
import secrets
import sys
from pathlib import Path

import orjson
from joserfc.jwk import OKPKey
from pydantic import SecretStr
from starlette.types import ASGIApp

from bench.gateway_hop.peers import UPSTREAM_HOST, UPSTREAM_PORT
from kit.auth import Caller, RoleAt
from services.gateway.api import make_settled
from services.gateway.settings import GatewaySettings
from services.gateway.tokens import OUTSIDE, SigningKeys

FOLDER = "HOP_FOLDER"
PATH = "/v1/placements/place_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f"
_HOUR = 3_600
_PLENTY = 1_000_000_000
_LEARNER = Caller(
    "person_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f",
    "person",
    "district_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f",
    (RoleAt("learner", "school_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f"),),
    frozenset({"*"}),
)


def front_door() -> ASGIApp:
    """The gateway as it runs in a town; its store is never asked on this path, so none is there."""
    folder, upstream = Path(os.environ[FOLDER]), f"http://{UPSTREAM_HOST}:{UPSTREAM_PORT}"
    return make_settled(
        GatewaySettings(
            mongo_url=SecretStr("mongodb://127.0.0.1:9"),
            kafka="127.0.0.1:9",
            port=0,
            worker_port=0,
            jwks_url=upstream,
            cursor_key=SecretStr(secrets.token_urlsafe(32)),
            public_url="http://127.0.0.1",
            profile_urls=upstream,
            scheduler_urls=upstream,
            community_urls=upstream,
            signing_key_file=folder / "signing-key",
            cookie_key_file=folder / "secret",
            operator_secret_file=folder / "secret",
            person_a_minute=_PLENTY,
        )
    )


def main() -> None:
    """Write the secrets of one measurement, and say how to run it."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    key = OKPKey.generate_key("Ed25519", {"kid": "bench"})
    (folder / "signing-key").write_bytes(orjson.dumps(key.as_dict(private=True)))
    (folder / "secret").write_text(secrets.token_urlsafe(32))
    token = SigningKeys.load(folder / "signing-key").mint(_LEARNER, OUTSIDE, _HOUR)
    sys.stdout.write(
        f"{FOLDER}={folder} python -m bench.gateway_hop --gateway bench.gateway_hop.real:front_door --factory "
        f"--path {PATH} --header 'Authorization: Bearer {token}' "
        f"> {folder}/said; grep -v request_answered {folder}/said\n"
    )


if __name__ == "__main__":
    main()
