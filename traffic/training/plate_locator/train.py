"""Make the plate locator's weights: `python -m traffic.training.plate_locator.train RECIPE --out FOLDER`."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, cast

import cv2
import torch
import typer
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from traffic.evaluation.detection import data_folder
from traffic.training.plate_locator.batches import Batches
from traffic.training.plate_locator.export import export_onnx
from traffic.training.plate_locator.held_out import HeldOut, held_out_views
from traffic.training.plate_locator.loss import Loss, locator_loss
from traffic.training.plate_locator.measure import corner_error, false_finds, findings, open_finder, recall
from traffic.training.plate_locator.network import PlateNet, cell_centres
from traffic.training.plate_locator.recipe import Recipe, load_recipe
from traffic.training.plate_locator.sources import open_sources
from traffic.training.plate_locator.start import freeze_statistics, network_of

MODEL_FILE = "plate_locator.onnx"
LOG_FILE = "plate_locator.training.jsonl"
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
    batches = Batches(recipe, open_sources(recipe, data, out))
    network = PlateNet().train() if start is None else network_of(start).train()
    if start is not None:
        freeze_statistics(network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    blend = get_ema_multi_avg_fn(recipe.ema_decay)  # type: ignore[no-untyped-call]
    average = AveragedModel(network, multi_avg_fn=blend, use_buffers=True)
    model = out / MODEL_FILE
    for step in _steps(recipe, network, average, batches, out / LOG_FILE):
        if step % recipe.evaluate_every == 0 or step == recipe.steps:
            export_onnx(cast(PlateNet, average.module), recipe.input_size, model)
            _log(out / LOG_FILE, {"step": step, **_held_out_figures(model, recipe, held_out)})
    return model


def _steps(recipe: Recipe, network: PlateNet, average: AveragedModel, batches: Batches, log: Path) -> Iterator[int]:
    """Train; give the number of steps done after each."""
    optimizer = make_optimizer(network, recipe)
    schedule = OneCycleLR(optimizer, recipe.learning_rate, recipe.steps, pct_start=recipe.warmup_share)
    centres = cell_centres(recipe.input_size)
    losses: list[Loss] = []
    started = time.monotonic()
    for step in range(1, recipe.steps + 1):
        batch = batches.draw()
        loss = locator_loss(network(batch.images), batch.truths, centres)
        _descend(network, optimizer, loss)
        schedule.step()
        average.update_parameters(network)
        losses.append(loss)
        if step % LOG_EVERY == 0:
            speed = len(losses) * recipe.batch / (time.monotonic() - started)
            _log(log, {"step": step, "images_per_s": speed, **_means(losses)})
            losses, started = [], time.monotonic()
        yield step


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW with decay on convolution kernels alone (Loshchilov and Hutter, arXiv:1711.05101)."""
    kernels = [parameter for parameter in network.parameters() if parameter.ndim == 4]
    others = [parameter for parameter in network.parameters() if parameter.ndim < 4]
    groups = [{"params": kernels, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


def _descend(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Loss) -> None:
    optimizer.zero_grad()
    loss.total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
    optimizer.step()


def _means(losses: list[Loss]) -> dict[str, float]:
    return {name: sum(getattr(loss, name) for loss in losses) / len(losses) for name in ("score", "box", "corner")}


def _held_out_figures(model: Path, recipe: Recipe, held_out: HeldOut) -> dict[str, float]:
    finder = open_finder(model, recipe.input_size)
    figures: dict[str, float] = {}
    for name, views in held_out.with_plates.items():
        judged = findings(finder, views)
        figures |= {f"{name}_recall": recall(judged), f"{name}_recall_at_score": recall(judged, WATCHED_SCORE)}
        if views[0].exact.all():
            figures[f"{name}_corner_error"] = corner_error(judged)
    return figures | {"false_finds": false_finds(finder, held_out.silent, WATCHED_SCORE)}


def _log(path: Path, values: Mapping[str, float]) -> None:
    line = json.dumps({name: round(value, 6) for name, value in values.items()})
    with path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    typer.echo(line)


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/plate_locator"),
    start: Annotated[Path | None, typer.Option(help="an earlier run's ONNX file to go on from")] = None,
) -> None:
    """Train by a recipe on the data below TRAFFIC_DATA."""
    train(load_recipe(recipe), data_folder(), out, start)


if __name__ == "__main__":
    typer.run(main)
