"""How far told probabilities can be believed.

Expected calibration error: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
Binning", AAAI 2015; Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, with 15 bins as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from traffic.settings import Settings

BINS = 15
Share = Annotated[float, Field(ge=0, le=1)]


class ReliabilityBin(Settings):
    """The answers whose probabilities lie in one of the bins."""

    low: Share
    high: Share
    count: Annotated[int, Field(ge=1)]
    probability: Share
    """Told, on average."""
    accuracy: Share
    """Share that is right."""


class Calibration(Settings):
    """Told probabilities beside what came of them."""

    count: Annotated[int, Field(ge=0)]
    expected_error: Share | None
    """Mean distance of probability and accuracy over the bins, weighted by their counts; None of nothing."""
    brier: Share | None
    """Mean square of probability minus outcome."""
    bins: tuple[ReliabilityBin, ...]
    """Those that are not empty, rising."""


def calibration(probabilities: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Calibration:
    """Compare probabilities, 0..1, with outcomes in bins of equal width; a border belongs to the bin below it."""
    told, came = np.array(probabilities, np.float64), np.array(right, np.float64)
    rows = np.clip(np.ceil(told * bins).astype(int) - 1, 0, bins - 1)
    found = tuple(
        ReliabilityBin(
            low=row / bins,
            high=(row + 1) / bins,
            count=int((rows == row).sum()),
            probability=float(told[rows == row].mean()),
            accuracy=float(came[rows == row].mean()),
        )
        for row in np.unique(rows).tolist()
    )
    error = sum(each.count * abs(each.probability - each.accuracy) for each in found)
    return Calibration(
        count=len(told),
        expected_error=error / len(told) if len(told) else None,
        brier=float(np.mean((told - came) ** 2)) if len(told) else None,
        bins=found,
    )
