"""All commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

import traffic
from traffic.cli import (
    bench,
    bench_device,
    bench_plates,
    bench_tracker,
    check,
    db,
    evaluate,
    events,
    lists,
    models,
    passages,
    privacy,
    run,
    schema,
    sections,
    simulate,
    violations,
)

WORK, PREPARE, RECORD = "Work", "Prepare", "Look at the record"

app = typer.Typer(
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


app.command("run", rich_help_panel=WORK)(run.run)
app.command("check", rich_help_panel=PREPARE)(check.check)
app.command("simulate", rich_help_panel=PREPARE)(simulate.simulate)
benches = typer.Typer()
benches.callback(invoke_without_command=True)(bench.bench)
benches.command("tracker")(bench_tracker.tracker)
benches.command("plates")(bench_plates.plates)
benches.command("device")(bench_device.device)
app.add_typer(benches, name="bench", rich_help_panel=PREPARE)
app.add_typer(evaluate.app, name="evaluate", rich_help_panel=PREPARE)
app.add_typer(db.app, name="db", rich_help_panel=PREPARE)
app.add_typer(models.app, name="models", rich_help_panel=PREPARE)
app.add_typer(lists.app, name="lists", rich_help_panel=PREPARE)
app.add_typer(privacy.app, name="privacy", rich_help_panel=PREPARE)
app.add_typer(schema.app, name="schema", rich_help_panel=PREPARE)
app.add_typer(passages.app, name="passages", rich_help_panel=RECORD)
app.add_typer(violations.app, name="violations", rich_help_panel=RECORD)
app.add_typer(sections.app, name="sections", rich_help_panel=RECORD)
app.add_typer(events.app, name="events", rich_help_panel=RECORD)
