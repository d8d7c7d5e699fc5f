"""Putting batch normalisation back into a fused network, changing its activation, and fusing again.

A fused network cannot take another activation: its layers no longer settle at the scale that they were trained for.
Normalisation that starts as the identity, then measures the new statistics, brings nearly all of it back.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from traffic.training.detector.network import Activation, ConvAct, Yolox

EPSILON = 1e-3
MOMENTUM = 0.03


def insert_normalization(network: Yolox, batches: Sequence[Tensor]) -> None:
    """Put a batch normalisation behind every activated convolution that leaves `batches` as they were.

    Args:
        network: fused, changed in place.
        batches: pictures (n, 3, h, w) whose statistics the normalisation takes.
    """
    moments = {block: _Moments(block.conv.out_channels) for block in _blocks(network)}
    hooks = [block.conv.register_forward_hook(moment.take) for block, moment in moments.items()]
    with torch.no_grad():
        for batch in batches:
            network(batch)
    for hook in hooks:
        hook.remove()
    for block, moment in moments.items():
        _normalize(block, moment.mean(), moment.variance())


def change_activation(network: Yolox, activation: Activation, batches: Sequence[Tensor]) -> None:
    """Give every block another activation and measure the normalisation's statistics anew on `batches`."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for block in _blocks(network):
        block.activation = activation()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    network.train()
    with torch.no_grad():
        for batch in batches:
            network(batch)
    for norm in norms:
        norm.momentum = MOMENTUM


def fused(network: Yolox) -> Yolox:
    """A copy in evaluation mode whose normalisation is part of its convolutions."""
    network = copy.deepcopy(network).eval()
    for block in _blocks(network):
        if isinstance(block.norm, nn.BatchNorm2d):
            block.conv = fuse_conv_bn_eval(block.conv, block.norm)
            block.norm = nn.Identity()
    return network


class _Moments:
    """First and second moment of each channel over everything that passed."""

    def __init__(self, channels: int) -> None:
        self._sum = torch.zeros(channels, dtype=torch.float64)
        self._squares = torch.zeros(channels, dtype=torch.float64)
        self._count = 0

    def take(self, _module: nn.Module, _inputs: object, output: Tensor) -> None:
        values = output.double()
        self._sum += values.sum((0, 2, 3))
        self._squares += values.square().sum((0, 2, 3))
        self._count += output.numel() // output.shape[1]

    def mean(self) -> Tensor:
        return self._sum / self._count

    def variance(self) -> Tensor:
        return (self._squares / self._count - self.mean().square()).clamp(min=1e-6)


def _blocks(network: Yolox) -> Iterator[ConvAct]:
    return (module for module in network.modules() if isinstance(module, ConvAct))


def _normalize(block: ConvAct, mean: Tensor, variance: Tensor) -> None:
    old = block.conv
    if old.bias is None:
        raise ValueError("expected a fused convolution, which has a bias, got one without")
    norm = nn.BatchNorm2d(old.out_channels, eps=EPSILON, momentum=MOMENTUM)
    norm.running_mean = (mean - old.bias.data.double()).float()
    norm.running_var = variance.float()
    norm.weight.data = torch.sqrt(variance + EPSILON).float()
    norm.bias.data = mean.float()
    old.bias = None
    block.norm = norm
