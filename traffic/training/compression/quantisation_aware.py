"""Quantisation-aware training: `python -m traffic.training.compression.quantisation_aware RECIPE --out FOLDER`.

The INT8 network learns to answer as the float one does, which needs no label and takes over no label's fault.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer

from traffic.evaluation.detection import data_folder
from traffic.training.compression.fake_quantisation import quantised
from traffic.training.compression.fine_tune import fine_tune
from traffic.training.compression.int8_export import export_int8
from traffic.training.compression.quantise import MODEL_FILE, calibrated
from traffic.training.compression.recipe import QuantisationAwareRecipe, load_quantisation_aware, training_recipe
from traffic.training.compression.soft_targets import likeness
from traffic.training.compression.starting_point import load_float, plain_batches
from traffic.training.mish import TrainingMish

LOG_FILE = "vehicle_detector_int8.training.jsonl"


def train(recipe: QuantisationAwareRecipe, data: Path, out: Path) -> Path:
    """Calibrate the released detector, tune its INT8 twin to it, and write that.

    Args:
        recipe: how.
        data: the data folder.
        out: takes the model, its calibration table, TensorRT's cache and the log.

    Returns:
        The ONNX file.
    """
    torch.manual_seed(recipe.tuning.seed)
    out.mkdir(parents=True, exist_ok=True)
    teacher = load_float(recipe.start.card)
    table = calibrated(teacher, recipe.start, recipe.calibration, data, out)
    student = quantised(load_float(recipe.start.card, TrainingMish), table.ranges)
    made = training_recipe(recipe.start, recipe.tuning)
    tuned = fine_tune(student, made, plain_batches(made, data), likeness(teacher), out / LOG_FILE)
    export_int8(tuned, out / MODEL_FILE)
    return out / MODEL_FILE


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model, table and log")] = Path("data/training/int8"),
) -> None:
    """Quantise the released detector and train it to its own rounding."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    typer.echo(train(load_quantisation_aware(recipe), data_folder(), out))


if __name__ == "__main__":
    typer.run(main)
