"""The YOLOX loss, for labels that may leave a vehicle's class open.

Ge et al., arXiv:2107.08430: squared IoU loss times 5, objectness over all cells, classes with the IoU as target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from traffic.training.detector.assignment import Cells, assign, decode_boxes, paired_iou

BOX_WEIGHT = 5.0
OPEN_CLASS_WEIGHT = 0.25
"""How much a class that the label allows, but that was not chosen, is held down."""


@dataclass(frozen=True)
class Truth:
    """One picture's labels: `xyxy` (g, 4) pixels and `allowed` (g, c) bool, all false for a region to ignore."""

    xyxy: Tensor
    allowed: Tensor


@dataclass(frozen=True)
class Loss:
    """The total to minimise and its parts, each per answering cell."""

    total: Tensor
    box: float
    objectness: float
    classes: float


@dataclass(frozen=True)
class Answers:
    """The k answering cells of a batch: picture and cell of each, its true box, allowed classes and IoU."""

    picture: Tensor
    cell: Tensor
    xyxy: Tensor
    allowed: Tensor
    iou: Tensor


def detection_loss(rows: Tensor, truths: Sequence[Truth], cells: Cells, preference: Tensor) -> Loss:
    """The loss of a batch.

    Args:
        rows: (n, a, 5 + c) network rows with logits.
        truths: n pictures' labels.
        cells: the batch's grid.
        preference: (c,) logits added where an open class is chosen: negative for classes that are rare on the road.
    """
    with torch.no_grad():
        answers = answers_of(rows, truths, cells)
    count = max(1, len(answers.cell))
    objectness = _objectness_loss(rows[..., 4], truths, cells, answers)
    at_cells = rows[answers.picture, answers.cell]
    boxes = decode_boxes(rows, cells)[answers.picture, answers.cell]
    box = BOX_WEIGHT * (1 - paired_iou(boxes, answers.xyxy).square()).sum()
    even = torch.ones_like(preference)
    classes = class_loss(at_cells[:, 5:], answers.allowed, answers.iou, preference, even)
    total = (box + objectness + classes) / count
    return Loss(total, box.item() / count, objectness.item() / count, classes.item() / count)


def answers_of(rows: Tensor, truths: Sequence[Truth], cells: Cells) -> Answers:
    """Which cells answer for the vehicles of a batch; arguments as for detection_loss."""
    pictures = enumerate(zip(rows, truths, strict=True))
    parts = [_answers_in(index, picture, truth, cells) for index, (picture, truth) in pictures]
    return Answers(
        torch.cat([part.picture for part in parts]),
        torch.cat([part.cell for part in parts]),
        torch.cat([part.xyxy for part in parts]),
        torch.cat([part.allowed for part in parts]),
        torch.cat([part.iou for part in parts]),
    )


def _answers_in(index: int, rows: Tensor, truth: Truth, cells: Cells) -> Answers:
    vehicles = truth.allowed.any(dim=1)
    xyxy, allowed = truth.xyxy[vehicles], truth.allowed[vehicles]
    if len(xyxy) == 0:
        nothing = torch.zeros(0, dtype=torch.long)
        return Answers(nothing, nothing, xyxy, allowed, torch.zeros(0))
    assigned = assign(rows, xyxy, allowed, cells)
    return Answers(
        torch.full_like(assigned.cells, index),
        assigned.cells,
        xyxy[assigned.boxes],
        allowed[assigned.boxes],
        assigned.iou,
    )


def _objectness_loss(logits: Tensor, truths: Sequence[Truth], cells: Cells, answers: Answers) -> Tensor:
    target, weight = torch.zeros_like(logits), torch.ones_like(logits)
    for picture, truth in enumerate(truths):
        regions = truth.xyxy[~truth.allowed.any(dim=1)]
        after = (cells.centres[None] > regions[:, None, :2]).all(dim=-1)
        before = (cells.centres[None] < regions[:, None, 2:]).all(dim=-1)
        weight[picture, (after & before).any(dim=0)] = 0
    target[answers.picture, answers.cell] = 1
    weight[answers.picture, answers.cell] = 1
    return functional.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum")


def class_loss(logits: Tensor, allowed: Tensor, iou: Tensor, preference: Tensor, weights: Tensor) -> Tensor:
    """The summed loss of k cells' class logits.

    Args:
        logits: (k, c).
        allowed: (k, c) bool, the classes that each cell's label leaves open; the likeliest of them is its class.
        iou: (k,) of the cell's box with the true one: the target of its class.
        preference: (c,) as for detection_loss.
        weights: (c,) what a cell of each class weighs.
    """
    preferred = (logits.detach() + preference).masked_fill(~allowed, float("-inf"))
    chosen = preferred.argmax(dim=1)
    one_hot = functional.one_hot(chosen, logits.shape[1])
    weight = torch.where(allowed & ~one_hot.bool(), OPEN_CLASS_WEIGHT, 1.0) * weights[chosen][:, None]
    return functional.binary_cross_entropy_with_logits(logits, one_hot * iou[:, None], weight, reduction="sum")
