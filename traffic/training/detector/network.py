"""YOLOX in its three small sizes: CSPDarknet, path aggregation and a decoupled head.

Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430. Its Focus slicing and the 3 x 3 convolution after
it are written as the one 6 x 6 convolution of stride 2 that they amount to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from traffic.training.detector.blocks import (
    Activation,
    ConvAct,
    CrossStage,
    PoolingPyramid,
    Spatial,
    dense,
    depthwise,
)
from traffic.training.detector.recipe import SizeName

__all__ = [
    "SIZES",
    "STRIDES",
    "Activation",
    "ConvAct",
    "Head",
    "Size",
    "SizeName",
    "WithScores",
    "Yolox",
    "YoloxNano",
    "from_nothing",
]

STRIDES = (8, 16, 32)
PRIOR = 0.01


@dataclass(frozen=True)
class Size:
    """`channels` after the stem, from which all others follow, and how a 3 x 3 convolution is made.

    The published depth is a third of YOLOX-L's in all three sizes: 1, 3, 3 and 1 bottlenecks.
    """

    channels: int
    spatial: Spatial


SIZES: Mapping[SizeName, Size] = {"nano": Size(16, depthwise), "tiny": Size(24, dense), "s": Size(32, dense)}


class Head(nn.Module):
    """The decoupled head of one stride: box, objectness and class logits of each cell."""

    def __init__(self, channels: int, classes: int, activation: Activation, size: Size) -> None:
        super().__init__()
        inside = 4 * size.channels
        self.stem = ConvAct((channels, inside), 1, activation)
        self.class_tower = nn.Sequential(*(size.spatial((inside, inside), activation) for _ in range(2)))
        self.classes = nn.Conv2d(inside, classes, 1)
        self.box_tower = nn.Sequential(*(size.spatial((inside, inside), activation) for _ in range(2)))
        self.box = nn.Conv2d(inside, 4, 1)
        self.objectness = nn.Conv2d(inside, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, h, w) to (n, 5 + classes, h, w): x, y, log w, log h, objectness, classes."""
        return self.predict(self.stem(x))

    def predict(self, stem: Tensor) -> Tensor:
        """The same from what the stem gives."""
        classes = self.classes(self.class_tower(stem))
        boxes = self.box_tower(stem)
        return torch.cat([self.box(boxes), self.objectness(boxes), classes], dim=1)


class Yolox(nn.Module):
    """The whole network.

    Args:
        classes: how many.
        activation: nn.SiLU as published, nn.Mish as shipped.
        size: nano as shipped, 0.91 M parameters with 80 classes; tiny 5.06 M; s 8.97 M.
    """

    def __init__(self, classes: int, activation: Activation, size: SizeName = "nano") -> None:
        super().__init__()
        self.size: SizeName = size
        act, c, spatial = activation, SIZES[size].channels, SIZES[size].spatial
        stage = partial(CrossStage, activation=act, spatial=spatial)
        self.stem = ConvAct((3, c), 6, act, stride=2)
        self.dark2 = nn.Sequential(spatial((c, 2 * c), act, stride=2), stage((2 * c, 2 * c), 1, shortcut=True))
        self.dark3 = nn.Sequential(spatial((2 * c, 4 * c), act, stride=2), stage((4 * c, 4 * c), 3, shortcut=True))
        self.dark4 = nn.Sequential(spatial((4 * c, 8 * c), act, stride=2), stage((8 * c, 8 * c), 3, shortcut=True))
        self.dark5 = nn.Sequential(
            spatial((8 * c, 16 * c), act, stride=2),
            PoolingPyramid(16 * c, act),
            stage((16 * c, 16 * c), 1, shortcut=False),
        )
        self.lateral5 = ConvAct((16 * c, 8 * c), 1, act)
        self.up4 = stage((16 * c, 8 * c), 1, shortcut=False)
        self.lateral4 = ConvAct((8 * c, 4 * c), 1, act)
        self.up3 = stage((8 * c, 4 * c), 1, shortcut=False)
        self.shrink3 = spatial((4 * c, 4 * c), act, stride=2)
        self.down4 = stage((8 * c, 8 * c), 1, shortcut=False)
        self.shrink4 = spatial((8 * c, 8 * c), act, stride=2)
        self.down5 = stage((16 * c, 16 * c), 1, shortcut=False)
        self.heads = nn.ModuleList(Head(channels * c, classes, act, SIZES[size]) for channels in (4, 8, 16))

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) BGR 0..255 to (n, anchors, 5 + classes); objectness and classes are logits."""
        levels = [head(level).flatten(2) for head, level in zip(self.heads, self._pyramid(images), strict=True)]
        return torch.cat(levels, dim=2).permute(0, 2, 1)

    @property
    def every_head(self) -> list[Head]:
        """Of each stride, finest first."""
        return [head for head in self.heads if isinstance(head, Head)]

    def stems(self, images: Tensor) -> list[Tensor]:
        """(n, channels, h, w) of each stride, finest first: what boxes and classes are both told from."""
        return [head.stem(level) for head, level in zip(self.every_head, self._pyramid(images), strict=True)]

    def rows(self, stems: Sequence[Tensor]) -> Tensor:
        """What forward gives, told from `stems`; forward itself goes head by head, the order of a file's weights."""
        levels = [head.predict(stem).flatten(2) for head, stem in zip(self.every_head, stems, strict=True)]
        return torch.cat(levels, dim=2).permute(0, 2, 1)

    def _pyramid(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        c3 = self.dark3(self.dark2(self.stem(images)))
        c4 = self.dark4(c3)
        f5 = self.lateral5(self.dark5(c4))
        f4 = self.lateral4(self.up4(torch.cat([_doubled(f5), c4], dim=1)))
        p3 = self.up3(torch.cat([_doubled(f4), c3], dim=1))
        p4 = self.down4(torch.cat([self.shrink3(p3), f4], dim=1))
        p5 = self.down5(torch.cat([self.shrink4(p4), f5], dim=1))
        return p3, p4, p5


YoloxNano = Yolox
"""The network by the name of its default size."""


class WithScores(nn.Module):
    """The network as it is shipped: objectness and classes through the sigmoid."""

    def __init__(self, network: Yolox) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """As Yolox.forward, with scores 0..1 in place of logits."""
        rows: Tensor = self.network(images)
        return torch.cat([rows[..., :4], rows[..., 4:].sigmoid()], dim=-1)


def from_nothing(classes: int, activation: Activation, size: SizeName) -> Yolox:
    """A network with random weights that at first finds nothing: its scores start at PRIOR, as Lin et al. have it,
    "Focal Loss for Dense Object Detection", arXiv:1708.02002.
    """
    network = Yolox(classes, activation, size)
    for head in (module for module in network.modules() if isinstance(module, Head)):
        for prediction in (head.classes, head.objectness):
            nn.init.constant_(prediction.bias, -math.log((1 - PRIOR) / PRIOR))  # type: ignore[arg-type]
    return network


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")
