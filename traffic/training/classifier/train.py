"""Make the vehicle classifier's weights: `python -m traffic.training.classifier.train RECIPE --out FOLDER`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, cast

import cv2
import torch
import typer
from torch import Tensor
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel

from traffic.evaluation.detection import data_folder
from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.training.classifier.batches import Batch, Batches
from traffic.training.classifier.export import export_onnx
from traffic.training.classifier.figures import judge, probabilities
from traffic.training.classifier.loss import masked_cross_entropy
from traffic.training.classifier.network import VehicleNet
from traffic.training.classifier.recipe import Recipe, load_recipe
from traffic.training.classifier.rendered import rendered_samples
from traffic.training.classifier.samples import LARGEST_SIDE_PX, WHOLE, Sample, Split, read_labels, read_samples
from traffic.training.classifier.start import start_from_coco
from traffic.training.optimization import adamw, averaged, descend
from traffic.training.training_log import StepLog, write_line

MODEL_FILE = "vehicle_classifier.onnx"
LOG_FILE = "vehicle_classifier.training.jsonl"
LOG_EVERY = 50
GRADIENT_NORM = 5.0


def train(recipe: Recipe, data: Path, out: Path) -> Path:
    """Run a recipe.

    Args:
        recipe: what to do.
        data: the folder with the pictures of the labelled list and the COCO file.
        out: takes the model, rewritten at every evaluation, the log and the drawn vehicles.

    Returns:
        The ONNX file.
    """
    cv2.setNumThreads(1)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    held_out = held_out_sets(recipe, data, out / "rendered")
    batches = Batches(recipe, real_samples(recipe, data, "train"), _rendered(recipe, recipe.rendered.seeds, out))
    network = _start(recipe, data, [batches.draw().images for _ in range(recipe.calibration_batches)])
    average = averaged(network, recipe.ema_decay)
    model = out / MODEL_FILE
    for step in _steps(recipe, network, average, batches, out / LOG_FILE):
        if step % recipe.evaluate_every == 0 or step == recipe.steps:
            export_onnx(cast(VehicleNet, average.module), model, recipe.input_size)
            write_line(out / LOG_FILE, {"step": step, **figures_of(model, recipe, held_out)})
    return model


def real_samples(recipe: Recipe, data: Path, split: Split) -> list[Sample]:
    """One side of the labelled list."""
    labels = [label for label in read_labels(recipe.labels_path) if label.split == split]
    return read_samples(labels, data, LARGEST_SIDE_PX if split == "train" else WHOLE)


def held_out_sets(recipe: Recipe, data: Path, cache: Path) -> dict[str, list[Sample]]:
    """The samples that are never trained on: real and drawn by themselves."""
    drawn = rendered_samples(recipe.rendered.held_out_seeds, recipe.rendered.least_side_px, cache)
    return {"real": real_samples(recipe, data, "held_out"), "rendered": drawn}


def _rendered(recipe: Recipe, seeds: Sequence[int], out: Path) -> list[Sample]:
    return rendered_samples(seeds, recipe.rendered.least_side_px, out / "rendered")


def _start(recipe: Recipe, data: Path, batches: Sequence[Tensor]) -> VehicleNet:
    network = VehicleNet(len(recipe.types), len(recipe.colours), recipe.dropout)
    start_from_coco(network.backbone, data / recipe.start, batches)
    return network.train()


def _steps(recipe: Recipe, network: VehicleNet, average: AveragedModel, batches: Batches, path: Path) -> Iterator[int]:
    """Train; give the number of steps done after each."""
    optimizer = adamw(network, recipe.learning_rate, recipe.weight_decay)
    schedule = OneCycleLR(optimizer, recipe.learning_rate, total_steps=recipe.steps + 1, pct_start=recipe.warmup_share)
    log = StepLog(path, LOG_EVERY, recipe.batch)
    for step in range(1, recipe.steps + 1):
        losses = _step(network, optimizer, batches.draw(), recipe)
        schedule.step()
        average.update_parameters(network)
        log.add(step, losses)
        yield step


def _step(network: VehicleNet, optimizer: torch.optim.Optimizer, batch: Batch, recipe: Recipe) -> dict[str, float]:
    types, colours = network(batch.images)
    type_loss = masked_cross_entropy(types, batch.types, recipe.label_smoothing)
    colour_loss = masked_cross_entropy(colours, batch.colours, recipe.label_smoothing)
    descend(optimizer, network.parameters(), type_loss + recipe.colour_weight * colour_loss, GRADIENT_NORM)
    return {"type_loss": type_loss.item(), "colour_loss": colour_loss.item()}


def figures_of(model: Path, recipe: Recipe, sets: Mapping[str, Sequence[Sample]]) -> dict[str, float]:
    """Accuracy and mean recall of both heads on each set, by name."""
    figures: dict[str, float] = {}
    with OnnxEngine(model, recipe.input_size, InferenceSettings(threads=recipe.threads)) as engine:
        for name, samples in sets.items():
            rows = probabilities(engine, samples, recipe.input_size)
            types, colours = judge(rows, samples, recipe.types, recipe.colours)
            figures |= {f"{name}_type": types.accuracy, f"{name}_type_balanced": types.balanced}
            figures |= {f"{name}_colour": colours.accuracy, f"{name}_colour_balanced": colours.balanced}
    return figures


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/training"),
) -> None:
    """Train by a recipe on the data below TRAFFIC_DATA."""
    train(load_recipe(recipe), data_folder(), out)


if __name__ == "__main__":
    typer.run(main)
