"""The plate reader's network: a small residual trunk, a look along rows and columns, and one gaze a slot.

Each slot looks at the grid through its own softmax and hands what it sees to a classifier that all slots share. The
gaze may also rest on nothing, which is how a slot behind the last character stays blank. Drawn plates tell where each
character is, so the gaze is taught along with the text.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from traffic.plates.ocr import ALPHABET, SLOTS
from traffic.simulation.plate_drawing.mixture import COUNTRIES

SYMBOLS = len(ALPHABET) + 1


class Answers(NamedTuple):
    """Logits.

    Attributes:
        symbols: (n, slots, symbols).
        gazes: (n, slots, cells + 1), the last for nowhere.
        countries: (n, countries).
    """

    symbols: Tensor
    gazes: Tensor
    countries: Tensor


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


class PlateReaderNetwork(nn.Module):
    """Pictures (n, 3, 48, 160), BGR 0..255, to what they read.

    Args:
        grid: columns and rows of the trunk's result, an eighth of the input.
        channels: of the trunk's three stages.
    """

    def __init__(self, grid: tuple[int, int], channels: tuple[int, int, int]) -> None:
        super().__init__()
        first, second, third = channels
        self.trunk = nn.Sequential(
            convolution(3, first, 2),
            convolution(first, second, 2),
            Residual(second),
            convolution(second, third, 2),
            Residual(third),
            Residual(third),
        )
        self.place = nn.Parameter(torch.zeros(1, third, grid[1], grid[0]))
        self.context = nn.Sequential(Context(third, grid), Context(third, grid))
        self.gaze = nn.Conv2d(third, SLOTS, 1)
        self.nowhere_gaze = nn.Linear(third, SLOTS)
        self.nowhere = nn.Parameter(torch.zeros(1, third, 1))
        self.slot = nn.Parameter(torch.zeros(1, SLOTS, third))
        self.read = nn.Sequential(nn.Linear(third, third), nn.ReLU(inplace=True), nn.Linear(third, SYMBOLS))
        self.country = nn.Linear(third, len(COUNTRIES))

    def forward(self, images: Tensor) -> Answers:
        """See the class."""
        features = self.context(self.trunk(standardised(images)) + self.place)
        whole = features.mean((2, 3))
        cells = features.flatten(2)
        gazes = torch.cat([self.gaze(features).flatten(2), self.nowhere_gaze(whole)[:, :, None]], 2)
        sights = torch.cat([cells, self.nowhere.expand(cells.shape[0], -1, -1)], 2)
        seen = torch.softmax(gazes, 2) @ sights.transpose(1, 2)
        return Answers(self.read(seen + self.slot), gazes, self.country(whole))


class WithProbabilities(nn.Module):
    """The network as it is shipped: (n, slots * symbols + countries), each part through its softmax."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        answers = self.network(images)
        symbols = torch.softmax(answers.symbols, 2).flatten(1)
        return torch.cat([symbols, torch.softmax(answers.countries, 1)], 1)


def standardised(images: Tensor) -> Tensor:
    """Each picture at mean 0 and deviation 1, so that a dark or faint plate looks like a bright one."""
    centred = images / 64.0
    centred = centred - centred.mean((1, 2, 3), keepdim=True)
    return centred / (centred.square().mean((1, 2, 3), keepdim=True) + 0.01).sqrt()
