"""The second opinion on types: a trunk that COCO alone has taught, and a head that our pictures teach.

The trunk is the published YOLOX-Nano (Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430) up to its
class towers, without the boxes, and stays as published: what tells a bus from a lorry in thousands of COCO's photos
lies in its path aggregation, its class towers and its activation, SiLU, as much as in its backbone, and a few thousand
pictures of ours would sooner wear it down than better it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from traffic.training.detector.network import Yolox

LEVEL_CHANNELS = (64, 128, 256)
TOWER_CHANNELS = 64
FEATURES = sum(LEVEL_CHANNELS) + 2 * len(LEVEL_CHANNELS) * TOWER_CHANNELS
HIDDEN = 256
LEAST_SPREAD = 1e-3


class Trunk(nn.Module):
    """One row of features a picture: the levels of strides 8, 16 and 32, and the class towers on top of them.

    Args:
        detector: a YOLOX-Nano; its modules become this one's, those of its boxes are left behind. It never learns.
    """

    def __init__(self, detector: Yolox) -> None:
        super().__init__()
        self.stem, self.dark2, self.dark3 = detector.stem, detector.dark2, detector.dark3
        self.dark4, self.dark5 = detector.dark4, detector.dark5
        self.lateral5, self.up4 = detector.lateral5, detector.up4
        self.lateral4, self.up3 = detector.lateral4, detector.up3
        self.shrink3, self.down4 = detector.shrink3, detector.down4
        self.shrink4, self.down5 = detector.shrink4, detector.down5
        self.towers = nn.ModuleList(nn.Sequential(head.stem, head.class_tower) for head in detector.every_head)
        self.eval().requires_grad_(requires_grad=False)

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) BGR 0..255 to (n, FEATURES)."""
        levels = self.levels(images)
        towers = [tower(level) for tower, level in zip(self.towers, self._pyramid(*levels), strict=True)]
        means = [level.mean(dim=(2, 3)) for level in (*levels, *towers)]
        return torch.cat([*means, *(tower.amax(dim=(2, 3)) for tower in towers)], dim=1)

    def levels(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, LEVEL_CHANNELS[k], h / stride, w / stride) of strides 8, 16 and 32."""
        c3 = self.dark3(self.dark2(self.stem(images)))
        c4 = self.dark4(c3)
        return c3, c4, self.dark5(c4)

    def _pyramid(self, c3: Tensor, c4: Tensor, c5: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        f5 = self.lateral5(c5)
        f4 = self.lateral4(self.up4(torch.cat([_doubled(f5), c4], dim=1)))
        p3 = self.up3(torch.cat([_doubled(f4), c3], dim=1))
        p4 = self.down4(torch.cat([self.shrink3(p3), f4], dim=1))
        return p3, p4, self.down5(torch.cat([self.shrink4(p4), f5], dim=1))


class TypeHead(nn.Module):
    """Types from the trunk's features.

    Args:
        features: (n, FEATURES) of our pictures: what the head takes for usual.
        types: how many.
        dropout: share of the features and of the hidden ones that training leaves out.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, features: Tensor, types: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", features.mean(dim=0))
        self.register_buffer("scale", 1 / (features.std(dim=0) + LEAST_SPREAD))
        self.layers = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(FEATURES, HIDDEN),
            nn.Hardswish(),
            nn.Dropout(dropout),
            nn.Linear(HIDDEN, types),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(n, FEATURES) to logits (n, types)."""
        logits: Tensor = self.layers((features - self.mean) * self.scale)
        return logits


class TypeProbabilities(nn.Module):
    """The trunk and its head as one network."""

    def __init__(self, trunk: Trunk, head: nn.Module) -> None:
        super().__init__()
        self.trunk, self.head = trunk, head

    def forward(self, images: Tensor) -> Tensor:
        """(n, 3, h, w) BGR 0..255 to (n, types), sum 1."""
        logits: Tensor = self.head(self.trunk(images))
        return logits.softmax(dim=1)


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")
