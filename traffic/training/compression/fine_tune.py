"""A short training from good weights, whatever its loss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from traffic.training.detector.batches import Batch, Batches
from traffic.training.detector.loss import Loss
from traffic.training.detector.network import Yolox
from traffic.training.detector.recipe import Recipe
from traffic.training.detector.schedule import learning_rate, make_optimizer
from traffic.training.optimization import MovingAverage, descend
from traffic.training.training_log import StepLog

LossOf = Callable[[Yolox, Batch], Loss]
LOG_EVERY = 25
GRADIENT_NORM = 20.0


def fine_tune(network: Yolox, recipe: Recipe, batches: Batches, loss_of: LossOf, path: Path) -> Yolox:
    """Train a network in place.

    Args:
        network: changed.
        recipe: steps, learning rate and the like.
        batches: drawn from.
        loss_of: what to lower.
        path: a log, which takes a line every LOG_EVERY steps.

    Returns:
        The moving average of its weights, in evaluation mode.
    """
    optimizer, average = make_optimizer(network, recipe), MovingAverage(network, recipe.ema_decay)
    network.train()
    log = StepLog(path, LOG_EVERY, recipe.batch)
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, step)
        batch = batches.draw(recipe.mosaic_share if step < recipe.plain_from * recipe.steps else 0.0)
        total = loss_of(network, batch).total
        descend(optimizer, network.parameters(), total, GRADIENT_NORM)
        average.update(network)
        log.add(step + 1, {"loss": total.item()})
    return average.network
