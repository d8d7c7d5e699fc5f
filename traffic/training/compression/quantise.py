"""Post-training INT8: `python -m traffic.training.compression.quantise RECIPE --out FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer

from traffic.evaluation.detection import data_folder
from traffic.inference.model_card import sha256_of, verified_model_path
from traffic.training.compression.calibration import (
    CalibrationTable,
    calibrate,
    save_table,
    tensor_ranges,
    tensorrt_cache,
)
from traffic.training.compression.fake_quantisation import quantised
from traffic.training.compression.int8_export import export_int8
from traffic.training.compression.recipe import Calibration, QuantiseRecipe, Start, load_quantise
from traffic.training.compression.starting_point import load_float, network_inputs, training_pictures
from traffic.training.detector.network import Yolox
from traffic.training.detector.recipe import load_recipe

MODEL_FILE = "vehicle_detector_int8.onnx"
TABLE_FILE = "vehicle_detector_int8.calibration.json"
CACHE_FILE = "vehicle_detector_int8.calibration.cache"


def quantise(recipe: QuantiseRecipe, data: Path, out: Path) -> Path:
    """Calibrate the released detector and write it in INT8, with its calibration table.

    Args:
        recipe: how.
        data: the data folder.
        out: takes the model, the table and TensorRT's cache.

    Returns:
        The ONNX file.
    """
    out.mkdir(parents=True, exist_ok=True)
    network = load_float(recipe.start.card)
    table = calibrated(network, recipe.start, recipe.calibration, data, out)
    export_int8(quantised(network, table.ranges), out / MODEL_FILE)
    return out / MODEL_FILE


def calibrated(network: Yolox, start: Start, how: Calibration, data: Path, out: Path) -> CalibrationTable:
    """The ranges of a network on training pictures, written below `out` as JSON and as TensorRT's cache.

    Args:
        network: the released detector's, fused.
        start: where it came from.
        how: method and pictures.
        data: the data folder.
        out: the folder for both files and for drawn frames.
    """
    pictures = training_pictures(load_recipe(start.training), data, out / "rendered", how.pictures)
    images = network_inputs(pictures, how.input_sizes)
    model = verified_model_path(start.card)
    table = calibrate(network, images, how, sha256_of(model))
    save_table(table, out / TABLE_FILE)
    (out / CACHE_FILE).write_text(tensorrt_cache(tensor_ranges(table, model)), encoding="utf-8")
    return table


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its table")] = Path("data/training/quantised"),
) -> None:
    """Quantise the released detector without training it."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    typer.echo(quantise(load_quantise(recipe), data_folder(), out))


if __name__ == "__main__":
    typer.run(main)
