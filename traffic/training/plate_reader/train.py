"""Make the plate reader's weights: `python -m traffic.training.plate_reader.train RECIPE --out FOLDER`."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import torch
import typer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from traffic.evaluation.detection import data_folder
from traffic.training.optimization import averaged, descend
from traffic.training.plate_reader.batches import batch_of, mixed_batches, training_batches
from traffic.training.plate_reader.export import export_onnx
from traffic.training.plate_reader.loss import Batch, Loss, reading_loss
from traffic.training.plate_reader.network import PlateReaderNetwork, deepened
from traffic.training.plate_reader.pseudo_labels import plates_to_train_on
from traffic.training.plate_reader.real_samples import real_samples
from traffic.training.plate_reader.recipe import Recipe, Stage, load_recipe
from traffic.training.plate_reader.samples import GRID, Samples, held_out_samples, stage_samples
from traffic.training.training_log import StepLog, write_line

MODEL_FILE = "plate_reader.onnx"
LOG_FILE = "plate_reader.training.jsonl"
WEIGHTS_FILE = "plate_reader.pt"
REAL_PLATES_FILE = "real_plates.csv"
"""In the cache: what traffic.training.plate_reader.pseudo_labels wrote."""
LOG_EVERY = 100
GRADIENT_NORM = 5.0
_CHUNK = 250


def train(recipe: Recipe, out: Path, cache: Path) -> Path:
    """Run a recipe.

    Args:
        recipe: what to do.
        out: takes the model and its weights, rewritten at every evaluation, and the log.
        cache: where drawn crops are kept.

    Returns:
        The ONNX file.
    """
    cv2.setNumThreads(1)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    held_out = held_out_samples(recipe, cache)
    network = PlateReaderNetwork(GRID, recipe.channels).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    before = copy.deepcopy(network.state_dict())
    for number, stage in enumerate(recipe.stages, 1):
        if stage.blocks:
            network = deepened(network, stage.blocks).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        after = copy.deepcopy(network.state_dict())
        network.load_state_dict(before if stage.beside else after)
        _run(recipe, stage, network, held_out, out, cache)
        if stage.beside:
            network.load_state_dict(blended(after, network.state_dict(), 0.5))
        else:
            before = after
        _save(network, out)
        write_line(out / LOG_FILE, {"end_of_stage": number, "held_out_exact": exact_match(network, held_out)})
    return out / MODEL_FILE


def _run(recipe: Recipe, stage: Stage, network: PlateReaderNetwork, held_out: Samples, out: Path, cache: Path) -> None:
    """One stage; at its end the network has its averaged weights."""
    batches = _batches(recipe, stage, cache)
    average, start = averaged(network, recipe.ema_decay), copy.deepcopy(network.state_dict())
    for step in _steps(recipe, stage, network, average, batches, out / LOG_FILE):
        if step % recipe.evaluate_every == 0:
            _save(average.module, out)
            write_line(out / LOG_FILE, {"step": step, "held_out_exact": exact_match(average.module, held_out)})
    network.load_state_dict(blended(start, average.module.state_dict(), stage.kept))


def _save(network: nn.Module, out: Path) -> None:
    torch.save(network.state_dict(), out / WEIGHTS_FILE)
    export_onnx(network, out / MODEL_FILE)


def blended(start: Mapping[str, Tensor], end: Mapping[str, Tensor], kept: float) -> dict[str, Tensor]:
    """Weights between those before a training and those behind it, of which the former have a share."""
    return {name: (kept * start[name] + (1 - kept) * last).to(last.dtype) for name, last in end.items()}


def _batches(recipe: Recipe, stage: Stage, cache: Path) -> Iterator[Batch]:
    drawn = stage_samples(recipe, stage, cache)
    if not stage.real:
        return training_batches(drawn, recipe.batch, stage.seed)
    count = max(round(len(drawn) * stage.real), recipe.batch)
    plates = plates_to_train_on(cache / REAL_PLATES_FILE, data_folder())
    real = real_samples(data_folder(), plates, count, stage.seed)
    return mixed_batches(drawn, real, recipe.batch, stage.seed, stage.real)


def exact_match(network: nn.Module, samples: Samples) -> float:
    """Share of samples whose whole text is right."""
    network.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(samples), _CHUNK):
            batch = batch_of(samples, np.arange(start, min(start + _CHUNK, len(samples))))
            symbols = network(batch.images).symbols.argmax(2)
            right += int((symbols == batch.symbols).all(1).sum())
    return right / len(samples)


def _steps(
    recipe: Recipe,
    stage: Stage,
    network: PlateReaderNetwork,
    average: AveragedModel,
    batches: Iterator[Batch],
    path: Path,
) -> Iterator[int]:
    """Train; give the number of steps done after each."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=stage.learning_rate, weight_decay=recipe.weight_decay)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, stage.learning_rate, stage.steps, pct_start=0.1)
    log = StepLog(path, LOG_EVERY, recipe.batch, "crops")
    last = stage.stop or stage.steps
    for step, batch in zip(range(1, last + 1), batches, strict=False):
        loss = _step(recipe, network, optimizer, batch)
        rates.step()
        average.update_parameters(network)
        log.add(step, _parts(loss), learning_rate=float(rates.get_last_lr()[0]))
        yield step


def _step(recipe: Recipe, network: PlateReaderNetwork, optimizer: torch.optim.Optimizer, batch: Batch) -> Loss:
    network.train()
    images = batch.images.to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe.half_precision):
        answers = network(images)
    loss = reading_loss(answers, batch, recipe.attention_weight, recipe.country_weight)
    descend(optimizer, network.parameters(), loss.total, GRADIENT_NORM)
    return loss


def _parts(loss: Loss) -> dict[str, float]:
    return {part.name: getattr(loss, part.name) for part in fields(loss) if part.name != "total"}


def main(
    recipe: Annotated[Path, typer.Argument(help="the recipe's YAML file")],
    out: Annotated[Path, typer.Option(help="folder for the model and its log")] = Path("data/training"),
    cache: Annotated[Path, typer.Option(help="folder for the drawn crops")] = Path("data/plate_reader"),
) -> None:
    """Train by a recipe on drawn plates."""
    train(load_recipe(recipe), out, cache)


if __name__ == "__main__":
    typer.run(main)
