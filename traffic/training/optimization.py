"""What training loops are made of: the optimizer, one step of it, and averages of the weights."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

Network = TypeVar("Network", bound=nn.Module)


def cosine_share(step: int, steps: int) -> float:
    """From 1 at step 0 down to 0 after the last."""
    return 0.5 * (1 + math.cos(math.pi * step / steps))


def adamw(
    network: nn.Module, learning_rate: float, weight_decay: float, betas: tuple[float, float] = (0.9, 0.999)
) -> torch.optim.AdamW:
    """AdamW with decay on kernels and matrices alone (Loshchilov and Hutter, arXiv:1711.05101)."""
    kernels = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    groups = [{"params": kernels, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas)


def descend(
    optimizer: torch.optim.Optimizer, parameters: Iterable[nn.Parameter], loss: Tensor, largest_norm: float
) -> None:
    """One step down a loss; a longer gradient of these parameters is cut to `largest_norm`."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(parameters, largest_norm)
    optimizer.step()


def averaged(network: nn.Module, decay: float) -> AveragedModel:
    """An exponential average of a network's weights and statistics that keeps `decay` of itself at each step."""
    return AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)  # type: ignore[no-untyped-call]


class MovingAverage(Generic[Network]):
    """The same, quick at first.

    Args:
        network: its present state is the start.
        decay: how much of the average stays at each step, in the long run.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self._decay = decay
        self._steps = 0

    def update(self, network: Network) -> None:
        """Take in the network's present state."""
        decay = min(self._decay, (1 + self._steps) / (20 + self._steps))
        self._steps += 1
        with torch.no_grad():
            for average, value in zip(_floats(self.network), _floats(network), strict=True):
                average.mul_(decay).add_(value, alpha=1 - decay)


def _floats(network: nn.Module) -> Iterable[Tensor]:
    return (value for value in network.state_dict().values() if value.dtype.is_floating_point)
