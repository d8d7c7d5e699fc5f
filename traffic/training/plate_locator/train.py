"""Make the plate locator's weights: `python -m traffic.training.plate_locator.train RECIPE --out FOLDER`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, cast

import cv2
import torch
import typer
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel

from traffic.evaluation.detection import data_folder
from traffic.training.optimization import adamw, averaged, descend
from traffic.training.plate_locator.batches import Batches
from traffic.training.plate_locator.export import export_onnx
from traffic.training.plate_locator.held_out import HeldOut, held_out_views
from traffic.training.plate_locator.loss import locator_loss
from traffic.training.plate_locator.measure import Finder, corner_error, false_finds, findings, open_finder, recall
from traffic.training.plate_locator.network import PlateNet, cell_centres
from traffic.training.plate_locator.recipe import Recipe, load_recipe
from traffic.training.plate_locator.sources import open_sources
from traffic.training.plate_locator.start import freeze_statistics, network_of
from traffic.training.training_log import StepLog, write_line

MODEL_FILE = "plate_locator.onnx"
LOG_FILE = "plate_locator.training.jsonl"
START_FILE = "start.onnx"
LOG_EVERY = 50
GRADIENT_NORM = 10.0
WATCHED_SCORE = 0.3


def train(recipe: Recipe, data: Path, out: Path, start: Path | None = None) -> Path:
    """Run a recipe.

    Args:
        recipe: what to do.
        data: the folder with the published sets.
        out: takes the model, rewritten at every evaluation, its log, the drawn frames and the teacher's answers.
        start: an earlier run's model to go on from, its log beside it; without it, from random weights.

    Returns:
        The ONNX file.
    """
    cv2.setNumThreads(1)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    if start is not None and start.with_name(LOG_FILE).exists() and not (out / LOG_FILE).exists():
        shutil.copyfile(start.with_name(LOG_FILE), out / LOG_FILE)
    held_out = held_out_views(recipe, data, out)
    finder = None if start is None else _finder_of(start, recipe, out)
    batches = Batches(recipe, open_sources(recipe, data, out, finder))
    network = PlateNet().train() if start is None else network_of(start).train()
    if start is not None:
        freeze_statistics(network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = averaged(network, recipe.ema_decay)
    model = out / MODEL_FILE
    for step in _steps(recipe, network, average, batches, out / LOG_FILE):
        if step % recipe.evaluate_every == 0 or step == recipe.steps:
            export_onnx(cast(PlateNet, average.module), recipe.input_size, model)
            write_line(out / LOG_FILE, {"step": step, **_held_out_figures(model, recipe, held_out)})
    return model


def _finder_of(start: Path, recipe: Recipe, out: Path) -> Finder:
    """An earlier model at this recipe's input size."""
    export_onnx(network_of(start), recipe.input_size, out / START_FILE)
    return open_finder(out / START_FILE, recipe.input_size)


def _steps(recipe: Recipe, network: PlateNet, average: AveragedModel, batches: Batches, path: Path) -> Iterator[int]:
    """Train; give the number of steps done after each."""
    optimizer = adamw(network, recipe.learning_rate, recipe.weight_decay)
    schedule = OneCycleLR(optimizer, recipe.learning_rate, recipe.steps, pct_start=recipe.warmup_share)
    centres = cell_centres(recipe.input_size)
    log = StepLog(path, LOG_EVERY, recipe.batch)
    for step in range(1, recipe.steps + 1):
        batch = batches.draw()
        loss = locator_loss(network(batch.images), batch.truths, centres)
        descend(optimizer, network.parameters(), loss.total, GRADIENT_NORM)
        schedule.step()
        average.update_parameters(network)
        log.add(step, {"score": loss.score, "box": loss.box, "corner": loss.corner})
        yield step


def _held_out_figures(model: Path, recipe: Recipe, held_out: HeldOut) -> dict[str, float]:
    finder = open_finder(model, recipe.input_size)
    figures: dict[str, float] = {}
    for name, views in held_out.with_plates.items():
        judged = findings(finder, views)
        figures |= {f"{name}_recall": recall(judged), f"{name}_recall_at_score": recall(judged, WATCHED_SCORE)}
        if views[0].exact.all():
            figures[f"{name}_corner_error"] = corner_error(judged)
    return figures | {"false_finds": false_finds(finder, held_out.silent, WATCHED_SCORE)}


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/plate_locator"),
    start: Annotated[Path | None, typer.Option(help="an earlier run's ONNX file to go on from")] = None,
) -> None:
    """Train by a recipe on the data below TRAFFIC_DATA."""
    train(load_recipe(recipe), data_folder(), out, start)


if __name__ == "__main__":
    typer.run(main)
