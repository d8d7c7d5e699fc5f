"""Learning rate, weight decay and the moving average of the weights."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from traffic.training.detector.network import Yolox
from traffic.training.detector.recipe import Recipe


def learning_rate(recipe: Recipe, step: int) -> float:
    """A linear warm-up, then a cosine down to the recipe's final share; `step` counts from 0."""
    warm = min(1.0, (step + 1) / max(1, recipe.warmup_steps))
    cosine = cosine_share(step, recipe.steps)
    final = recipe.final_learning_rate_share
    return recipe.learning_rate * warm * (final + (1 - final) * cosine)


def cosine_share(step: int, steps: int) -> float:
    """From 1 at step 0 down to 0 after the last."""
    return 0.5 * (1 + math.cos(math.pi * step / steps))


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW with decay on convolution kernels alone (Loshchilov and Hutter, arXiv:1711.05101)."""
    kernels = [parameter for parameter in network.parameters() if parameter.ndim == 4]
    others = [parameter for parameter in network.parameters() if parameter.ndim < 4]
    groups = [{"params": kernels, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.99))


class MovingAverage:
    """An exponential average of a network's weights and statistics, quick at first.

    Args:
        network: its present state is the start.
        decay: how much of the average stays at each step, in the long run.
    """

    def __init__(self, network: Yolox, decay: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self._decay = decay
        self._steps = 0

    def update(self, network: Yolox) -> None:
        """Take in the network's present state."""
        decay = min(self._decay, (1 + self._steps) / (20 + self._steps))
        self._steps += 1
        with torch.no_grad():
            for average, value in zip(_floats(self.network), _floats(network), strict=True):
                average.mul_(decay).add_(value, alpha=1 - decay)


def _floats(network: nn.Module) -> Iterable[Tensor]:
    return (value for value in network.state_dict().values() if value.dtype.is_floating_point)
