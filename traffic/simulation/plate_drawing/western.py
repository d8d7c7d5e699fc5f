"""Generic European, American and Brazilian plates: the common layouts, with texts of many countries' patterns."""

from __future__ import annotations

from dataclasses import replace

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
    Divider,
    Plate,
    Rectangle,
    Row,
)
from traffic.simulation.plate_drawing.russia import fill_pattern

_ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OFTEN = _ALL + "OIMWVYHNQ" + "OIMW"
"""Letters that are hard to tell from others, or from digits, come two or three times as often."""
_EUROPEAN: tuple[tuple[str, float], ...] = (
    ("LL ###LL", 8),
    ("#L# ####", 4),
    ("LL #####", 2),
    ("LL ####L", 0.3),
    ("LLL #####", 1),
    ("LLL ####", 2),
    ("LLL ## ##", 2),
    ("L LL ####", 1),
    ("L LL ##", 0.5),
    ("L L ###", 0.3),
    ("LL LL #", 0.3),
    ("L# LLL", 0.3),
    ("LL LL ###", 1.5),
    ("LL LL ##", 1),
    ("LLL LL ##", 1.5),
    ("LLL LL ####", 0.5),
    ("L L ####", 1),
    ("LL## LLL", 2),
    ("#### LLL", 1.5),
    ("LLL ###", 1.5),
    ("L ######", 1),
    ("LL ## LLL", 1),
    ("#LLL###", 1),
    ("LLLLLLL", 0.7),
    ("L LLLL##", 0.7),
    ("LL LLLL", 0.5),
    ("LL LLLLL", 0.8),
    ("LLL LLLL#", 0.3),
    ("LL #L# LL", 0.3),
)
"""Patterns and how often they come: SK, FR, IT; CZ; DK, PL; and so on, vanity plates last."""
_AMERICAN = (
    "LLL ####",
    "#LLL###",
    "LLL ###",
    "### LLL",
    "###LLL",
    "LL ####",
    "LL# ##L",
    "#### LL",
    "L## #LL",
    "LL## ###",
    "LLL###",
    "###L##",
)
_PAINTS: tuple[Colour, ...] = ((130, 40, 20), (30, 25, 160), (30, 25, 20), (60, 90, 20), (110, 30, 90))
_GROUNDS: tuple[Colour, ...] = ((240, 240, 240), (240, 225, 200), (200, 230, 240), (215, 240, 215), (225, 220, 245))


def european_plate(rng: np.random.Generator) -> Plate:
    """520 x 112 mm with a blue band, a crest or nothing at its left, or two lines of a motorcycle or a van."""
    shares = np.array([share for _, share in _EUROPEAN])
    pattern, _ = _EUROPEAN[int(rng.choice(len(_EUROPEAN), p=shares / shares.sum()))]
    groups = tuple(fill_pattern(pattern, _OFTEN, rng).split())
    if rng.random() < 0.1:
        return _european_square(groups, rng)
    rectangles, discs, captions = _left_field(rng)
    ground, ink = _european_colours(rng)
    plate = Plate("eu", "long", 520, 112, (_long_row(groups, rng, banded=bool(captions)),), ground, ink)
    border = 3.0 if rng.random() < 0.8 else 0.0
    return replace(plate, border=border, rectangles=rectangles, discs=discs, captions=captions)


def _long_row(groups: tuple[str, ...], rng: np.random.Generator, *, banded: bool) -> Row:
    """A full plate's characters use all its width, those of a short text some of it."""
    left, right = (rng.uniform(52, 74) if banded else rng.uniform(22, 36)), 520.0 - rng.uniform(12, 45)
    room = max(0.0, (right - left) / 60 - sum(map(len, groups)) - len(groups) / 2) * 22
    return Row(
        groups,
        left + room * rng.random(),
        right - room * rng.random(),
        94,
        letter_height=76,
        gap_ratio=rng.uniform(2.2, 6.5),
        divider=_divider(rng),
        equal_cells=rng.random() < 0.5,
    )


def _left_field(
    rng: np.random.Generator,
) -> tuple[tuple[Rectangle, ...], tuple[Disc, ...], tuple[Caption, ...]]:
    """The blue band with a country's code, an older plate's crest above that code, or nothing."""
    code, draw = str(rng.choice(_CODES)), rng.random()
    if draw < 0.6:
        return _band(44, 112, rng), (), (Caption(code, 22, 88, 20, WHITE),)
    if draw < 0.8:
        crest = (Rectangle(14, 20, 40, 52, RED), Rectangle(20, 30, 34, 46, BLUE))
        return crest, (Disc(27, 52, 13, RED),), (Caption(code, 28, 86, 22, BLACK),)
    return (), (), ()


def _divider(rng: np.random.Generator) -> Divider:
    dividers: tuple[Divider, ...] = ("", "hyphen", "dot", "seals", "crest", "crest and hyphen")
    return dividers[int(rng.choice(len(dividers), p=(0.25, 0.2, 0.05, 0.15, 0.1, 0.25)))]


