"""The plate reader as it is shipped: probabilities, averaged over several looks at the same picture."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from traffic.plates.ocr import SIZE

VIEWS = ((1.0, 1.0), (1.08, 1.14), (0.95, 0.92))
"""How many times larger the shipped model looks at a picture, across and down: a locator is not exact, and what is read
at several margins is read more often right.
"""


class WithProbabilities(nn.Module):
    """The network as it is shipped: (n, slots * symbols + countries), each part through its softmax.

    It is the mean of the answers to all VIEWS. They are products with constants and go through the network as one
    batch.
    """

    across: Tensor
    down: Tensor

    def __init__(self, network: nn.Module, views: Sequence[tuple[float, float]] = VIEWS) -> None:
        super().__init__()
        self.network, self.views = network, len(views)
        across = torch.stack([zooming(SIZE[0], zoom).T for zoom, _ in views])
        down = torch.stack([zooming(SIZE[1], zoom) for _, zoom in views])
        self.register_buffer("across", across, persistent=False)
        self.register_buffer("down", down, persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        zooms = range(self.views)
        answers = self.network(torch.cat([self.down[zoom] @ images @ self.across[zoom] for zoom in zooms]))
        symbols = torch.softmax(answers.symbols, 2).flatten(1)
        told = torch.cat([symbols, torch.softmax(answers.countries, 1)], 1)
        count = images.shape[0]
        every = [told[zoom * count : (zoom + 1) * count] for zoom in zooms]
        return torch.stack(every).mean(0)


def zooming(length: int, zoom: float) -> Tensor:
    """The matrix (length, length) that enlarges a line of pixels about its middle, linearly; ends repeat."""
    there = (torch.arange(length) + 0.5 - length / 2) / zoom + length / 2 - 0.5
    there = there.clamp(0, length - 1)
    return (1 - (there[:, None] - torch.arange(length)).abs()).clamp(min=0)
