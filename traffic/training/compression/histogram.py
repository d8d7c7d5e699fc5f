"""The range that INT8 should cover, from a histogram of absolute values: by entropy or by percentile.

Entropy: Migacz, "8-bit Inference with TensorRT", GTC 2017: the range whose 128 levels lose the least information, as
the Kullback-Leibler divergence of the clipped distribution from its quantised self.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import entropy
from torch import Tensor

from traffic.datatypes import Float64Array

BINS = 2048
LEVELS = 128
STRIDE = 8
"""Bins between two ranges that are tried."""
NEXT_TO_NOTHING = 1e-4
"""A count where the quantised distribution has none and the clipped one has what was beyond: no infinite loss."""


class Histogram:
    """Counts of absolute values in BINS equal bins from 0; the span doubles, and bins merge, as larger values come."""

    def __init__(self) -> None:
        self.counts: Float64Array = np.zeros(BINS)
        self.span = 0.0
        self.largest = 0.0

    def add(self, values: Tensor) -> None:
        """Count all of a tensor's values."""
        magnitudes = values.detach().abs()
        self.largest = max(self.largest, float(magnitudes.max()))
        self._widen(float(magnitudes.max()))
        if self.span > 0:
            self.counts += torch.histc(magnitudes, BINS, 0, self.span).double().numpy()
        else:
            self.counts[0] += magnitudes.numel()

    def edge(self, bins: int) -> float:
        """The upper edge of the first so many bins."""
        return self.span * bins / BINS

    def _widen(self, value: float) -> None:
        if self.span == 0:
            self.span = value
        while value > self.span:
            self.counts = np.concatenate([self.counts.reshape(-1, 2).sum(axis=1), np.zeros(BINS // 2)])
            self.span *= 2


def percentile_range(histogram: Histogram, percentile: float) -> float:
    """The smallest range that holds so many percent of the values, to a bin."""
    shares = np.cumsum(histogram.counts) / max(1.0, histogram.counts.sum())
    bins = int(np.searchsorted(shares, percentile / 100 * (1 - 1e-12))) + 1
    return min(histogram.edge(bins), histogram.largest)


def entropy_range(histogram: Histogram) -> float:
    """The range of the least divergence."""
    counts = histogram.counts.copy()
    counts[0] = counts[1]  # what is exactly 0 costs nothing in any range, and would drown the rest
    last = int(np.flatnonzero(counts)[-1]) + 1 if counts.any() else BINS
    candidates = range(LEVELS, max(LEVELS, last) + STRIDE, STRIDE)
    best = min(candidates, key=lambda bins: (divergence(counts, bins), -bins))
    return min(histogram.edge(best), histogram.largest)


def divergence(counts: Float64Array, bins: int) -> float:
    """How far the distribution clipped to its first `bins` bins lies from the same in LEVELS levels, in nats."""
    kept = counts[:bins]
    clipped = kept.copy()
    clipped[-1] += counts[bins:].sum()
    starts = np.arange(LEVELS) * bins // LEVELS
    widths = np.diff(np.append(starts, bins))
    filled = np.add.reduceat((kept > 0).astype(np.float64), starts)
    level_means = np.divide(np.add.reduceat(kept, starts), filled, out=np.zeros(LEVELS), where=filled > 0)
    coarse = np.repeat(level_means, widths) * (kept > 0)
    coarse[(coarse == 0) & (clipped > 0)] = NEXT_TO_NOTHING
    return float(entropy(clipped, coarse))
