"""What a reader's answers cost."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from traffic.training.plate_reader.network import Answers

SMOOTHING = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pictures (n, 3, h, w) float32 BGR 0..255; symbols and cells (n, slots), countries (n,), as in Samples."""

    images: Tensor
    symbols: Tensor
    cells: Tensor
    countries: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """Scalars; the total is weighted."""

    total: Tensor
    symbols: float
    gazes: float
    countries: float


def reading_loss(answers: Answers, batch: Batch, attention_weight: float, country_weight: float) -> Loss:
    """Cross-entropy of the symbols, of where each slot looks, and of the country."""
    symbols = functional.cross_entropy(
        answers.symbols.float().flatten(0, 1), batch.symbols.flatten(), label_smoothing=SMOOTHING
    )
    gazes = functional.cross_entropy(answers.gazes.float().flatten(0, 1), batch.cells.flatten())
    countries = functional.cross_entropy(answers.countries.float(), batch.countries)
    total = symbols + attention_weight * gazes + country_weight * countries
    return Loss(total, symbols.item(), gazes.item(), countries.item())
