"""What the class towers see of labelled vehicles: kept once, it trains them at a hundredth of the network's cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from traffic.errors import ModelError
from traffic.training.detector.assignment import cells_of
from traffic.training.detector.batches import Batch
from traffic.training.detector.loss import Answers, answers_of
from traffic.training.detector.network import Head, Yolox

AROUND = 2
"""Cells on each side of an answering cell that its class logits depend on: one for each of the tower's two layers."""


@dataclass(frozen=True, eq=False)
class TypeExamples:
    """The k answering cells of one stride.

    Attributes:
        seen: (k, channels, 5, 5) float16, the head's stem around each cell, 0 outside the picture.
        inside: (k, 1, 3, 3) float16, 1 where the inner nine cells lie in the picture, else 0.
        allowed: (k, c) bool, the classes that the label leaves open.
        iou: (k,) of the cell's box with the true one.
    """

    seen: Tensor
    inside: Tensor
    allowed: Tensor
    iou: Tensor

    def __len__(self) -> int:
        return len(self.iou)


def collect_examples(network: Yolox, batches: Iterable[Batch]) -> list[TypeExamples]:
    """The answering cells of every stride, finest first, of all the pictures.

    Args:
        network: fused; says which cells answer.
        batches: labelled pictures.
    """
    network.train()  # nothing normalises in a fused network, but its activations are compiled only here
    parts = [_examples_in(network, batch) for batch in batches]
    return [_joined([part[level] for part in parts]) for level in range(len(network.heads))]


def class_logits(head: Head, seen: Tensor, inside: Tensor) -> Tensor:
    """(k, c) what the head says of the middle cells of (k, channels, 5, 5) patches; see TypeExamples.

    Raises:
        ModelError: the head's class tower has not two layers.
    """
    if len(head.class_tower) != AROUND:
        raise ModelError(f"expected a class tower of {AROUND} layers, got {len(head.class_tower)}")
    inner = head.class_tower[0](seen)[:, :, 1:-1, 1:-1] * inside
    middle = head.class_tower[1](inner)[:, :, 1:2, 1:2]
    logits: Tensor = head.classes(middle).flatten(1)
    return logits


def _examples_in(network: Yolox, batch: Batch) -> list[TypeExamples]:
    with torch.no_grad():
        stems = network.stems(batch.images)
        answers = answers_of(network.rows(stems), batch.truths, cells_of(batch.size))
        examples, first = [], 0
        for stem in stems:
            last = first + stem.shape[2] * stem.shape[3]
            examples.append(_level(stem, answers, (answers.cell >= first) & (answers.cell < last), first))
            first = last
        return examples


def _level(stem: Tensor, answers: Answers, chosen: Tensor, first: int) -> TypeExamples:
    picture, cell = answers.picture[chosen], answers.cell[chosen] - first
    row, column = cell // stem.shape[3], cell % stem.shape[3]
    wide = functional.pad(stem, (AROUND,) * 4)
    there = functional.pad(torch.ones(stem.shape[2:]), (1,) * 4)
    rows, columns = _around(row, 2 * AROUND + 1), _around(column, 2 * AROUND + 1)
    seen = wide[picture[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    inside = there[_around(row, 3)[:, :, None], _around(column, 3)[:, None, :]][:, None]
    return TypeExamples(seen.half(), inside.half(), answers.allowed[chosen], answers.iou[chosen])


def _around(place: Tensor, length: int) -> Tensor:
    return place[:, None] + torch.arange(length)


def _joined(parts: Sequence[TypeExamples]) -> TypeExamples:
    return TypeExamples(
        torch.cat([part.seen for part in parts]),
        torch.cat([part.inside for part in parts]),
        torch.cat([part.allowed for part in parts]),
        torch.cat([part.iou for part in parts]),
    )