_CODES = ("D", "SK", "CZ", "F", "I", "PL", "GB", "A", "NL", "RO", "LT", "EST", "FIN", "H", "SLO", "BG")


def _european_square(groups: tuple[str, ...], rng: np.random.Generator) -> Plate:
    text = "".join(groups)
    cut = len(groups[0]) if len(groups) > 1 else len(text) // 2
    ground, ink = _european_colours(rng)
    width, height = (280.0, 200.0) if rng.random() < 0.6 else (240.0, 130.0)
    letters = 72.0 if height > 150 else 49.0
    upper = Row((text[:cut],), 60, 60 + min(width - 80, cut * 48), height * 0.45, letters, letters)
    lower = Row((text[cut:],), 20, width - 20, height * 0.92, letters, letters)
    band = (Rectangle(5, 5, 44, height * 0.5, BLUE),) if rng.random() < 0.7 else ()
    return Plate("eu", "square", width, height, (upper, lower), ground, ink, rectangles=band)


def _european_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    draw = rng.random()
    if draw < 0.85:
        return WHITE, BLACK
    if draw < 0.94:
        return YELLOW, BLACK
    return ((BLACK, WHITE), (BLUE, WHITE), (WHITE, (40, 35, 170)))[int(rng.integers(3))]


def _band(width: float, height: float, rng: np.random.Generator) -> tuple[Rectangle, ...]:
    blue = (int(rng.integers(120, 230)), int(rng.integers(40, 90)), int(rng.integers(0, 40)))
    return (Rectangle(4, 4, width, height - 4, blue),)


def american_plate(rng: np.random.Generator) -> Plate:
    """305 x 152 mm: a state's name above, a motto below."""
    groups = tuple(fill_pattern(str(rng.choice(_AMERICAN)), _OFTEN, rng).split())
    ink = _PAINTS[int(rng.integers(len(_PAINTS)))]
    ground = _GROUNDS[int(rng.integers(len(_GROUNDS)))]
    height = rng.uniform(62, 76)
    row = Row(groups, 18, 287, 82 + height / 2, height, height, gap_ratio=rng.uniform(1.2, 4))
    name, motto = _words(rng), _words(rng)
    holes = tuple(Disc(x, y, 4, (70, 70, 70)) for x in (62, 243) for y in (14, 140))
    return Plate(
        country="us",
        kind="car",
        width=305,
        height=152,
        rows=(row,),
        ground=ground,
        ink=ink,
        border=2.0 if rng.random() < 0.4 else 0.0,
        discs=holes,
        captions=(Caption(name, 152, 22, rng.uniform(14, 22), ink), Caption(motto, 152, 138, rng.uniform(9, 14), ink)),
    )


def brazilian_plate(rng: np.random.Generator) -> Plate:
    """400 x 130 mm: grey `ABC-1234` below the city, or a Mercosur `ABC1D23` below a blue band."""
    if rng.random() < 0.55:
        return _old_brazilian(fill_pattern("LLL####", _OFTEN, rng), rng)
    pattern = "LLL#L##" if rng.random() < 0.6 else ("LL###LL" if rng.random() < 0.5 else "LLL####")
    text = fill_pattern(pattern, _OFTEN, rng)
    row = Row((text[:3], text[3:]), 26, 374, 118, 65, 65, gap_ratio=rng.uniform(1, 2.5))
    return Plate(
        country="br",
        kind="mercosur",
        width=400,
        height=130,
        rows=(row,),
        rectangles=(Rectangle(3, 3, 397, 36, (150, 60, 20)),),
        captions=(Caption(str(rng.choice(["BRASIL", "ARGENTINA", "URUGUAY"])), 200, 20, 18, WHITE),),
    )


def _old_brazilian(text: str, rng: np.random.Generator) -> Plate:
    ground: Colour = (190, 190, 190) if rng.random() < 0.75 else ((40, 35, 170) if rng.random() < 0.6 else WHITE)
    ink: Colour = WHITE if ground == (40, 35, 170) else (40, 38, 36)
    height = rng.uniform(60, 68)
    row = Row((text[:3], text[3:]), 16, 384, 116, height, height, 1.0, rng.uniform(3, 5), "dot")
    return Plate(
        country="br",
        kind="grey",
        width=400,
        height=130,
        rows=(row,),
        ground=ground,
        ink=ink,
        border=2.0 if rng.random() < 0.5 else 0.0,
        rectangles=(Rectangle(80, 6, 320, 34, tuple(int(0.85 * c) for c in ground), 1.0),),  # type: ignore[arg-type]
        discs=(Disc(46, 24, 6, (50, 50, 170)), Disc(350, 20, 4, (70, 70, 70))),
        captions=(Caption(_words(rng), 200, 21, 17, ink),),
    )


def _words(rng: np.random.Generator) -> str:
    return "".join(rng.choice(list(_ALL), int(rng.integers(5, 14)))).replace("Q", " ")
