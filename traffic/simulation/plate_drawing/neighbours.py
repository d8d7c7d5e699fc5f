"""Plates of Kazakhstan (since 2012, and the ones before) and Belarus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from traffic.simulation.plate_drawing.plate import BLACK, Caption, Colour, Disc, Plate, Rectangle, Row
from traffic.simulation.plate_drawing.russia import fill_pattern

KAZAKH_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BELARUSIAN_LETTERS = "ABEIKMHOPCTX"
_SKY: Colour = (190, 150, 0)
_GOLD: Colour = (20, 190, 240)


def kazakh_plate(text: str) -> Plate:
    """One line: `123ABC02`, or `123AB02` of organisations."""
    main = Row((text[:3], text[3:-2]), 70, 392, 95)
    return Plate(
        country="kz",
        kind="private",
        width=520,
        height=112,
        rows=(main, Row((text[-2:],), 418, 496, 95)),
        rectangles=(Rectangle(403, 4, 406, 108, BLACK), Rectangle(20, 14, 54, 36, _SKY)),
        discs=(Disc(37, 25, 7, _GOLD),),
        captions=(Caption("KZ", 36, 86, 24, BLACK),),
    )


def kazakh_square_plate(text: str) -> Plate:
    """Two lines: `123ABC02`, the digits and the region above the letters."""
    return Plate(
        country="kz",
        kind="square",
        width=280,
        height=202,
        rows=(
            Row((text[:3],), 92, 252, 92),
            Row((text[3:-2],), 20, 172, 182, letter_height=70),
            Row((text[-2:],), 192, 262, 182),
        ),
        rectangles=(Rectangle(20, 18, 66, 48, _SKY), Rectangle(181, 104, 184, 198, BLACK)),
        discs=(Disc(43, 33, 9, _GOLD),),
        captions=(Caption("KZ", 42, 74, 24, BLACK),),
    )


def kazakh_old_plate(text: str) -> Plate:
    """Before 2012: `A123BCD`."""
    return Plate(
        country="kz",
        kind="old",
        width=520,
        height=112,
        rows=(Row((text[0], text[1:4], text[4:]), 74, 500, 92),),
        rectangles=(Rectangle(18, 22, 56, 46, _SKY),),
        discs=(Disc(37, 34, 7, _GOLD),),
        captions=(Caption("KZ", 37, 80, 22, BLACK),),
    )


def belarusian_plate(text: str) -> Plate:
    """One line: `1234AB7`, the last digit behind a hyphen."""
    letters_first = text[0].isalpha()
    groups = (text[:2], text[2:6]) if letters_first else (text[:4], text[4:6])
    return Plate(
        country="by",
        kind="private",
        width=520,
        height=112,
        rows=(Row(groups, 78, 412, 94, 76, 76), Row((text[6:],), 452, 494, 94)),
        rectangles=(
            Rectangle(18, 18, 58, 34, (50, 40, 200)),
            Rectangle(18, 34, 58, 42, (60, 150, 30)),
            Rectangle(424, 54, 442, 62, BLACK),
        ),
        captions=(Caption("BY", 38, 78, 24, BLACK),),
    )


def belarusian_square_plate(text: str) -> Plate:
    """Two lines: `1234AB7`."""
    return Plate(
        country="by",
        kind="square",
        width=280,
        height=202,
        rows=(Row((text[:4],), 70, 262, 94), Row((text[4:6],), 34, 150, 182, 76, 76), Row((text[6:],), 204, 244, 182)),
        rectangles=(Rectangle(16, 22, 56, 46, (50, 40, 200)), Rectangle(166, 140, 188, 148, BLACK)),
        captions=(Caption("BY", 36, 76, 22, BLACK),),
    )


_KINDS: tuple[tuple[str, str, Callable[[str], Plate], float], ...] = (
    ("###LLL", KAZAKH_LETTERS, kazakh_plate, 0.34),
    ("###LL", KAZAKH_LETTERS, kazakh_plate, 0.12),
    ("###LLL", KAZAKH_LETTERS, kazakh_square_plate, 0.08),
    ("L###LL", KAZAKH_LETTERS, kazakh_old_plate, 0.04),
    ("L###LLL", KAZAKH_LETTERS, kazakh_old_plate, 0.06),
    ("####LL", BELARUSIAN_LETTERS, belarusian_plate, 0.25),
    ("LL####", BELARUSIAN_LETTERS, belarusian_plate, 0.05),
    ("####LL", BELARUSIAN_LETTERS, belarusian_square_plate, 0.06),
)


def neighbour_plate(rng: np.random.Generator) -> Plate:
    """A plate of Kazakhstan or Belarus."""
    shares = np.array([share for *_, share in _KINDS])
    pattern, letters, layout, _ = _KINDS[int(rng.choice(len(_KINDS), p=shares / shares.sum()))]
    return layout(fill_pattern(pattern, letters, rng) + _ending(layout, rng))


def _ending(layout: Callable[[str], Plate], rng: np.random.Generator) -> str:
    if layout in (belarusian_plate, belarusian_square_plate):
        return str(rng.integers(0, 9))
    return "" if layout is kazakh_old_plate else f"{rng.integers(1, 21):02d}"
