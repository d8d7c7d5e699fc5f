"""`traffic db`: the database of the record."""

from __future__ import annotations

import typer

from traffic.cli.options import DEFAULT_CONFIG, ConfigPath
from traffic.config import load_config
from traffic.store.database import check_database
from traffic.store.database import upgrade as upgrade_database

app = typer.Typer(help="Make the database of the record, or bring it up to date.", no_args_is_help=True)


@app.command()
def upgrade(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Make the database, or bring it to the schema of this version; nothing that is recorded is lost."""
    database = load_config(config).database
    upgrade_database(database)
    typer.echo(check_database(database))


@app.command()
def current(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Say whether the database is there, of this version and writable; exit code 1 if not."""
    typer.echo(check_database(load_config(config).database))
