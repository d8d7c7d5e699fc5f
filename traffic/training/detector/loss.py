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
class _Answers:
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
        answers = _answers(rows, truths, cells)
    count = max(1, len(answers.cell))
    objectness = _objectness_loss(rows[..., 4], truths, cells, answers)
    at_cells = rows[answers.picture, answers.cell]
    boxes = decode_boxes(rows, cells)[answers.picture, answers.cell]
    box = BOX_WEIGHT * (1 - paired_iou(boxes, answers.xyxy).square()).sum()
    classes = _class_loss(at_cells[:, 5:], answers, preference)
    total = (box + objectness + classes) / count
    return Loss(total, box.item() / count, objectness.item() / count, classes.item() / count)


def _answers(rows: Tensor, truths: Sequence[Truth], cells: Cells) -> _Answers:
    pictures = enumerate(zip(rows, truths, strict=True))
    parts = [_answers_in(index, picture, truth, cells) for index, (picture, truth) in pictures]
    return _Answers(
        torch.cat([part.picture for part in parts]),
        torch.cat([part.cell for part in parts]),
        torch.cat([part.xyxy for part in parts]),
        torch.cat([part.allowed for part in parts]),
        torch.cat([part.iou for part in parts]),
    )


def _answers_in(index: int, rows: Tensor, truth: Truth, cells: Cells) -> _Answers:
    vehicles = truth.allowed.any(dim=1)
    xyxy, allowed = truth.xyxy[vehicles], truth.allowed[vehicles]
    if len(xyxy) == 0:
        nothing = torch.zeros(0, dtype=torch.long)
        return _Answers(nothing, nothing, xyxy, allowed, torch.zeros(0))
    assigned = assign(rows, xyxy, allowed, cells)
    return _Answers(
        torch.full_like(assigned.cells, index),
        assigned.cells,
        xyxy[assigned.boxes],
        allowed[assigned.boxes],
        assigned.iou,
    )


def _objectness_loss(logits: Tensor, truths: Sequence[Truth], cells: Cells, answers: _Answers) -> Tensor:
    target, weight = torch.zeros_like(logits), torch.ones_like(logits)
    for picture, truth in enumerate(truths):
        regions = truth.xyxy[~truth.allowed.any(dim=1)]
        after = (cells.centres[None] > regions[:, None, :2]).all(dim=-1)
        before = (cells.centres[None] < regions[:, None, 2:]).all(dim=-1)
        weight[picture, (after & before).any(dim=0)] = 0
    target[answers.picture, answers.cell] = 1
    weight[answers.picture, answers.cell] = 1
    return functional.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum")


def _class_loss(logits: Tensor, answers: _Answers, preference: Tensor) -> Tensor:
    preferred = (logits.detach() + preference).masked_fill(~answers.allowed, float("-inf"))
    chosen = functional.one_hot(preferred.argmax(dim=1), logits.shape[1])
    weight = torch.where(answers.allowed & ~chosen.bool(), OPEN_CLASS_WEIGHT, 1.0)
    target = chosen * answers.iou[:, None]
    return functional.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum")
