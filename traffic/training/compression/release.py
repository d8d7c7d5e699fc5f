"""Ship an INT8 detector, if it is as good as the float one.

`python -m traffic.training.compression.release RECIPE MODEL --out FOLDER` measures both on every held-out set, at the
input that the float card names. Where INT8 loses more than 1.5 points of AP anywhere, nothing is written and the
command fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from traffic.detection.detector import VehicleDetector
from traffic.errors import ConfigError, ModelError, TrafficError
from traffic.evaluation.detection import EXACT, Pictures, data_folder, one_class_precision
from traffic.evaluation.detectors import Answer, Size, answers, open_detector
from traffic.inference.model_card import (
    DetectorCard,
    Figure,
    Measurement,
    load_model_card,
    sha256_of,
    verified_model_path,
)
from traffic.inference.model_card import Recipe as CardRecipe
from traffic.training.compression.quantisation_aware import LOG_FILE
from traffic.training.compression.quantise import CACHE_FILE, MODEL_FILE, TABLE_FILE
from traffic.training.compression.recipe import QuantisationAwareRecipe, QuantiseRecipe, Start, load
from traffic.training.detector.held_out import PARTS, PLAIN_GROUND, held_out, type_figures
from traffic.training.detector.recipe import load_recipe
from traffic.training.detector.release import write_card

LARGEST_LOSS = 0.015
CARD_FILE = "vehicle_detector_int8.yaml"
NOTE = (
    "Symmetric INT8, one scale a channel for kernels and one a tensor for activations; the first convolution, a "
    "depthwise one right after it and the prediction convolutions are float. Its use is TensorRT; on an x86 CPU the "
    "float model in bf16 is quicker. AP of all vehicles as one class, and right types among those found at the card's "
    "threshold, computed in INT8 by OpenVINO."
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Float and INT8 on one held-out set at one input (width, height); AP as COCO's mean over IoU .50 to .95."""

    set: str
    size: Size
    pictures: int
    boxes: int
    float_ap50: float
    float_ap: float
    int8_ap50: float
    int8_ap: float

    @property
    def loss(self) -> float:
        """How much AP INT8 costs; below 0 where it gains."""
        return self.float_ap - self.int8_ap


def compare(
    float_model: Path, int8_model: Path, classes: Sequence[str], sets: Mapping[str, Pictures], sizes: Sequence[Size]
) -> list[Comparison]:
    """Measure both models on every set at every input.

    Args:
        float_model, int8_model: ONNX files.
        classes: of both.
        sets: held-out pictures by name.
        sizes: inputs (width, height).
    """
    lines = []
    for size in sizes:
        with (
            open_detector(float_model, classes, size, EXACT) as exact,
            open_detector(int8_model, classes, size, EXACT) as rounded,
        ):
            lines += [_compared(name, size, exact, rounded, pictures) for name, pictures in sets.items()]
    return lines


def require_small_loss(lines: Sequence[Comparison], largest: float = LARGEST_LOSS) -> None:
    """The gate.

    Raises:
        ModelError: INT8 loses more than `largest` AP on a set.
    """
    failed = [line for line in lines if line.loss > largest]
    if failed or not lines:
        told = "; ".join(
            f"{line.set} at {line.size[0]}x{line.size[1]}: AP {line.int8_ap:.3f}, float {line.float_ap:.3f}"
            for line in failed
        )
        raise ModelError(
            f"expected INT8 within {100 * largest:g} AP points of float on every held-out set, got {told or 'no set'}",
            remedy="raise calibration.pictures or tuning.steps in the recipe and quantise again; nothing was released",
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
        tuned = load(recipe_path, QuantisationAwareRecipe)
    except ConfigError:
        return Making(load(recipe_path, QuantiseRecipe).start, f"{room}.quantise {recipe_path}", 0)
    return Making(tuned.start, f"{room}.quantisation_aware {recipe_path}", tuned.tuning.seed)


def compare_types(
    card: DetectorCard, float_model: Path, int8_model: Path, sets: Mapping[str, Pictures]
) -> list[Figure]:
    """The share of right types of both models at the float card's input and threshold; see type_figures."""
    judged = []
    for model in (int8_model, float_model):
        with open_detector(model, card.classes, card.input.default_size, EXACT) as detector:
            judged.append({name: list(answers(detector, pictures())) for name, pictures in sets.items()})
    rounded, exact = judged
    return type_figures(rounded, exact, card.score_threshold, f"{card.name} (float)")


def make_card(making: Making, model: Path, lines: Sequence[Comparison], types: Sequence[Figure] = ()) -> DetectorCard:
    """The card of an INT8 model: the float one's, with its own file, figures and recipe."""
    before = load_model_card(making.start.card, DetectorCard)
    return before.model_copy(
        update={
            "name": f"{before.name}-int8",
            "file": model.name,
            "sha256": sha256_of(model),
            "created": datetime.now(timezone.utc).date(),
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
    sets = {name: pictures for name, pictures in every.items() if name not in (PLAIN_GROUND, *PARTS)}
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


def show(lines: Sequence[Comparison]) -> None:
    """Print float beside INT8."""
    table = Table("set", "input", "pictures", "boxes", "float AP50", "float AP", "INT8 AP50", "INT8 AP", "loss")
    for line in lines:
        figures = (line.float_ap50, line.float_ap, line.int8_ap50, line.int8_ap, line.loss)
        size = f"{line.size[0]}x{line.size[1]}"
        table.add_row(line.set, size, str(line.pictures), str(line.boxes), *(f"{figure:.3f}" for figure in figures))
    Console(width=120).print(table)


def _compared(
    name: str, size: Size, exact: VehicleDetector, rounded: VehicleDetector, pictures: Pictures
) -> Comparison:
    before: list[Answer] = []
    after: list[Answer] = []
    for picture in pictures():  # read once for both
        before += answers(exact, [picture])
        after += answers(rounded, [picture])
    whole, less = one_class_precision(before), one_class_precision(after)
    return Comparison(name, size, len(before), whole.boxes, whole.ap50, whole.ap, less.ap50, less.ap)


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
