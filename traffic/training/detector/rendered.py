"""Drawn frames as training pictures: the only ones whose labels tell vans from cars."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import VEHICLE_CLASSES, UInt8Array
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.simulation.samples import labelled_sample


def rendered_images(seeds: Sequence[int], cache: Path) -> list[LabelledImage]:
    """One frame a seed, drawn once and kept in `cache`; vehicles that are mostly hidden are regions to ignore."""
    cache.mkdir(parents=True, exist_ok=True)
    return [_cached(seed, cache / f"rendered_{seed:06d}.npz") for seed in seeds]


def draw(seed: int) -> LabelledImage:
    """The frame of one seed."""
    sample = labelled_sample(seed)
    allowed = class_mask(
        [[VEHICLE_CLASSES[class_id]] for class_id in sample.class_ids] + [()] * len(sample.ignore_xyxy)
    )
    return LabelledImage(f"rendered/{seed}", sample.image, np.concatenate([sample.xyxy, sample.ignore_xyxy]), allowed)


def _cached(seed: int, path: Path) -> LabelledImage:
    if not path.exists():
        picture = draw(seed)
        _, encoded = cv2.imencode(".png", picture.image)
        np.savez(path, image=encoded, xyxy=picture.xyxy, allowed=picture.allowed)
    with np.load(path) as stored:
        image: UInt8Array = np.asarray(cv2.imdecode(stored["image"], cv2.IMREAD_COLOR), np.uint8)
        return LabelledImage(f"rendered/{seed}", image, stored["xyxy"], stored["allowed"])
