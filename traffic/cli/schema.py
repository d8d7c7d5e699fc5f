"""`traffic schema`: what config.yaml and an event may hold, for editors and other programs."""

from __future__ import annotations

import typer

from traffic.cli.output import as_json
from traffic.config import Config
from traffic.events.codec import event_schema

app = typer.Typer(help="Print the JSON Schema of config.yaml or of an event.", no_args_is_help=True)


@app.command()
def config() -> None:
    """Print the JSON Schema of config.yaml, with which editors complete and check it (docs/config.schema.json)."""
    typer.echo(config_schema(), nl=False)


@app.command()
def events() -> None:
    """Print the JSON Schema of an event on the broker (docs/events.schema.json)."""
    typer.echo(event_schema(), nl=False)


def config_schema() -> str:
    """The JSON Schema (draft 2020-12) of config.yaml as it stands in docs/config.schema.json."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    return as_json(document, indent=2) + "\n"
