"""The plate reader's network: a small residual trunk, a look along rows and columns, a count, and one gaze a slot.

Each slot looks at the grid through its own softmax, compares what it sees with what the others see and with what the
whole plate shows of its country, and hands it to a classifier that all slots share. The gaze may also rest on nothing,
which is how a slot behind the last character stays blank. Drawn plates tell where each character is, so the gaze is
taught along with the text. Which character is a slot's turn is counted, not guessed.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from traffic.plates.ocr import ALPHABET, SLOTS
from traffic.simulation.plate_drawing.europe import SIGNS
from traffic.simulation.plate_drawing.mixture import COUNTRIES
from traffic.training.plate_reader.layers import Comparing, Context, Counting, Residual, Whole, convolution

SYMBOLS = len(ALPHABET) + 1


class Answers(NamedTuple):
    """Logits.

    Attributes:
        symbols: (n, slots, symbols).
        gazes: (n, slots, cells + 1), the last for nowhere.
        places: (n, 2, cells), whether a character's middle is in a cell, and whether it would be of a second line.
        countries: (n, countries).
        signs: (n, signs), which country of Europe, if it is one of Europe.
    """

    symbols: Tensor
    gazes: Tensor
    places: Tensor
    countries: Tensor
    signs: Tensor


class PlateReaderNetwork(nn.Module):
    """Pictures (n, 3, 48, 160), BGR 0..255, to what they read.

    Args:
        grid: columns and rows of the trunk's result, an eighth of the input.
        channels: of the trunk's three stages.
        blocks: residual ones in the trunk's second and third stage.
    """

    def __init__(self, grid: tuple[int, int], channels: tuple[int, int, int], blocks: tuple[int, int] = (1, 2)) -> None:
        super().__init__()
        first, second, third = channels
        self.grid, self.channels, self.blocks = grid, channels, blocks
        self.trunk = nn.Sequential(
            convolution(3, first, 2),
            convolution(first, second, 2),
            *(Residual(second) for _ in range(blocks[0])),
            convolution(second, third, 2),
            *(Residual(third) for _ in range(blocks[1])),
        )
        self.place = nn.Parameter(torch.zeros(1, third, grid[1], grid[0]))
        self.context = nn.Sequential(Context(third, grid), Context(third, grid))
        self.gaze = nn.Conv2d(third, SLOTS, 1)
        self.nowhere_gaze = nn.Linear(third, SLOTS)
        self.counting = Counting(third, grid)
        self.nowhere = nn.Parameter(torch.zeros(1, third, 1))
        self.slot = nn.Parameter(torch.zeros(1, SLOTS, third))
        self.compare = nn.Sequential(Comparing(third), Comparing(third))
        self.read = nn.Sequential(nn.Linear(third, third), nn.ReLU(inplace=True), nn.Linear(third, SYMBOLS))
        self.country = nn.Linear(third, len(COUNTRIES))
        self.sign = nn.Linear(third, len(SIGNS))
        self.whole = Whole(third)

    def forward(self, images: Tensor) -> Answers:
        """See the class."""
        features = self.context(self.trunk(standardised(images)) + self.place)
        whole = features.mean((2, 3))
        cells = features.flatten(2)
        places, turns = self.counting(features)
        gazes = torch.cat([self.gaze(features).flatten(2), self.nowhere_gaze(whole)[:, :, None]], 2) + turns
        sights = torch.cat([cells, self.nowhere.expand(cells.shape[0], -1, -1)], 2)
        seen = torch.softmax(gazes, 2) @ sights.transpose(1, 2)
        symbols = self.read(self.compare(seen + self.slot + self.whole(whole)[:, None]))
        return Answers(symbols, gazes, places, self.country(whole), self.sign(whole))


def deepened(network: PlateReaderNetwork, blocks: tuple[int, int]) -> PlateReaderNetwork:
    """A network with more residual blocks that answers as before: new blocks pass on what they get, until they learn.

    Args:
        network: what to start from.
        blocks: at least as many as it has.
    """
    deeper = PlateReaderNetwork(network.grid, network.channels, blocks)
    deeper.load_state_dict({k: v for k, v in network.state_dict().items() if not k.startswith("trunk.")}, strict=False)
    old, new = _stages(network), _stages(deeper)
    for old_stage, new_stage in zip(old, new, strict=True):
        for place, module in enumerate(new_stage):
            if place < len(old_stage):
                module.load_state_dict(old_stage[place].state_dict())
            else:
                nn.init.zeros_(module.body[-1].weight)  # type: ignore[union-attr,index,arg-type]
    return deeper


def _stages(network: PlateReaderNetwork) -> tuple[list[nn.Module], list[nn.Module]]:
    """The trunk's modules, cut behind each stage."""
    modules, cut = list(network.trunk), 2 + network.blocks[0]
    return modules[:cut], modules[cut:]


def standardised(images: Tensor) -> Tensor:
    """Each picture at mean 0 and deviation 1, so that a dark or faint plate looks like a bright one."""
    centred = images / 64.0
    centred = centred - centred.mean((1, 2, 3), keepdim=True)
    return centred / (centred.square().mean((1, 2, 3), keepdim=True) + 0.01).sqrt()
