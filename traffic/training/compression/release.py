"""Ship an INT8 detector, if it is as good as the float one.

`python -m traffic.training.compression.release RECIPE MODEL --out FOLDER` measures both on every held-out set, and on
night and day of day_and_night by themselves, at the input that the float card names. Where INT8 loses more than 1.5
points of AP anywhere, nothing is written and the command fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from traffic.errors import ConfigError, TrafficError
from traffic.evaluation.detection import data_folder
from traffic.inference.model_card import (
    DetectorCard,
    Figure,
    Measurement,
    load_model_card,
    verified_model_path,
)
from traffic.inference.model_card import Recipe as CardRecipe
from traffic.training.card_writing import identity_of, write_card
from traffic.training.compression.comparison import Comparison, compare, compare_types, require_small_loss, show
from traffic.training.compression.quantisation_aware import LOG_FILE
from traffic.training.compression.quantise import CACHE_FILE, MODEL_FILE, TABLE_FILE
from traffic.training.compression.recipe import Start, load_quantisation_aware, load_quantise
from traffic.training.detector.held_out import PARTS, PLAIN_GROUND, held_out
from traffic.training.detector.recipe import load_recipe

CARD_FILE = "vehicle_detector_int8.yaml"
NOTE = (
    "Symmetric INT8, one scale a channel for kernels and one a tensor for activations; the first convolution, a "
    "depthwise one right after it, the prediction convolutions and what the recipe names are float. Its use is "
    "TensorRT; on an x86 CPU it is about as quick as the float model in bf16. AP of all vehicles as one class, and "
    "right types among those found at the card's threshold, computed in INT8 by OpenVINO."
)


@dataclass(frozen=True, slots=True)
class Making:
    """What an INT8 model was made from, and how to make it again."""

    start: Start
    command: str
    seed: int


def how_made(recipe_path: Path) -> Making:
    """What a recipe says, with training or without.

    Raises:
        ConfigError: it is a recipe of neither kind.
    """
    room = "python -m traffic.training.compression"
    try:
        tuned = load_quantisation_aware(recipe_path)
    except ConfigError:
        return Making(load_quantise(recipe_path).start, f"{room}.quantise {recipe_path}", 0)
    return Making(tuned.start, f"{room}.quantisation_aware {recipe_path}", tuned.tuning.seed)


def make_card(making: Making, model: Path, lines: Sequence[Comparison], types: Sequence[Figure] = ()) -> DetectorCard:
    """The card of an INT8 model: the float one's, with its own file, figures and recipe."""
    before = load_model_card(making.start.card, DetectorCard)
    return before.model_copy(
        update={
            "name": f"{before.name}-int8",
            **identity_of(model),
            "metrics": tuple(_measurement(line) for line in lines),
            "figures": (*(_figure(line, f"{before.name} (float)") for line in lines), *types),
            "class_recall": (),
            "recipe": CardRecipe(command=making.command, seed=making.seed),
            "note": NOTE,
            "quantised_from": making.start.card.name,
        }
    )


def release(recipe_path: Path, model: Path, data: Path, out: Path) -> list[Comparison]:
    """Measure, judge, and put the model, its card, its table, TensorRT's cache and its log in place.

    Args:
        recipe_path: of quantisation, with training or without.
        model: what that made, its table and log beside it.
        data: the data folder.
        out: where releases lie.

    Raises:
        ModelError: INT8 loses too much; nothing was written.
    """
    making = how_made(recipe_path)
    float_card, made = load_model_card(making.start.card, DetectorCard), load_recipe(making.start.training)
    every = held_out(made, data, model.parent / "rendered")
    sets = {name: pictures for name, pictures in every.items() if name != PLAIN_GROUND and any(pictures())}
    float_model = verified_model_path(making.start.card)
    lines = compare(float_model, model, float_card.classes, sets, (float_card.input.default_size,))
    show(lines)
    require_small_loss(lines)
    typed = {name: pictures for name, pictures in every.items() if name not in PARTS}
    types = compare_types(float_card, float_model, model, typed)
    out.mkdir(parents=True, exist_ok=True)
    for name in (TABLE_FILE, CACHE_FILE, LOG_FILE, MODEL_FILE):
        if model.with_name(name).exists():
            shutil.copyfile(model.with_name(name), out / name)
    write_card(make_card(making, out / MODEL_FILE, lines, types), out / CARD_FILE)
    return lines


def _measurement(line: Comparison) -> Measurement:
    ap50, ap = round(line.int8_ap50, 3), round(line.int8_ap, 3)
    return Measurement(set=line.set, images=line.pictures, boxes=line.boxes, input_size=line.size, ap50=ap50, ap=ap)


def _figure(line: Comparison, peer: str) -> Figure:
    name = f"AP at {line.size[0]}x{line.size[1]}"
    return Figure(
        set=line.set,
        name=name,
        value=round(line.int8_ap, 3),
        samples=line.boxes,
        peer=peer,
        peer_value=round(line.float_ap, 3),
    )


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    model: Annotated[Path, typer.Argument(help="the ONNX file that it made, its table and log beside it")],
    out: Annotated[Path, typer.Option(help="folder for the model, its card, its table and its log")] = Path("engines"),
) -> None:
    """Measure an INT8 detector beside the float one and, if it loses little enough, put it in place."""
    try:
        release(recipe, model, data_folder(), out)
    except TrafficError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"released {out / CARD_FILE}")


if __name__ == "__main__":
    typer.run(main)
