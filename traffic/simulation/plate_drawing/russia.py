"""Russian plates by GOST R 50577-2018, as far as they are read optically.

Sizes, fields and colours are the standard's; the places of the characters were measured on photographs of plates.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from traffic.simulation.plate_drawing.plate import (
    BLACK,
    BLUE,
    RED,
    WHITE,
    YELLOW,
    Caption,
    Colour,
    Disc,
    Plate,
    Rectangle,
    Row,
)

LETTERS = "ABEKMHOPCTYX"
_LONG = (520.0, 112.0)
_THIRD_DIGITS = ("1", "7", "9", "2", "3", "8")
_THIRD_SHARES = (0.52, 0.28, 0.07, 0.06, 0.04, 0.03)
_SCREW: Colour = (90, 95, 100)


def region_code(rng: np.random.Generator) -> str:
    """Two or three digits; never 00."""
    code = f"{rng.integers(1, 100):02d}"
    return str(rng.choice(_THIRD_DIGITS, p=_THIRD_SHARES)) + code if rng.random() < 0.45 else code


def private_plate(text: str) -> Plate:
    """Type 1: `A123BC77` or `A123BC777`."""
    return _long_plate("1", (text[0], text[1:4], text[4:6]), text[6:], WHITE, BLACK)


def square_plate(text: str) -> Plate:
    """Type 1A, two lines: `A123BC77`."""
    upper = Row((text[0], text[1:4]), 30, 260, 80, digit_height=70)
    return _two_lines("1A", upper, (text[4:6],), text[6:], (290.0, 170.0))


def taxi_plate(text: str) -> Plate:
    """Type 1B, yellow, of taxis and buses: `AB12377`, spread as AB 123."""
    return _long_plate("1B", (text[:2], text[2:5]), text[5:], YELLOW, BLACK)


def trailer_plate(text: str) -> Plate:
    """Type 2: `AB123477`."""
    return _long_plate("2", (text[:2], text[2:6]), text[6:], WHITE, BLACK)


def motorcycle_plate(text: str) -> Plate:
    """Types 3 and 4, two lines, digits first: `1234AB77`."""
    upper = Row((text[:4],), 28, 217, 88)
    return _two_lines("4", upper, (text[4:6],), text[6:], (245.0, 185.0))


def military_plate(text: str) -> Plate:
    """Type 5, white on black: `1234AB77`."""
    return _long_plate("5", (text[:4], text[4:6]), text[6:], BLACK, WHITE, named="")


def ambassador_plate(text: str) -> Plate:
    """Type 9, white on red, of a head of mission: `001CD177`."""
    return _long_plate("9", (text[:3], text[3:5], text[5]), text[6:], RED, WHITE)


def diplomatic_plate(text: str) -> Plate:
    """Type 10, white on red: `004D12377` or `004T12377`."""
    return _long_plate("10", (text[:3], text[3], text[4:7]), text[7:], RED, WHITE)


def transit_plate(text: str) -> Plate:
    """Type 15: `AB123C77`."""
    return _long_plate("15", (text[:2], text[2:5], text[5]), text[6:], WHITE, BLACK)


def leaving_plate(text: str) -> Plate:
    """Type 19, of vehicles that leave the country: `TAB12377`."""
    return _long_plate("19", (text[0], text[1:3], text[3:6]), text[6:], WHITE, BLACK)


def police_plate(text: str) -> Plate:
    """Type 20, white on blue: `A123477`."""
    return _long_plate("20", (text[0], text[1:5]), text[5:], BLUE, WHITE)


def police_trailer_plate(text: str) -> Plate:
    """Type 21, white on blue: `123A77`."""
    return _long_plate("21", (text[:3], text[3]), text[4:], BLUE, WHITE)


def police_motorcycle_plate(text: str) -> Plate:
    """Type 22, white on blue, two lines: `1234A77`."""
    upper = Row((text[:4],), 28, 217, 88)
    return _two_lines("22", upper, (text[4],), text[5:], (245.0, 185.0), BLUE, WHITE)


_KINDS: tuple[tuple[str, Callable[[str], Plate], float], ...] = (
    ("L###LL", private_plate, 0.52),
    ("L###LL", square_plate, 0.09),
    ("LL###", taxi_plate, 0.07),
    ("LL####", trailer_plate, 0.05),
    ("####LL", motorcycle_plate, 0.06),
    ("####LL", military_plate, 0.03),
    ("###CD#", ambassador_plate, 0.01),
    ("###D###", diplomatic_plate, 0.02),
    ("###T###", diplomatic_plate, 0.01),
    ("LL###L", transit_plate, 0.04),
    ("TLL###", leaving_plate, 0.03),
    ("L####", police_plate, 0.04),
    ("###L", police_trailer_plate, 0.01),
    ("####L", police_motorcycle_plate, 0.02),
)


def russian_plate(rng: np.random.Generator) -> Plate:
    """A plate of any type, private ones most often."""
    shares = np.array([share for _, _, share in _KINDS])
    pattern, layout, _ = _KINDS[int(rng.choice(len(_KINDS), p=shares / shares.sum()))]
    return layout(fill_pattern(pattern, LETTERS, rng) + region_code(rng))


def fill_pattern(pattern: str, letters: str, rng: np.random.Generator, digits: str = "0123456789") -> str:
    """A text with one of `letters` for each L and one of `digits` for each #; other characters stay."""
    choices = {"L": letters, "#": digits}
    return "".join(str(rng.choice(list(choices[mark]))) if mark in choices else mark for mark in pattern)


