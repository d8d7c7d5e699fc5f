"""The loss of both heads, each over the samples whose label it knows."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional


def masked_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Mean cross entropy of (n, k) logits over the labels (n,) that are not -1; 0 where none is known."""
    known = labels >= 0
    total = functional.cross_entropy(logits, labels, ignore_index=-1, reduction="sum", label_smoothing=smoothing)
    return total / known.sum().clamp(min=1)
