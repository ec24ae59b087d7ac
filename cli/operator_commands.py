"""Districts and apps: what an operator opens, registers and lets go."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.sign_in import sign_in
from cli.whereabouts import FOLDER, DistrictOption, FolderOption, UrlOption, Whereabouts

districts = typer.Typer(help="Districts of a town.", no_args_is_help=True)
apps = typer.Typer(help="Apps that a district lets in.", no_args_is_help=True)
console = Console(highlight=False)


@districts.command("open")
def open_district(
    name: Annotated[str, typer.Argument(help="The district's name.")],
    slug: Annotated[str, typer.Option(help="Its short name in addresses, such as green-valley.")],
    time_zone: Annotated[str, typer.Option(help="Its time zone, such as America/Denver.")],
    url: UrlOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Open a district; its people sign in once a roster was imported."""
    operator = Whereabouts.find(url, folder).as_operator()
    opened = operator.post("/v1/districts", {"name": name, "slug": slug, "time_zone": time_zone})
    console.print(f"{opened['name']} is open: {opened['district_id']}, short name {opened['slug']}.")


@districts.command("list")
def list_districts(url: UrlOption = None, folder: FolderOption = FOLDER) -> None:
    """Show the districts of a town."""
    table = Table("Short name", "Name", "Time zone", "Id", box=None)
    for each in Whereabouts.find(url, folder).as_operator().get("/v1/districts")["items"]:
        table.add_row(each["slug"], each["name"], each["time_zone"], each["district_id"])
    console.print(table)


@apps.command("register")
def register(
    name: Annotated[str, typer.Argument(help="What the app is called.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; several times for several.")],
    district: DistrictOption = None,
    url: UrlOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Register an app. Its secret is shown this once."""
    town = Whereabouts.find(url, folder)
    operator = town.as_operator(town.only_district(district))
    made = operator.post("/v1/apps", {"name": name, "scopes": scope})
    console.print(f"{name} is registered. Keep this; the secret is not shown again:")
    print(f"TRELLIS_APP_ID={made['app_id']}\nTRELLIS_APP_SECRET={made['client_secret']}")


@apps.command("list")
def list_apps(district: DistrictOption = None, url: UrlOption = None, folder: FolderOption = FOLDER) -> None:
    """Show a district's apps."""
    town = Whereabouts.find(url, folder)
    table = Table("App", "Scopes", "Registered", "Revoked", "Id", box=None)
    for app in town.as_operator(town.only_district(district)).pages("/v1/apps"):
        scopes, revoked = " ".join(app["scopes"]), app["revoked_at"] or ""
        table.add_row(app["name"], scopes, app["registered_at"], revoked, app["app_id"])
    console.print(table)


@apps.command("revoke")
def revoke(app_id: str, district: DistrictOption = None, url: UrlOption = None, folder: FolderOption = FOLDER) -> None:
    """Let an app go; its tokens end within minutes."""
    town = Whereabouts.find(url, folder)
    gone = town.as_operator(town.only_district(district)).delete(f"/v1/apps/{app_id}")
    console.print(f"{gone['name']} is revoked.")


def sign_in_as(
    person_id: Annotated[str, typer.Argument(help="Whose token, by their id.")],
    district: DistrictOption = None,
    url: UrlOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Sign in at the built-in provider of a demo town and print the access token, for curl."""
    town = Whereabouts.find(url, folder)
    print(sign_in(town.base_url, town.only_district(district), person_id)["access_token"])
