"""plates_ro: dusk and night photos from a dashcam, with boxes around the plates."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from traffic.training.plate_locator.photos import cut, labelled_photos
from traffic.training.plate_locator.samples import PlateView

FOLDER = "plates_ro"
LICENCE = "MIT"


def dashcam_photos(data: Path, split: Literal["train", "valid"]) -> list[PlateView]:
    """The photos of one split, with all their plates."""
    return labelled_photos(data / FOLDER / "boxes.csv", data / FOLDER / "images", split)


def around_a_plate(
    photo: PlateView, random: np.random.Generator, plates_across: tuple[float, float] = (2.0, 9.0)
) -> PlateView:
    """A cut of a photo such as a vehicle's box would make: so many plates wide, one plate somewhere inside."""
    plate = photo.quads[random.integers(len(photo.quads))]
    centre, plate_width = plate.mean(axis=0), float(np.ptp(plate[:, 0]))
    width = plate_width * float(np.exp(random.uniform(*np.log(plates_across))))
    height = width * float(random.uniform(0.6, 1.2))
    left = centre[0] - width * random.uniform(0.2, 0.8)
    top = centre[1] - height * random.uniform(0.3, 0.9)
    return cut(photo, np.array([left, top, left + width, top + height], np.float32))
