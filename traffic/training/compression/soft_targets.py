"""What a teacher saw in every cell of the grid, as a loss: nothing of its inside is needed, only its answer.

The class and box parts weigh as much as the teacher is sure that something is there: Mehta and Ozturk, "Object
detection at 200 Frames Per Second", arXiv:1805.06361; soft targets after Hinton et al., arXiv:1503.02531.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from traffic.training.compression.fine_tune import LossOf
from traffic.training.detector.assignment import Cells, cells_of, decode_boxes, paired_iou
from traffic.training.detector.batches import Batch
from traffic.training.detector.loss import BOX_WEIGHT, Loss
from traffic.training.detector.network import Yolox


@dataclass(frozen=True)
class SoftTargets:
    """A teacher's answer to n pictures on the student's grid of a cells.

    Attributes:
        objectness: (n, a) probabilities.
        classes: (n, a, c) probabilities, or None where the teacher does not know all of the student's classes.
        xyxy: (n, a, 4) pixels.
    """

    objectness: Tensor
    classes: Tensor | None
    xyxy: Tensor


def soft_targets(rows: Tensor, cells: Cells) -> SoftTargets:
    """The targets in rows (n, a, 5 + c) whose objectness and classes are probabilities, as a shipped model gives."""
    return SoftTargets(rows[..., 4], rows[..., 5:], decode_boxes(rows, cells))


def distillation_loss(rows: Tensor, targets: SoftTargets, cells: Cells) -> Loss:
    """How far the student is from its teacher, per vehicle cell of the teacher.

    Args:
        rows: (n, a, 5 + c) the student's, with logits.
        targets: the teacher's.
        cells: the grid of both.
    """
    sure = targets.objectness
    count = sure.sum().clamp(min=1.0)
    objectness = _excess(rows[..., 4], sure).sum()
    overlap = paired_iou(decode_boxes(rows, cells), targets.xyxy)
    box = BOX_WEIGHT * (sure * (1 - overlap.square())).sum()
    classes = rows.new_zeros(())
    if targets.classes is not None:
        classes = (sure[..., None] * _excess(rows[..., 5:], targets.classes)).sum()
    total = (objectness + box + classes) / count
    return Loss(total, (box / count).item(), (objectness / count).item(), (classes / count).item())


def _excess(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy beyond that of the target itself: 0 where both agree."""
    own = functional.binary_cross_entropy(target, target, reduction="none")
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="none") - own


def added(first: Loss, second: Loss, weight: float) -> Loss:
    """The first loss and so many times the second."""
    return Loss(
        first.total + weight * second.total,
        first.box + weight * second.box,
        first.objectness + weight * second.objectness,
        first.classes + weight * second.classes,
    )


def likeness(teacher: nn.Module) -> LossOf:
    """The loss of not answering as the float network did from which a student was made; labels play no part."""

    def loss(network: Yolox, batch: Batch) -> Loss:
        cells = cells_of(batch.size)
        with torch.no_grad():
            rows = teacher(batch.images)
        targets = soft_targets(torch.cat([rows[..., :4], rows[..., 4:].sigmoid()], dim=-1), cells)
        return distillation_loss(network(batch.images), targets, cells)

    return loss
