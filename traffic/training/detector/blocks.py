"""The blocks that YOLOX is built of.

Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430, after Wang et al., "CSPNet", arXiv:1911.11929, and
He et al., "Spatial Pyramid Pooling in Deep Convolutional Networks", arXiv:1406.4729.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

Activation = type[nn.Module]


class ConvAct(nn.Module):
    """Convolution, normalisation (the identity until batch normalisation is put in) and activation."""

    def __init__(
        self, channels: tuple[int, int], kernel: int, activation: Activation, *, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        padding = (kernel - stride) // 2 if kernel % 2 == 0 else kernel // 2
        self.conv = nn.Conv2d(*channels, kernel, stride, padding, groups=groups)
        self.norm: nn.Module = nn.Identity()
        self.activation: nn.Module = activation()

    def forward(self, x: Tensor) -> Tensor:
        """(n, in, h, w) to (n, out, h / stride, w / stride)."""
        y: Tensor = self.activation(self.norm(self.conv(x)))
        return y


def depthwise(channels: tuple[int, int], activation: Activation, *, stride: int = 1) -> nn.Sequential:
    """A 3 x 3 convolution of each channel for itself, then a 1 x 1 convolution over the channels."""
    inside, _ = channels
    return nn.Sequential(
        ConvAct((inside, inside), 3, activation, stride=stride, groups=inside), ConvAct(channels, 1, activation)
    )


def dense(channels: tuple[int, int], activation: Activation, *, stride: int = 1) -> ConvAct:
    """A 3 x 3 convolution of all channels at once."""
    return ConvAct(channels, 3, activation, stride=stride)


Spatial = Callable[..., nn.Module]
"""`depthwise` or `dense`."""


class Bottleneck(nn.Module):
    """1 x 1 and spatial 3 x 3, with or without the shortcut."""

    def __init__(self, channels: int, activation: Activation, spatial: Spatial, *, shortcut: bool) -> None:
        super().__init__()
        self.body = nn.Sequential(
            ConvAct((channels, channels), 1, activation), spatial((channels, channels), activation)
        )
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        y: Tensor = self.body(x)
        return x + y if self.shortcut else y


class CrossStage(nn.Module):
    """Cross-stage partial block with three convolutions: half the channels go through the bottlenecks."""

    def __init__(
        self, channels: tuple[int, int], depth: int, activation: Activation, spatial: Spatial, *, shortcut: bool
    ) -> None:
        super().__init__()
        inside, outside = channels
        half = outside // 2
        self.main = ConvAct((inside, half), 1, activation)
        self.side = ConvAct((inside, half), 1, activation)
        self.body = nn.Sequential(*(Bottleneck(half, activation, spatial, shortcut=shortcut) for _ in range(depth)))
        self.merge = ConvAct((2 * half, outside), 1, activation)

    def forward(self, x: Tensor) -> Tensor:
        """(n, in, h, w) to (n, out, h, w)."""
        main, side = self.main(x), self.side(x)
        y: Tensor = self.merge(torch.cat([self.body(main), side], dim=1))
        return y


class PoolingPyramid(nn.Module):
    """Max-pooling over 5, 9 and 13 pixels beside the input; each pool is the 5-pool of the one before."""

    def __init__(self, channels: int, activation: Activation) -> None:
        super().__init__()
        self.shrink = ConvAct((channels, channels // 2), 1, activation)
        self.merge = ConvAct((channels * 2, channels), 1, activation)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        levels = [self.shrink(x)]
        for _ in range(3):
            levels.append(functional.max_pool2d(levels[-1], 5, 1, 2))
        y: Tensor = self.merge(torch.cat(levels, dim=1))
        return y
