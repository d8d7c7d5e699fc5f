"""SimOTA: which cells of the grid answer for which true box.

Ge et al., arXiv:2107.08430, section "SimOTA"; the number of cells of a box follows Ge et al., "OTA", arXiv:2103.14259.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from traffic.training.detector.network import STRIDES

CENTRE_RADIUS = 1.5
"""In cells: how far from a box's centre its cells may lie."""
MOST_CELLS = 10
IOU_WEIGHT = 3.0
OUTSIDE_COST = 1e5


@dataclass(frozen=True)
class Cells:
    """The grid of an input size: `corners` (a, 2) in cells, `strides` (a, 1), `centres` (a, 2) in pixels."""

    corners: Tensor
    strides: Tensor

    @property
    def centres(self) -> Tensor:
        """(a, 2) pixels."""
        return (self.corners + 0.5) * self.strides


@dataclass(frozen=True)
class Assignment:
    """The k cells that answer for a box: `cells` (k,), `boxes` (k,) the true box of each, `iou` (k,)."""

    cells: Tensor
    boxes: Tensor
    iou: Tensor


def cells_of(size: tuple[int, int]) -> Cells:
    """The grid of an input (width, height), in the order of the network's rows."""
    width, height = size
    corners, strides = [], []
    for stride in STRIDES:
        rows, columns = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        corners.append(torch.stack([columns, rows], dim=-1).reshape(-1, 2))
        strides.append(torch.full((rows.numel(), 1), stride))
    return Cells(torch.cat(corners).float(), torch.cat(strides).float())


def decode_boxes(rows: Tensor, cells: Cells) -> Tensor:
    """Boxes (..., a, 4) xyxy in pixels from network rows (..., a, 4 or more)."""
    centres = (rows[..., :2] + cells.corners) * cells.strides
    halves = rows[..., 2:4].clamp(max=8).exp() * cells.strides / 2
    return torch.cat([centres - halves, centres + halves], dim=-1)


def assign(rows: Tensor, truth: Tensor, allowed: Tensor, cells: Cells) -> Assignment:
    """Choose the cells of one picture.

    Args:
        rows: (a, 5 + c) network rows with logits.
        truth: (g, 4) xyxy pixels.
        allowed: (g, c) bool, the classes that each box may have; its cheapest one counts.
        cells: the picture's grid.
    """
    inside, central = _inside(truth, cells.centres), _central(truth, cells)
    candidates = (inside | central).any(dim=0).nonzero()[:, 0]
    iou = pairwise_iou(truth, decode_boxes(rows, cells)[candidates])
    cost = _class_cost(rows[candidates], allowed) - IOU_WEIGHT * torch.log(iou + 1e-8)
    cost = cost + OUTSIDE_COST * ~(inside & central)[:, candidates]
    chosen = _cheapest(cost, iou)
    columns = chosen.any(dim=0).nonzero()[:, 0]
    boxes = chosen[:, columns].int().argmax(dim=0)
    return Assignment(candidates[columns], boxes, iou[boxes, columns])


def pairwise_iou(left: Tensor, right: Tensor) -> Tensor:
    """(n, 4) and (m, 4) xyxy to (n, m)."""
    return paired_iou(left[:, None], right[None])


def paired_iou(left: Tensor, right: Tensor) -> Tensor:
    """(..., 4) and (..., 4) xyxy to (...)."""
    top_left = torch.maximum(left[..., :2], right[..., :2])
    bottom_right = torch.minimum(left[..., 2:], right[..., 2:])
    shared = (bottom_right - top_left).clamp(min=0).prod(dim=-1)
    areas = (left[..., 2:] - left[..., :2]).prod(dim=-1) + (right[..., 2:] - right[..., :2]).prod(dim=-1)
    return shared / (areas - shared + 1e-9)


def _inside(truth: Tensor, centres: Tensor) -> Tensor:
    after = (centres[None] > truth[:, None, :2]).all(dim=-1)
    before = (centres[None] < truth[:, None, 2:]).all(dim=-1)
    return after & before


def _central(truth: Tensor, cells: Cells) -> Tensor:
    middles = (truth[:, :2] + truth[:, 2:]) / 2
    return ((cells.centres[None] - middles[:, None]).abs() < CENTRE_RADIUS * cells.strides[None]).all(dim=-1)


def _class_cost(rows: Tensor, allowed: Tensor) -> Tensor:
    score = (rows[:, 5:].sigmoid() * rows[:, 4:5].sigmoid()).sqrt().clamp(1e-6, 1 - 1e-6)
    none_cost = -torch.log1p(-score)
    each_cost = none_cost.sum(dim=1, keepdim=True) - none_cost - torch.log(score)
    open_cost = each_cost[None].masked_fill(~allowed[:, None], float("inf"))
    cost: Tensor = open_cost.amin(dim=2)
    return cost


def _cheapest(cost: Tensor, iou: Tensor) -> Tensor:
    most = min(MOST_CELLS, cost.shape[1])
    numbers = iou.topk(most, dim=1).values.sum(dim=1).int().clamp(min=1)
    wanted = torch.arange(cost.shape[1])[None] < numbers[:, None]
    chosen = torch.zeros_like(cost, dtype=torch.bool).scatter_(1, cost.argsort(dim=1), wanted)
    owner = functional.one_hot(cost.argmin(dim=0), len(cost)).T.bool()
    return torch.where(chosen.sum(dim=0) > 1, owner, chosen)
