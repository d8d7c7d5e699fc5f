from pathlib import Path

import cv2
import numpy as np

from traffic.training.plate_locator.rendered import MINIMUM_SIDE_PX, draw_crops, rendered_crops

SEEDS = range(7)


def test_a_plate_is_brighter_than_what_is_around_it_and_lies_in_its_crop():
    contrasts = []
    for crop in (crop for seed in SEEDS for crop in draw_crops(seed)):
        height, width = crop.image.shape[:2]
        assert min(height, width) >= MINIMUM_SIDE_PX
        assert crop.exact.all()
        for quad in crop.quads:
            assert (quad >= 0).all()
            assert (quad <= [width, height]).all()
            contrasts.append(_mean_in(crop.image, quad, 0.85) - _mean_in(crop.image, quad, 1.8))
    assert len(contrasts) >= 4
    assert np.mean(np.array(contrasts) > 5) > 0.7


def _mean_in(image: np.ndarray, quad: np.ndarray, factor: float) -> float:
    mask = np.zeros(image.shape[:2], np.uint8)
    middle = quad.mean(axis=0)
    cv2.fillConvexPoly(mask, (middle + (quad - middle) * factor).round().astype(np.int32), 1)
    if factor > 1:
        cv2.fillConvexPoly(mask, (middle + (quad - middle) * 1.3).round().astype(np.int32), 0)
    return float(image[mask == 1].mean())


def test_the_same_seed_draws_the_same_crops_and_the_cache_keeps_them(tmp_path: Path):
    fresh = [crop for seed in range(2) for crop in draw_crops(seed)]
    rendered_crops(range(2), tmp_path)
    kept = rendered_crops(range(2), tmp_path)
    assert len(fresh) == len(kept) > 0
    for a, b in zip(fresh, kept, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.quads, b.quads)
