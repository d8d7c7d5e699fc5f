"""What a reader's answers cost."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from traffic.training.plate_reader.network import Answers
from traffic.training.plate_reader.samples import GRID, NOWHERE

SMOOTHING = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pictures (n, 3, h, w) float32 BGR 0..255; symbols and cells (n, slots), countries and signs (n,), as in
    Samples."""

    images: Tensor
    symbols: Tensor
    cells: Tensor
    countries: Tensor
    signs: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """Scalars; the total is weighted."""

    total: Tensor
    symbols: float
    gazes: float
    places: float
    countries: float
    signs: float


def reading_loss(answers: Answers, batch: Batch, attention_weight: float, country_weight: float) -> Loss:
    """Cross-entropy of the symbols, of where each slot looks, of where characters are, of the country and its sign."""
    symbols = functional.cross_entropy(
        answers.symbols.float().flatten(0, 1), batch.symbols.flatten(), label_smoothing=SMOOTHING
    )
    gazes = functional.cross_entropy(answers.gazes.float().flatten(0, 1), batch.cells.flatten())
    countries = functional.cross_entropy(answers.countries.float(), batch.countries)
    signs = _sign_loss(answers.signs, batch.signs)
    places = _place_loss(answers.places, batch.cells)
    total = symbols + attention_weight * (gazes + places) + country_weight * (countries + signs)
    return Loss(total, symbols.item(), gazes.item(), places.item(), countries.item(), signs.item())


def _sign_loss(told: Tensor, signs: Tensor) -> Tensor:
    """Cross-entropy, nothing where no sign is known."""
    known = (signs >= 0).sum().clamp(min=1)
    return functional.cross_entropy(told.float(), signs, reduction="sum") / known


def second_lines(cells: Tensor) -> Tensor:
    """Which characters (n, slots) stand in a second line: from the first one on that is left of the one before it."""
    columns = cells % GRID[0]
    returned = torch.zeros_like(cells, dtype=torch.bool)
    returned[:, 1:] = (columns[:, 1:] < columns[:, :-1]) & (cells[:, 1:] < NOWHERE)
    return returned.cumsum(1) > 0


def _place_loss(places: Tensor, cells: Tensor) -> Tensor:
    """Binary cross-entropy a character, of crops whose characters' cells are known."""
    known = cells[:, 0] >= 0
    places, cells = places[known].float(), cells[known]
    written = (cells < NOWHERE).float()
    there = torch.zeros(len(cells), NOWHERE + 1).scatter(1, cells, 1.0)[:, :NOWHERE]
    found = functional.binary_cross_entropy_with_logits(places[:, 0], there, reduction="sum")
    lines = places[:, 1].gather(1, cells.clamp(max=NOWHERE - 1))
    told = functional.binary_cross_entropy_with_logits(lines, second_lines(cells).float(), written, reduction="sum")
    return (found + told) / written.sum().clamp(min=1)
