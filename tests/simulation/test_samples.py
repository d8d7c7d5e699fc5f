import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.simulation.samples import labelled_sample, training_sample


@pytest.mark.parametrize("seed", [0, 3, 21])
def test_a_sample_is_well_formed(seed: int) -> None:
    sample = labelled_sample(seed)
    height, width, channels = sample.image.shape
    count = len(sample.class_ids)
    assert (channels, sample.image.dtype) == (3, np.uint8)
    assert (sample.xyxy.shape, sample.xyxy.dtype) == ((count, 4), np.float32)
    assert (sample.class_ids.dtype, sample.ignore_xyxy.shape[1]) == (np.int64, 4)
    for boxes in (sample.xyxy, sample.ignore_xyxy):
        assert (boxes[:, :2] < boxes[:, 2:]).all()
        assert (boxes >= 0).all()
        assert (boxes <= [width, height, width, height]).all()


def test_the_same_seed_gives_the_same_sample() -> None:
    first, second = training_sample(21), training_sample(21)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_all_classes_are_met_within_a_few_samples() -> None:
    met = {VEHICLE_CLASSES[class_id] for seed in (20, 22, 45) for class_id in training_sample(seed)[2]}
    assert met == set(VEHICLE_CLASSES)
