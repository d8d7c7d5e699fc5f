"""Plates as often as they come on a Russian road with guests from abroad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import LATIN, RUSSIAN, STROKE_FACES, Face
from traffic.simulation.plate_drawing.mixture import jittered
from traffic.simulation.plate_drawing.neighbours import (
    BELARUSIAN_LETTERS,
    KAZAKH_LETTERS,
    belarusian_plate,
    belarusian_square_plate,
    kazakh_old_plate,
    kazakh_plate,
    kazakh_square_plate,
)
from traffic.simulation.plate_drawing.plate import Plate
from traffic.simulation.plate_drawing.russia import (
    LETTERS,
    ambassador_plate,
    diplomatic_plate,
    fill_pattern,
    leaving_plate,
    military_plate,
    motorcycle_plate,
    police_motorcycle_plate,
    police_plate,
    police_trailer_plate,
    private_plate,
    square_plate,
    taxi_plate,
    trailer_plate,
    transit_plate,
)
from traffic.simulation.plate_drawing.surface import weathered
from traffic.simulation.plate_drawing.western import american_plate, brazilian_plate, european_plate

COUNTRY_SHARES = (("ru", 0.60), ("kz", 0.08), ("by", 0.08), ("eu", 0.12), ("us", 0.04), ("br", 0.08))
PIXELS_PER_MM = 1.0
_USUAL = (*range(1, 100), 102, 113, 116, 121, 123, 124, 125, 126, 134, 136, 138, 142, 147)
_MOSCOW_AND_SO_ON = (150, 152, 154, 159, 161, 163, 164, 173, 174, 177, 178, 186, 190, 193, 196, 197, 199, 198)
_REGIONS = tuple(f"{code:02d}" for code in _USUAL)
_BIG_REGIONS = tuple(str(code) for code in (*_MOSCOW_AND_SO_ON, 750, 777, 790, 797, 799))

Layout = Callable[[str], Plate]
Maker = Callable[[np.random.Generator], Plate]


@dataclass(frozen=True, slots=True)
class RoadPlate:
    """A plate with what the road did to it.

    Attributes:
        plate: what is drawn.
        picture: (h, w, 3) BGR, PIXELS_PER_MM; worn and dirty.
    """

    plate: Plate
    picture: UInt8Array

    @property
    def size_m(self) -> tuple[float, float]:
        """Width and height, metres."""
        return self.plate.width / 1000, self.plate.height / 1000


_RUSSIAN: tuple[tuple[str, Layout, float], ...] = (
    ("L###LL", private_plate, 0.780),
    ("L###LL", square_plate, 0.050),
    ("LL###", taxi_plate, 0.040),
    ("LL####", trailer_plate, 0.040),
    ("####LL", motorcycle_plate, 0.020),
    ("####LL", military_plate, 0.015),
    ("###CD#", ambassador_plate, 0.002),
    ("###D###", diplomatic_plate, 0.004),
    ("###T###", diplomatic_plate, 0.004),
    ("LL###L", transit_plate, 0.010),
    ("TLL###", leaving_plate, 0.005),
    ("L####", police_plate, 0.020),
    ("###L", police_trailer_plate, 0.003),
    ("####L", police_motorcycle_plate, 0.007),
)
_KAZAKH: tuple[tuple[str, Layout, float], ...] = (
    ("###LLL", kazakh_plate, 0.64),
    ("###LL", kazakh_plate, 0.16),
    ("###LLL", kazakh_square_plate, 0.10),
    ("L###LLL", kazakh_old_plate, 0.10),
)
_BELARUSIAN: tuple[tuple[str, Layout, float], ...] = (
    ("####LL", belarusian_plate, 0.80),
    ("LL####", belarusian_plate, 0.08),
    ("####LL", belarusian_square_plate, 0.12),
)


def road_plate(rng: np.random.Generator) -> RoadPlate:
    """A plate of some country and kind, stamped by some workshop, with its share of dirt."""
    names = [name for name, _ in COUNTRY_SHARES]
    country = str(rng.choice(names, p=[share for _, share in COUNTRY_SHARES]))
    plate = jittered(_MAKERS[country](rng), rng)
    stroke = rng.uniform(0.105, 0.14) * max(max(row.digit_height, row.letter_height) for row in plate.rows)
    drawn = draw_plate(plate, _face(country, rng), stroke_mm=stroke, pixels_per_mm=PIXELS_PER_MM)
    return RoadPlate(plate, weathered(drawn.picture, rng))


def region_code(rng: np.random.Generator) -> str:
    """The code of a Russian region, those of the populous ones more often."""
    return str(rng.choice(_BIG_REGIONS if rng.random() < 0.4 else _REGIONS))


def _russian(rng: np.random.Generator) -> Plate:
    pattern, layout = _chosen(_RUSSIAN, rng)
    return layout(fill_pattern(pattern, LETTERS, rng) + region_code(rng))


def _kazakh(rng: np.random.Generator) -> Plate:
    pattern, layout = _chosen(_KAZAKH, rng)
    region = "" if layout is kazakh_old_plate else f"{rng.integers(1, 21):02d}"
    return layout(fill_pattern(pattern, KAZAKH_LETTERS, rng) + region)


def _belarusian(rng: np.random.Generator) -> Plate:
    pattern, layout = _chosen(_BELARUSIAN, rng)
    return layout(fill_pattern(pattern, BELARUSIAN_LETTERS, rng) + str(rng.integers(1, 8)))


_MAKERS: dict[str, Maker] = {
    "ru": _russian,
    "kz": _kazakh,
    "by": _belarusian,
    "eu": european_plate,
    "us": american_plate,
    "br": brazilian_plate,
}


def _chosen(kinds: tuple[tuple[str, Layout, float], ...], rng: np.random.Generator) -> tuple[str, Layout]:
    shares = np.array([share for _, _, share in kinds])
    pattern, layout, _ = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    return pattern, layout


def _face(country: str, rng: np.random.Generator) -> Face:
    if country == "ru":
        return RUSSIAN
    if country in ("kz", "by") and rng.random() < 0.75:
        return LATIN
    return STROKE_FACES[int(rng.integers(len(STROKE_FACES)))]
