"""Real plates as crops to train on: each text as often as any other, each time cut out differently."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.picture_file import read_picture
from traffic.plates.ocr import PLATE_MARGIN, SIZE, SLOTS
from traffic.simulation.plate_drawing.capture import captured
from traffic.simulation.plate_drawing.mixture import COUNTRIES
from traffic.training.plate_reader.photos import with_margin
from traffic.training.plate_reader.pseudo_labels import RealPlate
from traffic.training.plate_reader.samples import NOWHERE, UNKNOWN, Samples, encode_text

_FAULTY = 0.5
"""Share of crops that a worse camera took."""
_LEAST_HEIGHT_PX = 12


def real_samples(data: Path, plates: Sequence[RealPlate], count: int, seed: int) -> Samples:
    """Crops of real plates.

    Args:
        data: the data folder that holds the photographs.
        plates: of pseudo_labels.
        count: crops; every text gets the same share of them.
        seed: of the choice and of the crops.

    Raises:
        ConfigError: no plates, or a photograph is missing.
    """
    texts = sorted({plate.text for plate in plates})
    if not texts:
        raise ConfigError("expected real plates, found none", remedy="run traffic.training.plate_reader.pseudo_labels")
    rng = np.random.default_rng(seed)
    by_text = {text: [plate for plate in plates if plate.text == text] for text in texts}
    chosen = [by_text[texts[i % len(texts)]] for i in range(count)]
    shown = [views[int(rng.integers(len(views)))] for views in chosen]
    symbols = np.stack([encode_text(plate.text) for plate in shown])
    pictures = _crops(data, shown, rng)
    cells = np.where(np.arange(SLOTS) < np.array([[len(plate.text)] for plate in shown]), UNKNOWN, NOWHERE)
    countries = np.array([COUNTRIES.index(plate.country) if plate.country else UNKNOWN for plate in shown])
    return Samples(pictures, symbols, cells, countries, np.full(count, UNKNOWN))


def _crops(data: Path, shown: Sequence[RealPlate], rng: np.random.Generator) -> UInt8Array:
    """(n, h, w, 3), each photograph read but once."""
    pictures: UInt8Array = np.zeros((len(shown), SIZE[1], SIZE[0], 3), np.uint8)
    for image in sorted({plate.image for plate in shown}):
        photo = read_picture(data / image)
        for place, plate in enumerate(shown):
            if plate.image == image:
                pictures[place] = _crop(photo, plate, rng)
    return pictures


def _crop(photo: UInt8Array, plate: RealPlate, rng: np.random.Generator) -> UInt8Array:
    xyxy = np.array([plate.x1, plate.y1, plate.x2, plate.y2], np.float32)
    cut = with_margin(photo, _jittered(xyxy, rng), 0.0)
    if rng.random() < _FAULTY:
        cut = captured(_smaller(cut, rng), rng)
    return np.asarray(cv2.resize(cut, SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)


def _jittered(xyxy: Float32Array, rng: np.random.Generator) -> Float32Array:
    """The box as a locator would cut it, from tightly to widely."""
    sides = np.tile(xyxy[2:] - xyxy[:2], 2)
    margin = rng.uniform(0.0, 2 * PLATE_MARGIN) * np.array([-1, -1, 1, 1])
    return np.asarray(xyxy + sides * (margin + rng.normal(0, 0.012, 4)), np.float32)


def _smaller(cut: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """As from farther away; what is small already stays."""
    least = min(1.0, _LEAST_HEIGHT_PX / cut.shape[0])
    scale = rng.uniform(max(least, 0.4), 1.0)
    size = (max(round(cut.shape[1] * scale), 1), max(round(cut.shape[0] * scale), 1))
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
