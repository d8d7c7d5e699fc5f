"""What the plate locator learns by: which cells answer for a plate, how sure they should be, and where its corners are.

Scores: the quality focal loss of Li et al., "Generalized Focal Loss", arXiv:2006.04388: a cell's target is the IoU of
its own answer. Boxes of the corners: Rezatofighi et al., "Generalized Intersection over Union", arXiv:1902.09630.
Corners: the wing loss of Feng et al., arXiv:1711.06753, in units of the plate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from traffic.training.plate_locator.network import STRIDE, decode

REACH = 1.3 * STRIDE
"""Cells whose centre lies this near the plate's middle, in x and in y, answer for it."""
NARROWEST_PX = 7.0
"""A plate that is narrower in the input is neither taught nor counted as a false find."""
WING_WIDTH, WING_CURVE = 0.5, 0.1
BOX_WEIGHT, CORNER_WEIGHT = 1.0, 2.0


@dataclass(frozen=True)
class Truth:
    """One picture's plates: `quads` (n, 4, 2) input pixels, `exact` (n,) whether they are more than boxes."""

    quads: Tensor
    exact: Tensor


@dataclass(frozen=True)
class Loss:
    """The `total` to descend, and its parts as numbers."""

    total: Tensor
    score: float
    box: float
    corner: float


@dataclass(frozen=True)
class Assignment:
    """Per cell: the row of its plate or -1 (`plate`, (cells,) int64), and whether its score is taught at all."""

    plate: Tensor
    taught: Tensor


def assign(quads: Tensor, centres: Tensor, size: tuple[int, int]) -> Assignment:
    """Which of the cells (cells, 2) answer for which of the plates (n, 4, 2) in an input (width, height)."""
    nobody = torch.full((len(centres),), -1, dtype=torch.int64)
    if not len(quads):
        return Assignment(nobody, torch.ones(len(centres), dtype=torch.bool))
    middles = quads.mean(dim=1)
    distance = (centres[:, None] - middles).abs().amax(dim=2)
    inside = ((middles > 0) & (middles < torch.tensor(size))).all(dim=1)
    wide = (quads[..., 0].amax(dim=1) - quads[..., 0].amin(dim=1)) >= NARROWEST_PX
    low, high = quads.amin(dim=1) - STRIDE, quads.amax(dim=1) + STRIDE
    around = ((centres[:, None] >= low) & (centres[:, None] <= high)).all(dim=2)
    taught = ~(around & ~(inside & wide)).any(dim=1)
    near = torch.where((inside & wide)[None], distance, torch.full_like(distance, math.inf))
    nearest, plate = near.min(dim=1)
    return Assignment(torch.where(nearest <= REACH, plate, nobody), taught | (nearest <= REACH))


def locator_loss(raw: Tensor, truths: list[Truth], centres: Tensor) -> Loss:
    """The loss of a batch.

    Args:
        raw: the network's cells (n, 10, h, w).
        truths: of the n pictures.
        centres: (h * w, 2), of cell_centres.
    """
    logits, corners = decode(raw, centres)
    size = (raw.shape[3] * STRIDE, raw.shape[2] * STRIDE)
    assigned = [assign(truth.quads, centres, size) for truth in truths]
    answering = torch.stack([one.plate >= 0 for one in assigned])
    taught = torch.stack([one.taught for one in assigned])
    aims = torch.cat([t.quads[a.plate[a.plate >= 0]] for t, a in zip(truths, assigned, strict=True)])
    exact = torch.cat([t.exact[a.plate[a.plate >= 0]] for t, a in zip(truths, assigned, strict=True)])
    answers = corners[answering]
    overlap, generalised = box_overlaps(_boxes(answers), _boxes(aims))
    quality = torch.zeros_like(logits)
    quality[answering] = overlap.detach().clamp(min=0.05)
    count = max(len(aims), 1)
    score = (quality_focal(logits, quality) * taught).sum() / count
    box = (1 - generalised).sum() / count
    corner = (wing(answers, aims) * exact).sum() / max(int(exact.sum()), 1)
    total = score + BOX_WEIGHT * box + CORNER_WEIGHT * corner
    return Loss(total, score.item(), box.item(), corner.item())


def quality_focal(logits: Tensor, quality: Tensor) -> Tensor:
    """|quality - score|^2 times the cross entropy, for each cell."""
    gap = (quality - torch.sigmoid(logits)).abs()
    return gap.square() * functional.binary_cross_entropy_with_logits(logits, quality, reduction="none")


def wing(corners: Tensor, aims: Tensor) -> Tensor:
    """(n,) mean wing loss of corners (n, 4, 2), whose unit is the square root of the plate's box area."""
    boxes = _boxes(aims)
    unit = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).clamp(min=1).sqrt()
    error = (corners - aims).abs() / unit[:, None, None]
    constant = WING_WIDTH - WING_WIDTH * math.log(1 + WING_WIDTH / WING_CURVE)
    curved = WING_WIDTH * torch.log(1 + error / WING_CURVE)
    return torch.where(error < WING_WIDTH, curved, error - constant).mean(dim=(1, 2))


def box_overlaps(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU (n,) of boxes (n, 4) and (n, 4), row by row."""
    shared = _area(torch.cat([torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])], dim=1))
    hull = _area(torch.cat([torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:])], dim=1))
    union = (_area(a) + _area(b) - shared).clamp(min=1e-6)
    overlap = shared / union
    return overlap, overlap - (hull - union) / hull.clamp(min=1e-6)


def _area(boxes: Tensor) -> Tensor:
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp(min=0)
    return sides[:, 0] * sides[:, 1]


def _boxes(quads: Tensor) -> Tensor:
    return torch.cat([quads.amin(dim=1), quads.amax(dim=1)], dim=1)
