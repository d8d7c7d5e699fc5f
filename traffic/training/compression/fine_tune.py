"""A short training from good weights, whatever its loss."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
import typer
from torch import nn

from traffic.training.detector.batches import Batch, Batches
from traffic.training.detector.loss import Loss
from traffic.training.detector.network import Yolox
from traffic.training.detector.recipe import Recipe
from traffic.training.optimization import MovingAverage, learning_rate, make_optimizer

LossOf = Callable[[Yolox, Batch], Loss]
LOG_EVERY = 25
GRADIENT_NORM = 20.0


def fine_tune(network: Yolox, recipe: Recipe, batches: Batches, loss_of: LossOf, log: Path) -> Yolox:
    """Train a network in place.

    Args:
        network: changed.
        recipe: steps, learning rate and the like.
        batches: drawn from.
        loss_of: what to lower.
        log: takes a JSON line every LOG_EVERY steps.

    Returns:
        The moving average of its weights, in evaluation mode.
    """
    optimizer, average = make_optimizer(network, recipe), MovingAverage(network, recipe.ema_decay)
    network.train()
    losses: list[float] = []
    started = time.monotonic()
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, step)
        batch = batches.draw(recipe.mosaic_share if step < recipe.plain_from * recipe.steps else 0.0)
        losses.append(_step(network, optimizer, loss_of, batch))
        average.update(network)
        if (step + 1) % LOG_EVERY == 0:
            speed = len(losses) * recipe.batch / (time.monotonic() - started)
            write_line(log, {"step": step + 1, "loss": sum(losses) / len(losses), "images_per_s": speed})
            losses, started = [], time.monotonic()
    return average.network


def write_line(path: Path, values: Mapping[str, float]) -> None:
    """Add a line of figures to a log, and show it."""
    line = json.dumps({name: round(value, 6) for name, value in values.items()})
    with path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    typer.echo(line)


def _step(network: Yolox, optimizer: torch.optim.Optimizer, loss_of: LossOf, batch: Batch) -> float:
    loss = loss_of(network, batch)
    optimizer.zero_grad()
    loss.total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
    optimizer.step()
    return float(loss.total.detach())
