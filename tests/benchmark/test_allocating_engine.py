"""Each inference in memory of its own, and the same answers; the engine is one of NumPy here."""

import numpy as np
import pytest

from traffic.benchmark.allocating_engine import AllocatingEngine


class Sums:
    """The sum of each picture, kept in memory of one batch that must be new for every inference."""

    batch = 2

    def __init__(self):
        self._memory = None
        self.allocated = 0
        self.is_open = False

    def allocate(self):
        self._memory, self.allocated = np.zeros(self.batch, np.float32), self.allocated + 1

    def infer(self, images):
        memory, self._memory = self._memory, None
        memory[: len(images)] = images.sum(axis=(1, 2, 3))
        return memory[: len(images)].copy()

    def __enter__(self):
        self.is_open = True
        return self

    def __exit__(self, *error):
        self.is_open = False


@pytest.mark.parametrize(("count", "allocated"), [(0, 1), (1, 1), (2, 1), (5, 3)])
def test_every_inference_has_memory_of_its_own(count, allocated):
    images = np.random.default_rng(1).integers(0, 256, (count, 4, 6, 3), dtype=np.uint8)
    sums = Sums()
    with AllocatingEngine(sums) as engine:
        assert sums.is_open
        assert engine.infer(images).tolist() == images.sum(axis=(1, 2, 3)).tolist()
    assert sums.allocated == allocated
    assert not sums.is_open
