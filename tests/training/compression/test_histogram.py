import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from traffic.training.compression.histogram import (  # noqa: E402
    BINS,
    LEVELS,
    Histogram,
    divergence,
    entropy_range,
    percentile_range,
)


def counted(*batches: torch.Tensor) -> Histogram:
    histogram = Histogram()
    for batch in batches:
        histogram.add(batch)
    return histogram


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=30), min_size=1, max_size=5))
def test_every_value_is_counted_whatever_comes_later(batches: list[list[float]]) -> None:
    histogram = counted(*(torch.tensor(batch) for batch in batches))
    values = [abs(value) for batch in batches for value in batch]
    assert histogram.counts.sum() == len(values)
    assert histogram.largest == pytest.approx(max(values))
    assert histogram.largest <= histogram.span * (1 + 1e-6) or max(values) == 0


def test_the_span_doubles_and_keeps_what_was_counted_in_its_place() -> None:
    histogram = counted(torch.tensor([0.1, 0.5, 1.0]), torch.tensor([3.9]))
    assert histogram.span == 4.0
    edges = np.flatnonzero(histogram.counts) * histogram.span / BINS
    assert edges == pytest.approx([0.1, 0.5, 1.0, 3.9], abs=2 * 4 / BINS)


@pytest.mark.parametrize(("percentile", "expected"), [(50, 0.5), (90, 0.9), (99, 0.99), (100, 1.0)])
def test_a_percentile_of_even_values_is_that_share_of_the_largest(percentile: float, expected: float) -> None:
    values = torch.linspace(0, 1, 20001)
    assert percentile_range(counted(values), percentile) == pytest.approx(expected, abs=2 / BINS)


def test_one_outlier_in_a_million_does_not_decide_the_range() -> None:
    values = torch.randn(1_000_000, generator=torch.Generator().manual_seed(0)) / 4
    histogram = counted(values, torch.tensor([30.0]))
    assert percentile_range(histogram, 99.99) < 1.1
    assert entropy_range(histogram) < 5
    assert percentile_range(histogram, 100) == 30


def test_nothing_but_zeros_has_a_range_of_zero() -> None:
    histogram = counted(torch.zeros(8))
    assert entropy_range(histogram) == 0
    assert percentile_range(histogram, 99.9) == 0


def plain_divergence(counts: list[float], bins: int) -> float:
    """Step by step, as the talk tells it."""
    clipped = counts[:bins]
    clipped[-1] += sum(counts[bins:])
    coarse = [0.0] * bins
    for level in range(LEVELS):
        members = range(level * bins // LEVELS, (level + 1) * bins // LEVELS)
        filled = [place for place in members if counts[place] > 0]
        for place in filled:
            coarse[place] = sum(counts[m] for m in members) / len(filled)
    coarse = [1e-4 if q == 0 and p > 0 else q for p, q in zip(clipped, coarse, strict=True)]
    p, q = np.array(clipped) / sum(clipped), np.array(coarse) / sum(coarse)
    return float(sum(a * np.log(a / b) for a, b in zip(p, q, strict=True) if a > 0))


@pytest.mark.parametrize("bins", [128, 200, 1000, 2047, 2048])
def test_the_divergence_is_that_of_its_definition(bins: int) -> None:
    counts = np.random.default_rng(bins).poisson(3 * np.exp(-np.arange(BINS) / 400)).astype(np.float64)
    counts[bins - 1] += 1
    assert divergence(counts, bins) == pytest.approx(plain_divergence(counts.tolist(), bins), abs=1e-9)


def test_the_entropy_range_has_the_least_divergence_of_all() -> None:
    torch.manual_seed(0)
    histogram = counted(torch.randn(20000).pow(3))
    chosen = entropy_range(histogram)
    counts = histogram.counts.copy()
    counts[0] = counts[1]
    bins = round(chosen / histogram.span * BINS)
    others = [plain_divergence(counts.tolist(), other) for other in range(LEVELS, BINS, 97)]
    assert plain_divergence(counts.tolist(), bins) <= 1.02 * min(others)
    assert chosen < histogram.largest
