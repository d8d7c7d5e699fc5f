"""All commands put together. Each is imported when it is called or described: to import them all takes a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import traffic

WORK, PREPARE, RECORD = "Work", "Prepare", "Look at the record"
COMMANDS = {
    "run": (WORK, "run:run"),
    "check": (PREPARE, "check:check"),
    "simulate": (PREPARE, "simulate:simulate"),
    "bench": (PREPARE, "benches:app"),
    "evaluate": (PREPARE, "evaluate:app"),
    "db": (PREPARE, "db:app"),
    "models": (PREPARE, "models:app"),
    "lists": (PREPARE, "lists:app"),
    "privacy": (PREPARE, "privacy:app"),
    "schema": (PREPARE, "schema:app"),
    "passages": (RECORD, "passages:app"),
    "violations": (RECORD, "violations:app"),
    "sections": (RECORD, "sections:app"),
    "events": (RECORD, "events:app"),
}
"""Where the help shows it, and its function or its own commands: module of traffic.cli, attribute."""


class CommandsOnDemand(Mapping[str, object]):
    """COMMANDS, each imported when it is asked for."""

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def get(self, name: str, default: object = None) -> object:
        """As of any mapping; an error within a command's own module is not "no such command"."""
        return self[name] if name in COMMANDS else default

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __getitem__(self, name: str) -> object:
        panel, place = COMMANDS[name]
        module, attribute = place.split(":")
        found = getattr(import_module(f"traffic.cli.{module}"), attribute)
        alone = typer.Typer()
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=name, rich_help_panel=panel)
        else:
            alone.command(name, rich_help_panel=panel)(found)
        return typer.main.get_group(alone).commands[name]


class Everything(TyperGroup):
    """The commands of `traffic` in the order of its help."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**(attributes | {"commands": CommandsOnDemand()}))

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002  typer calls it so
        """The names; typer's own way asks for the commands as well."""
        return list(self.commands)


app = typer.Typer(
    cls=Everything,
    help="Watch roads through cameras: every vehicle becomes a passage, every broken rule a violation with evidence.",
    epilog="Begin with `traffic check`. Every command has its own --help.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _traffic(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=lambda wanted: _show_version(wanted), help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def _show_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it so
    if wanted:
        typer.echo(traffic.__version__)
        raise typer.Exit
