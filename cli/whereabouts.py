"""Whereabouts: which town a command talks to, and as whom: by options, by environment, or by the town in a folder."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.http_api import Api
from cli.sign_in import client_token
from cli.trouble import Trouble
from deploy.local.description import Description

FOLDER, DEMO_FOLDER = Path(".trellis") / "town", Path(".trellis") / "demo"
OPERATOR = "operator"

UrlOption = Annotated[str | None, typer.Option("--url", envvar="TRELLIS_URL", help="The town's address.")]
FolderOption = Annotated[
    Path, typer.Option("--folder", envvar="TRELLIS_FOLDER", help="The folder of a town on this machine.")
]
DistrictOption = Annotated[
    str | None, typer.Option("--district", envvar="TRELLIS_DISTRICT", help="The district's short name or id.")
]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """An address, and the description of the town where it is one of this machine's."""

    base_url: str
    town: Description | None

    @classmethod
    def find(cls, url: str | None, folder: Path) -> "Whereabouts":
        """The town at `url`, else the one that runs in `folder`. Raises: Trouble where there is neither."""
        town = town_in(folder)
        if url is not None:
            return cls(url.rstrip("/"), town if town and town.base_url == url.rstrip("/") else None)
        if town is None:
            raise Trouble(f"No town runs in {folder}. Start one with `trellis up`, or name its address with --url.")
        return cls(town.base_url, town)

    def as_operator(self, district: str | None = None) -> Api:
        """The operator, for one district where it is named. Raises: Trouble where no secret is found."""
        secret = secret_in("TRELLIS_OPERATOR_SECRET", self.town.operator_secret_file if self.town else None)
        if secret is None:
            raise Trouble("No operator's secret: name the file that holds it in TRELLIS_OPERATOR_SECRET_FILE.")
        return Api(self.base_url, client_token(self.base_url, OPERATOR, secret, district))

    def as_app(self) -> Api:
        """The app of the environment. Raises: Trouble where it is not named."""
        app_id, secret = os.environ.get("TRELLIS_APP_ID"), secret_in("TRELLIS_APP_SECRET", None)
        if app_id is None or secret is None:
            raise Trouble(
                "No app: set TRELLIS_APP_ID and TRELLIS_APP_SECRET_FILE (or TRELLIS_APP_SECRET). "
                "`trellis app register` makes one."
            )
        return Api(self.base_url, client_token(self.base_url, app_id, secret))

    def only_district(self, named: str | None) -> str:
        """The district that was named, or the only one there is. Raises: Trouble where that is not clear."""
        if named is not None:
            return named
        slugs = [each["slug"] for each in self.as_operator().get("/v1/districts")["items"]]
        if len(slugs) != 1:
            raise Trouble(f"Which district? Name it with --district; there are: {', '.join(slugs) or 'none yet'}.")
        return str(slugs[0])

    def kafka(self) -> str:
        """The broker's address. Raises: Trouble where it is not known."""
        found = os.environ.get("TRELLIS_KAFKA") or (self.town.kafka if self.town else None)
        if not found:
            raise Trouble("No broker: set TRELLIS_KAFKA (host:port), or say --folder of a town on this machine.")
        return found

    def environment_of(self, service: str) -> Mapping[str, str]:
        """What a process of this service is told: this environment, and the running town's own."""
        own = self.town.env_files.get(service) if self.town else None
        told: dict[str, str] = json.loads(Path(own).read_text()) if own else {}
        return {**os.environ, **told}


def town_in(folder: Path) -> Description | None:
    """The town that runs in `folder`; where no folder was named, the demo's town counts too."""
    found = Description.read(folder)
    return Description.read(DEMO_FOLDER) if found is None and folder == FOLDER else found


def kafka_of(folder: Path) -> str:
    """The broker of the environment, or of the town in `folder`. Raises: Trouble."""
    return Whereabouts("", town_in(folder)).kafka()


def secret_in(name: str, file: str | None) -> str | None:
    """The secret in `<name>_FILE`, in `name`, or in `file`; never printed. Raises: Trouble for a file not there."""
    path = os.environ.get(f"{name}_FILE") or (file if name not in os.environ else None)
    if path is None:
        return os.environ.get(name)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise Trouble(f"The file named in {name}_FILE cannot be read: {error.strerror}.") from error
