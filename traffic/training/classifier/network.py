"""The vehicle classifier: a depthwise cross-stage backbone with two heads.

The backbone is that of YOLOX-Nano (Ge et al., arXiv:2107.08430), so that weights learned on COCO can be its start, with
Hardswish (Howard et al., "Searching for MobileNetV3", arXiv:1905.02244), which every runtime computes quickly, in place
of SiLU. Both heads read the same pooled features of three scales.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

EPSILON = 1e-3
MOMENTUM = 0.03
LEVEL_CHANNELS = (64, 128, 256)
HIDDEN = 128


class Block(nn.Module):
    """Convolution, batch normalisation, Hardswish."""

    def __init__(self, channels: tuple[int, int], kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        padding = (kernel - stride) // 2 if kernel % 2 == 0 else kernel // 2
        self.conv = nn.Conv2d(*channels, kernel, stride, padding, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(channels[1], eps=EPSILON, momentum=MOMENTUM)

    def forward(self, x: Tensor) -> Tensor:
        """(n, in, h, w) to (n, out, h / stride, w / stride)."""
        return functional.hardswish(self.norm(self.conv(x)))


class Bottleneck(nn.Module):
    """1 x 1, then depthwise 3 x 3 and 1 x 1, with or without the shortcut."""

    def __init__(self, channels: int, *, shortcut: bool) -> None:
        super().__init__()
        self.body = nn.Sequential(Block((channels, channels), 1), *_depthwise((channels, channels)))
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        y: Tensor = self.body(x)
        return x + y if self.shortcut else y


class CrossStage(nn.Module):
    """Half the channels go through the bottlenecks, half around them."""

    def __init__(self, channels: int, depth: int, *, shortcut: bool = True) -> None:
        super().__init__()
        half = channels // 2
        self.main = Block((channels, half), 1)
        self.side = Block((channels, half), 1)
        self.body = nn.Sequential(*(Bottleneck(half, shortcut=shortcut) for _ in range(depth)))
        self.merge = Block((channels, channels), 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        main, side = self.main(x), self.side(x)
        y: Tensor = self.merge(torch.cat([self.body(main), side], dim=1))
        return y


class PoolingPyramid(nn.Module):
    """Max-pooling over 5, 9 and 13 cells beside the input; each pool is the 5-pool of the one before."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.shrink = Block((channels, channels // 2), 1)
        self.merge = Block((channels * 2, channels), 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        levels = [self.shrink(x)]
        for _ in range(3):
            levels.append(functional.max_pool2d(levels[-1], 5, 1, 2))
        y: Tensor = self.merge(torch.cat(levels, dim=1))
        return y


class Backbone(nn.Module):
    """Strides 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Block((3, 16), 6, stride=2)
        self.dark2 = nn.Sequential(*_depthwise((16, 32), stride=2), CrossStage(32, 1))
        self.dark3 = nn.Sequential(*_depthwise((32, 64), stride=2), CrossStage(64, 3))
        self.dark4 = nn.Sequential(*_depthwise((64, 128), stride=2), CrossStage(128, 3))
        self.dark5 = nn.Sequential(
            *_depthwise((128, 256), stride=2), PoolingPyramid(256), CrossStage(256, 1, shortcut=False)
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, 3, h, w) BGR 0..255 to features of LEVEL_CHANNELS."""
        c3 = self.dark3(self.dark2(self.stem(images)))
        c4 = self.dark4(c3)
        return c3, c4, self.dark5(c4)

    def blocks(self) -> Iterator[Block]:
        """Every convolution with its normalisation, in the order of the forward pass."""
        return (module for module in self.modules() if isinstance(module, Block))


class VehicleNet(nn.Module):
    """The backbone and its two heads.

    Args:
        types, colours: how many of each.
        dropout: share of the hidden features that training leaves out.
    """

    def __init__(self, types: int, colours: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.shared = nn.Sequential(nn.Linear(sum(LEVEL_CHANNELS), HIDDEN), nn.Hardswish(), nn.Dropout(dropout))
        self.types = nn.Linear(HIDDEN, types)
        self.colours = nn.Linear(HIDDEN, colours)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) BGR 0..255 to logits (n, types) and (n, colours)."""
        pooled = torch.cat([level.mean(dim=(2, 3)) for level in self.backbone(images)], dim=1)
        hidden = self.shared(pooled)
        return self.types(hidden), self.colours(hidden)


class WithProbabilities(nn.Module):
    """The network as it is shipped: one output, each head through its own softmax."""

    def __init__(self, network: VehicleNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) BGR 0..255 to (n, types + colours)."""
        types, colours = self.network(images)
        return torch.cat([types.softmax(dim=1), colours.softmax(dim=1)], dim=1)


def _depthwise(channels: tuple[int, int], *, stride: int = 1) -> tuple[Block, Block]:
    inside, _ = channels
    return Block((inside, inside), 3, stride=stride, groups=inside), Block(channels, 1)
