"""The plate locator's network: a small residual backbone, a top-down path to one grid of stride 8, and its decoding.

The top-down path is that of Lin et al., "Feature Pyramid Networks", arXiv:1612.03144, with one output level.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 8
DEEPEST_STRIDE = 32
CHANNELS = 9
"""What a decoded cell holds: the score and four corners, x before y."""
_START_PX = 28.0
_UNIT_PLATE = (-1.0, -0.3, 1.0, -0.3, 1.0, 0.3, -1.0, 0.3)
_PRIOR = 0.01


class ConvAct(nn.Sequential):
    """Convolution, batch normalisation, ReLU: (n, c, h, w) -> (n, d, h / stride, w / stride)."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """A bottleneck beside its input: any (n, c, h, w) to the same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(ConvAct(channels, channels // 2, 1), ConvAct(channels // 2, channels, 3))

    def forward(self, x: Tensor) -> Tensor:
        """The sum."""
        return x + self.body(x)


def stage(channels: int, out: int, blocks: int) -> nn.Sequential:
    """Half the size, then residual blocks."""
    return nn.Sequential(ConvAct(channels, out, 3, 2), *(Residual(out) for _ in range(blocks)))


class PlateNet(nn.Module):
    """(n, 3, h, w) BGR 0..255 to raw cells (n, 10, h / 8, w / 8): a score's logit, the logarithm of a size, 8 offsets.

    Height and width are multiples of 32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.to_quarter = nn.Sequential(ConvAct(3, 16, 3, 2), stage(16, 32, 1))
        self.to_eighth = stage(32, 64, 2)
        self.to_sixteenth = stage(64, 96, 2)
        self.deepest = stage(96, 128, 2)
        self.from_deepest = ConvAct(128, 64, 1)
        self.from_sixteenth = ConvAct(96, 64, 1)
        self.at_sixteenth = Residual(64)
        self.from_eighth = ConvAct(64, 64, 1)
        self.head = nn.Sequential(ConvAct(64, 64, 3), Residual(64))
        self.predict = nn.Conv2d(64, 2 + 8, 1)
        self._start_at_a_usual_plate()

    def _start_at_a_usual_plate(self) -> None:
        usual = (-math.log(1 / _PRIOR - 1), math.log(_START_PX / STRIDE), *_UNIT_PLATE)
        nn.init.normal_(self.predict.weight, std=0.01)
        self.predict.bias = nn.Parameter(torch.tensor(usual))

    def forward(self, images: Tensor) -> Tensor:
        """Raw cells."""
        eighth = self.to_eighth(self.to_quarter((images - 114.0) / 64.0))
        sixteenth = self.to_sixteenth(eighth)
        context = _doubled(self.from_deepest(self.deepest(sixteenth)))
        context = self.at_sixteenth(self.from_sixteenth(sixteenth) + context)
        return self.predict(self.head(self.from_eighth(eighth) + _doubled(context)))


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def cell_centres(size: tuple[int, int]) -> Tensor:
    """(cells, 2) x and y of the cells' centres in input pixels, row by row, for an input (width, height)."""
    width, height = size
    y, x = torch.meshgrid(torch.arange(height // STRIDE), torch.arange(width // STRIDE), indexing="ij")
    return (torch.stack([x, y], dim=-1).reshape(-1, 2) + 0.5) * STRIDE


def decode(raw: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """Raw cells (n, 10, h, w) to logits (n, cells) and corners (n, cells, 4, 2) in input pixels."""
    rows = raw.flatten(2).transpose(1, 2)
    size = STRIDE * torch.exp(torch.clamp(rows[..., 1:2], -2.0, 4.0))
    offsets = (rows[..., 2:] * size).reshape(rows.shape[0], -1, 4, 2)
    return rows[..., 0], centres[None, :, None] + offsets


class DecodedNet(nn.Module):
    """The network as it is shipped, for one input size: (n, 3, h, w) to (n, cells, 9)."""

    centres: Tensor

    def __init__(self, network: PlateNet, size: tuple[int, int]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("centres", cell_centres(size))

    def forward(self, images: Tensor) -> Tensor:
        """Score through the sigmoid and four corners in input pixels, a row a cell."""
        logits, corners = decode(self.network(images), self.centres)
        return torch.cat([torch.sigmoid(logits)[..., None], corners.flatten(2)], dim=2)
