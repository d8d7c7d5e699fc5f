"""Narrower networks, tuned and measured: `python -m traffic.training.compression.prune RECIPE --out FOLDER`.

Every ratio starts from the released weights; the pruned network learns to answer as they do, so no label is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer
from rich.console import Console
from rich.table import Table

from traffic.evaluation.detection import EXACT, Pictures, data_folder, evaluate_detector, held_out_sets
from traffic.evaluation.detectors import open_detector
from traffic.inference.engine import InferenceSettings
from traffic.training.compression.cost import cost
from traffic.training.compression.fine_tune import fine_tune
from traffic.training.compression.pruning import pruned
from traffic.training.compression.recipe import PruneRecipe, load_prune, training_recipe
from traffic.training.compression.soft_targets import likeness
from traffic.training.compression.starting_point import load_float, plain_batches
from traffic.training.detector.network import Yolox
from traffic.training.export import export_onnx
from traffic.training.mish import TrainingMish
from traffic.training.normalization import change_activation, fused, insert_normalization
from traffic.training.training_log import write_line

LOG_FILE = "pruning.jsonl"
MEASURED_AT = (640, 384)
TIMED = InferenceSettings(precision="f32", threads=1)


@dataclass(frozen=True, slots=True)
class Pruned:
    """One network: what was taken from it, what it costs, and AP50 by set before and after tuning."""

    ratio: float
    parameters: int
    mflop: float
    milliseconds: float
    before: Mapping[str, float]
    after: Mapping[str, float]


def prune(recipe: PruneRecipe, data: Path, out: Path) -> list[Pruned]:
    """Prune at every ratio of a recipe, tune and measure.

    Args:
        recipe: how.
        data: the data folder.
        out: takes the models and the log.

    Returns:
        A line a network, the released one first.
    """
    torch.manual_seed(recipe.tuning.seed)
    out.mkdir(parents=True, exist_ok=True)
    released = load_float(recipe.start.card)
    export_onnx(released, out / "pruned_0.onnx")
    figures = _figures(released, out / "pruned_0.onnx", held_out_sets(data))
    lines = [_line(0.0, released, out / "pruned_0.onnx", figures, figures)]
    for ratio in recipe.ratios:
        lines.append(_one(recipe, ratio, data, out))
        for measured in (lines[-1].before, lines[-1].after):
            write_line(out / LOG_FILE, {"ratio": ratio, **measured})
    return lines


def _one(recipe: PruneRecipe, ratio: float, data: Path, out: Path) -> Pruned:
    made = training_recipe(recipe.start, recipe.tuning)
    batches = plain_batches(made, data)
    calibration = [batches.draw(0.0).images for _ in range(made.calibration_batches)]
    network = load_float(recipe.start.card, TrainingMish)
    insert_normalization(network, calibration)
    network = pruned(network, ratio, recipe.criterion, recipe.multiple)
    change_activation(network, TrainingMish, calibration)  # the statistics are new, the activation is the same
    model = out / f"pruned_{round(100 * ratio)}.onnx"
    before = _figures(fused(network), model, held_out_sets(data))
    loss_of = likeness(load_float(recipe.start.card))
    tuned = fused(fine_tune(network, made, batches, loss_of, out / LOG_FILE))
    return _line(ratio, tuned, model, before, _figures(tuned, model, held_out_sets(data)))


def _figures(network: Yolox, model: Path, sets: Mapping[str, Pictures]) -> dict[str, float]:
    export_onnx(network, model)
    classes = ("car", "van", "bus", "truck", "motorcycle")
    with open_detector(model, classes, MEASURED_AT, EXACT) as detector:
        return {name: evaluate_detector(detector, pictures).ap50 for name, pictures in sets.items()}


def _line(ratio: float, network: Yolox, model: Path, before: Mapping[str, float], after: Mapping[str, float]) -> Pruned:
    costs = asdict(cost(network, model, MEASURED_AT, TIMED))
    return Pruned(ratio=ratio, **costs, before=before, after=after)


def show(lines: list[Pruned]) -> None:
    """Print a table of ratio, cost and AP50 before and after tuning."""
    table = Table("ratio", "parameters", "MFLOP", "ms", *lines[0].after, title="AP50, pruned / tuned")
    for line in lines:
        figures = [f"{line.before[name]:.3f} / {line.after[name]:.3f}" for name in line.after]
        costs = (f"{line.ratio:.2f}", f"{line.parameters:,}", f"{line.mflop:.0f}", f"{line.milliseconds:.1f}")
        table.add_row(*costs, *figures)
    Console(width=140).print(table)


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the models and the log")] = Path("data/training/pruned"),
) -> None:
    """Prune the released detector at several ratios and tell what each costs and gains."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    show(prune(load_prune(recipe), data_folder(), out))


if __name__ == "__main__":
    typer.run(main)
