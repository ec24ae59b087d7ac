"""`trellis`: every command there is."""

import importlib.util
from importlib.metadata import version as version_of

import typer
from rich.console import Console

from cli.backups import backup, restore
from cli.demo.command import demo
from cli.doctor import doctor
from cli.kafka_commands import dead_letters, topics
from cli.operator_commands import apps, districts, sign_in_as
from cli.rebuilding import rebuild, refill
from cli.rosters import imports
from cli.running import up
from cli.sample import sample
from cli.traces import trace
from cli.trouble import Plainly

app = typer.Typer(
    cls=Plainly,
    name="trellis",
    help="Run a Trellis town, bring rosters in, and look after it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(demo)
app.command()(doctor)
app.command()(sample)
app.command()(trace)
app.command("sign-in")(sign_in_as)
app.command()(rebuild)
app.command()(refill)
app.command()(backup)
app.command()(restore)
app.add_typer(imports, name="import")
app.add_typer(topics, name="topics")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(districts, name="district")
app.add_typer(apps, name="app")


@app.command()
def version() -> None:
    """Show the version of Trellis."""
    Console(highlight=False).print(f"Trellis {version_of('trellis')}")


# The checker and replayer of distributions comes with the solvers, which an operator's machine need not have.
if importlib.util.find_spec("cli.distribute") is not None:
    from cli.distribute import app as distribution

    app.add_typer(distribution, name="distribute")
