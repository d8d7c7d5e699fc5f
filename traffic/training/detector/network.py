"""YOLOX-Nano: depthwise CSPDarknet, path aggregation and a decoupled head.

Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430. Its Focus slicing and the 3 x 3 convolution after
it are written as the one 6 x 6 convolution of stride 2 that they amount to.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
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


class Bottleneck(nn.Module):
    """1 x 1 and depthwise 3 x 3, with or without the shortcut."""

    def __init__(self, channels: int, activation: Activation, *, shortcut: bool) -> None:
        super().__init__()
        self.body = nn.Sequential(
            ConvAct((channels, channels), 1, activation), depthwise((channels, channels), activation)
        )
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        y: Tensor = self.body(x)
        return x + y if self.shortcut else y


class CrossStage(nn.Module):
    """Cross-stage partial block with three convolutions: half the channels go through the bottlenecks."""

    def __init__(self, channels: tuple[int, int], depth: int, activation: Activation, *, shortcut: bool) -> None:
        super().__init__()
        inside, outside = channels
        half = outside // 2
        self.main = ConvAct((inside, half), 1, activation)
        self.side = ConvAct((inside, half), 1, activation)
        self.body = nn.Sequential(*(Bottleneck(half, activation, shortcut=shortcut) for _ in range(depth)))
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


class Head(nn.Module):
    """The decoupled head of one stride: box, objectness and class logits of each cell."""

    def __init__(self, channels: int, classes: int, activation: Activation) -> None:
        super().__init__()
        self.stem = ConvAct((channels, 64), 1, activation)
        self.class_tower = nn.Sequential(depthwise((64, 64), activation), depthwise((64, 64), activation))
        self.classes = nn.Conv2d(64, classes, 1)
        self.box_tower = nn.Sequential(depthwise((64, 64), activation), depthwise((64, 64), activation))
        self.box = nn.Conv2d(64, 4, 1)
        self.objectness = nn.Conv2d(64, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, h, w) to (n, 5 + classes, h, w): x, y, log w, log h, objectness, classes."""
        stem = self.stem(x)
        classes = self.classes(self.class_tower(stem))
        boxes = self.box_tower(stem)
        return torch.cat([self.box(boxes), self.objectness(boxes), classes], dim=1)


class YoloxNano(nn.Module):
    """The whole network.

    Args:
        classes: how many.
        activation: nn.SiLU as published, nn.Mish as shipped.
    """

    def __init__(self, classes: int, activation: Activation) -> None:
        super().__init__()
        act = activation
        self.stem = ConvAct((3, 16), 6, act, stride=2)
        self.dark2 = nn.Sequential(depthwise((16, 32), act, stride=2), CrossStage((32, 32), 1, act, shortcut=True))
        self.dark3 = nn.Sequential(depthwise((32, 64), act, stride=2), CrossStage((64, 64), 3, act, shortcut=True))
        self.dark4 = nn.Sequential(depthwise((64, 128), act, stride=2), CrossStage((128, 128), 3, act, shortcut=True))
        self.dark5 = nn.Sequential(
            depthwise((128, 256), act, stride=2),
            PoolingPyramid(256, act),
            CrossStage((256, 256), 1, act, shortcut=False),
        )
        self.lateral5 = ConvAct((256, 128), 1, act)
        self.up4 = CrossStage((256, 128), 1, act, shortcut=False)
        self.lateral4 = ConvAct((128, 64), 1, act)
        self.up3 = CrossStage((128, 64), 1, act, shortcut=False)
        self.shrink3 = depthwise((64, 64), act, stride=2)
        self.down4 = CrossStage((128, 128), 1, act, shortcut=False)
        self.shrink4 = depthwise((128, 128), act, stride=2)
        self.down5 = CrossStage((256, 256), 1, act, shortcut=False)
        self.heads = nn.ModuleList(Head(channels, classes, act) for channels in (64, 128, 256))

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) BGR 0..255 to (n, anchors, 5 + classes); objectness and classes are logits."""
        levels = [head(level).flatten(2) for head, level in zip(self.heads, self._pyramid(images), strict=True)]
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


class WithScores(nn.Module):
    """The network as it is shipped: objectness and classes through the sigmoid."""

    def __init__(self, network: YoloxNano) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """As YoloxNano.forward, with scores 0..1 in place of logits."""
        rows: Tensor = self.network(images)
        return torch.cat([rows[..., :4], rows[..., 4:].sigmoid()], dim=-1)


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")