def _long_plate(
    kind: str, groups: tuple[str, ...], region: str, ground: Colour, ink: Colour, named: str = "RUS"
) -> Plate:
    """520 x 112 mm: the characters, a line, the region above the country's name and flag."""
    line = 392.0 if len(region) == 2 else 364.0
    left = 46.0 if len(region) == 2 else 38.0
    main = Row(groups, left, line - 17, 94.0, gap_ratio=1.5)
    code = Row((region,), line + 12, 480 if len(region) == 2 else 488, 71.0, digit_height=58.0, squeeze=1.05)
    middle = (line + 504) / 2
    return Plate(
        country="ru",
        kind=kind,
        width=_LONG[0],
        height=_LONG[1],
        rows=(main, code),
        ground=ground,
        ink=ink,
        rectangles=(Rectangle(line - 1.5, 4, line + 1.5, 108, ink), *(_flag(middle + 3, 77) if named else ())),
        discs=(Disc(24, 58, 4, _SCREW), Disc(497, 58, 4, _SCREW)),
        captions=(Caption(named, middle - 24, 88, 19, ink),) if named else (),
    )


def _two_lines(
    kind: str,
    upper: Row,
    lower: tuple[str, ...],
    region: str,
    size: tuple[float, float],
    ground: Colour = WHITE,
    ink: Colour = BLACK,
) -> Plate:
    """The lower line holds letters and, right of a line, the region."""
    width, height = size
    line = width * (0.52 if len(region) == 2 else 0.46)
    wide = len("".join(lower)) > 1
    letters = Row(lower, 26 if wide else line * 0.35, line - 10 if wide else line * 0.7, height - 15)
    code = Row(
        (region,), line + 12, min(width - 20, line + 8 + 37 * len(region)), height - 36, digit_height=46.0, squeeze=1.15
    )
    return Plate(
        country="ru",
        kind=kind,
        width=width,
        height=height,
        rows=(upper, letters, code),
        ground=ground,
        ink=ink,
        rectangles=_flag((line + width) / 2 + 8, height - 29),
        captions=(Caption("RUS", (line + width) / 2 - 22, height - 21, 17, ink),),
    )


def _flag(left: float, top: float) -> tuple[Rectangle, ...]:
    stripes = ((250, 250, 250), (160, 60, 20), (40, 30, 200))
    bands = tuple(Rectangle(left, top + 7 * i, left + 40, top + 7 * (i + 1), c) for i, c in enumerate(stripes))
    return (*bands, Rectangle(left, top, left + 40, top + 21, (120, 120, 120), 0.7))
