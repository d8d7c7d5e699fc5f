"""What the plate reader's network is built of."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from traffic.plates.ocr import SLOTS

_RARE = -3.0
_FAR = 9.0


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """A 3 x 3 convolution, normalised and rectified."""
    kernel = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    return nn.Sequential(kernel, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut (He et al., arXiv:1512.03385)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        last = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.body = nn.Sequential(convolution(channels, channels), last, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same."""
        return torch.relu(x + self.body(x))


class Context(nn.Module):
    """Lets every cell see its whole row and column, as counting characters needs.

    Args:
        channels: in and out.
        grid: columns and rows.
    """

    def __init__(self, channels: int, grid: tuple[int, int]) -> None:
        super().__init__()
        columns, rows = grid
        along = (1, 2 * columns - 1)
        down = (2 * rows - 1, 1)
        self.row = nn.Conv2d(channels, channels, along, padding=(0, columns - 1), groups=channels, bias=False)
        self.column = nn.Conv2d(channels, channels, down, padding=(rows - 1, 0), groups=channels, bias=False)
        self.mix = nn.Sequential(
            nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.Conv2d(channels, channels, 1, bias=False)
        )
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same."""
        return torch.relu(x + self.norm(self.mix(self.row(x) + self.column(x))))


class Counting(nn.Module):
    """Tells each slot which cells hold the character whose turn it is, by counting the characters before each cell.

    In reading order a cell comes behind those left of it in its own line, and behind all of the first line if it is of
    the second. All of it is products with constants, so that it runs wherever convolutions do.

    Args:
        channels: of the features.
        grid: columns and rows.
    """

    left_of: Tensor
    turns: Tensor

    def __init__(self, channels: int, grid: tuple[int, int]) -> None:
        super().__init__()
        columns = torch.arange(grid[0] * grid[1]) % grid[0]
        self.register_buffer("left_of", (columns[:, None] < columns[None, :]).float(), persistent=False)
        self.register_buffer("turns", torch.arange(SLOTS, dtype=torch.float32)[None, :, None], persistent=False)
        self.places = nn.Conv2d(channels, 2, 1)
        self.strictness = nn.Parameter(torch.ones(2))
        nn.init.constant_(self.places.bias, _RARE)  # type: ignore[arg-type]

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Places as in Answers, and what to add to the gazes (n, slots, cells + 1)."""
        places = self.places(features).flatten(2).float()
        there, second = torch.sigmoid(places).unbind(1)
        left_of = self.left_of
        upper, lower = there * (1 - second), there * second
        before = (1 - second) * (upper @ left_of) + second * (upper.sum(1, keepdim=True) + lower @ left_of)
        off = (before[:, None] - self.turns).square().clamp(max=_FAR)
        past = (self.turns - there.sum(1)[:, None, None] + 0.5).clamp(-2, 2)
        return places, torch.cat([-self.strictness[0] * off, self.strictness[1] * past], 2)


class Comparing(nn.Module):
    """Lets each slot see what the others hold: an O among letters, a 0 among digits (a block of MLP-Mixer, Tolstikhin
    et al., arXiv:2105.01601, without its normalisation). A new one passes on what it gets, until it learns.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.slots = nn.Sequential(nn.Linear(SLOTS, 4 * SLOTS), nn.ReLU(inplace=True), nn.Linear(4 * SLOTS, SLOTS))
        self.channels = nn.Sequential(
            nn.Linear(channels, 2 * channels), nn.ReLU(inplace=True), nn.Linear(2 * channels, channels)
        )
        for last in (self.slots[2], self.channels[2]):
            nn.init.zeros_(last.weight)  # type: ignore[arg-type]
            nn.init.zeros_(last.bias)  # type: ignore[arg-type]

    def forward(self, seen: Tensor) -> Tensor:
        """(n, slots, c) to the same."""
        seen = seen + self.slots(seen.transpose(1, 2)).transpose(1, 2)
        return seen + self.channels(seen)


class Whole(nn.Sequential):
    """Tells every slot what the plate as a whole shows, its band, arms and colours: whose patterns its text has. A new
    one tells nothing, until it learns.
    """

    def __init__(self, channels: int) -> None:
        last = nn.Linear(channels, channels)
        super().__init__(nn.Linear(channels, channels), nn.ReLU(inplace=True), last)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
