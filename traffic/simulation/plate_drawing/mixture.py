"""Plates of all countries in the shares that a reader is trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from traffic.simulation.plate_drawing.drawing import DrawnPlate, draw_plate
from traffic.simulation.plate_drawing.europe import TWIN_SIGNS
from traffic.simulation.plate_drawing.faces import EUROPEAN_FACES, LATIN, RUSSIAN, STROKE_FACES, TWIN_STYLES, Face
from traffic.simulation.plate_drawing.neighbours import neighbour_plate
from traffic.simulation.plate_drawing.plate import Plate, Row
from traffic.simulation.plate_drawing.russia import russian_plate
from traffic.simulation.plate_drawing.western import american_plate, brazilian_plate, european_plate

COUNTRIES = ("ru", "kz", "by", "eu", "us", "br")
_PIXELS_PER_MM = 0.5
_TWINS = 0.6
"""Share of the plates of countries that write O as 0 which a stroke face writes so."""


@dataclass(frozen=True, slots=True)
class Family:
    """Plates of one kind: their share, their maker, and how often a face of another land writes them."""

    share: float
    make: Callable[[np.random.Generator], Plate]
    face: Face | None
    foreign_faces: float


FAMILIES = (
    Family(0.41, russian_plate, RUSSIAN, 0.08),
    Family(0.05, neighbour_plate, LATIN, 0.25),
    Family(0.41, european_plate, None, 1.0),
    Family(0.03, american_plate, None, 1.0),
    Family(0.10, brazilian_plate, None, 1.0),
)


def any_plate(faces: Sequence[Face], rng: np.random.Generator) -> tuple[Plate, DrawnPlate]:
    """A clean plate of some country.

    Args:
        faces: beside the stroke faces, for the countries whose typefaces differ.
        rng: decides everything.
    """
    family = FAMILIES[int(rng.choice(len(FAMILIES), p=[family.share for family in FAMILIES]))]
    plate = jittered(family.make(rng), rng)
    face = face_of(plate, family, faces, rng)
    stroke = rng.uniform(0.08, 0.16) * max(max(row.digit_height, row.letter_height) for row in plate.rows)
    return plate, draw_plate(plate, face, stroke_mm=stroke, pixels_per_mm=_PIXELS_PER_MM)


def face_of(plate: Plate, family: Family, faces: Sequence[Face], rng: np.random.Generator) -> Face:
    """A face for a plate of a family; where O is written as 0, one that does so more often than not."""
    if plate.sign in TWIN_SIGNS and rng.random() < _TWINS:
        return TWIN_STYLES[int(rng.integers(len(TWIN_STYLES)))]
    if family.face is None or rng.random() < family.foreign_faces:
        return _some_face(faces, rng)
    return family.face


def jittered(plate: Plate, rng: np.random.Generator) -> Plate:
    """The same plate as another workshop stamps it: everything is a few millimetres elsewhere."""
    ground = np.clip(np.array(plate.ground) + rng.normal(0, 8, 3), 0, 255).astype(int)
    return replace(
        plate,
        rows=tuple(_jittered_row(row, rng) for row in plate.rows),
        ground=(int(ground[0]), int(ground[1]), int(ground[2])),
        border=plate.border * rng.uniform(0.6, 1.4),
    )


def _jittered_row(row: Row, rng: np.random.Generator) -> Row:
    shift = rng.normal(0, 2.0, 3)
    return replace(
        row,
        left=row.left + shift[0],
        right=row.right + shift[1],
        bottom=row.bottom + shift[2],
        squeeze=row.squeeze * rng.uniform(0.9, 1.12),
    )


def _some_face(faces: Sequence[Face], rng: np.random.Generator) -> Face:
    if not faces or rng.random() < 0.5:
        strokes = EUROPEAN_FACES if rng.random() < 0.5 else STROKE_FACES
        return strokes[int(rng.integers(len(strokes)))]
    return faces[int(rng.integers(len(faces)))]
