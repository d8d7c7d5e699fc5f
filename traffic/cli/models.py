"""`traffic models`: the models that are installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from traffic.cli.models_build import build
from traffic.cli.options import AsJson
from traffic.cli.output import print_json, print_table, remark
from traffic.errors import ModelError
from traffic.inference.model_card import (
    ClassifierCard,
    DetectorCard,
    ModelCard,
    PlateReaderCard,
    load_any_card,
    verified_model_path,
)

app = typer.Typer(help="See which models are installed and whole, and build engines for a GPU.", no_args_is_help=True)
COLUMNS = ("name", "task", "classes", "input", "MB", "file", "measured")
MEGABYTE = 1_000_000

app.command("build")(build)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """An installed model; `problem` is empty where the file is the one that the card was written for."""

    card: str
    name: str
    task: str
    classes: tuple[str, ...]
    input_size: str
    size_bytes: int | None
    measured: str
    problem: str


@app.command("list")
def list_(
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the model cards lie.")] = Path("engines"),
    *,
    as_json: AsJson = False,
) -> None:
    """List the models with their cards; exit code 1 if a file is missing or not the one that was released."""
    entries = [model_entry(card) for card in sorted(folder.glob("*.yaml"))]
    if not entries:
        raise ModelError(f"expected model cards (*.yaml) in {folder}, found none", remedy="name the folder: --folder")
    _print(entries, as_json=as_json)
    if any(entry.problem for entry in entries):
        raise typer.Exit(1)


def model_entry(card_path: Path) -> ModelEntry:
    """What a card says and whether its file is there and whole."""
    try:
        card = load_any_card(card_path)
    except ModelError as error:
        return ModelEntry(str(card_path), card_path.stem, "", (), "", None, "", str(error))
    try:
        size: int | None = verified_model_path(card_path).stat().st_size
        problem = ""
    except ModelError as error:
        size, problem = None, str(error)
    width, height = card.input.default_size
    return ModelEntry(
        str(card_path), card.name, card.task, told_apart(card), f"{width}x{height}", size, headline(card), problem
    )


def told_apart(card: ModelCard) -> tuple[str, ...]:
    """What the model tells apart: classes, types and colours, or countries; nothing for a locator."""
    if isinstance(card, DetectorCard):
        return card.classes
    if isinstance(card, ClassifierCard):
        return (*card.types, *card.colours)
    return card.countries if isinstance(card, PlateReaderCard) else ()


def headline(card: ModelCard) -> str:
    """The first figure on the card, for people."""
    if isinstance(card, DetectorCard) and card.metrics:
        first = card.metrics[0]
        return f"AP50 {first.ap50:.3f}, AP {first.ap:.3f} on {first.set}"
    return f"{card.figures[0].name} {card.figures[0].value:.3f} on {card.figures[0].set}" if card.figures else ""


def _print(entries: Sequence[ModelEntry], *, as_json: bool) -> None:
    if as_json:
        for entry in entries:
            print_json(asdict(entry))
    else:
        print_table("Models", COLUMNS, [_row(entry) for entry in entries], right=("MB",))
    for entry in entries:
        if entry.problem:
            remark(f"error: {entry.problem}")


def _row(entry: ModelEntry) -> tuple[str, ...]:
    return (
        entry.name,
        entry.task,
        ", ".join(entry.classes),
        entry.input_size,
        "" if entry.size_bytes is None else f"{entry.size_bytes / MEGABYTE:.1f}",
        "whole" if not entry.problem else "NOT AS RELEASED",
        entry.measured,
    )
