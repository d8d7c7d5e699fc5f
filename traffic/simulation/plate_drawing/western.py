"""Generic European, American and Brazilian plates: the common layouts, with texts of many countries' patterns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from traffic.simulation.plate_drawing.europe import (
    ALL,
    OFTEN,
    SIGNS,
    Country,
    arms_of,
    groups_of,
    some_country,
)
from traffic.simulation.plate_drawing.plate import (
    BLACK,
    BLUE,
    WHITE,
    YELLOW,
    Arms,
    Caption,
    Colour,
    Disc,
    Plate,
    Rectangle,
    Row,
    crest_shapes,
)
from traffic.simulation.plate_drawing.russia import fill_pattern

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
    """520 x 112 mm with a blue band, a crest or nothing at its ends, or two lines of a motorcycle or a van."""
    country = some_country(rng)
    groups = groups_of(country, rng)
    if rng.random() < 0.1:
        return replace(_european_square(groups, rng), sign=country.code)
    arms = arms_of(country, rng)
    fields = _fields(country, arms, rng)
    ground, ink = country.colours[int(rng.integers(len(country.colours)))]
    row = replace(_long_row(country, groups, fields, rng), arms=arms)
    return Plate(
        country="eu",
        kind="long",
        width=520,
        height=112,
        rows=(row,),
        ground=ground,
        ink=ink,
        border=3.0 if rng.random() < 0.75 else 0.0,
        rectangles=fields.rectangles,
        discs=fields.discs,
        captions=fields.captions,
        sign=country.code,
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """What stands at a plate's ends, and where the room between them begins and ends, mm."""

    rectangles: tuple[Rectangle, ...] = ()
    discs: tuple[Disc, ...] = ()
    captions: tuple[Caption, ...] = ()
    left: float = 8.0
    right: float = 512.0


def _long_row(country: Country, groups: tuple[str, ...], fields: _Fields, rng: np.random.Generator) -> Row:
    """A full plate's characters use all its width, those of a short text some of it."""
    left, right = fields.left + rng.uniform(8, 30), fields.right - rng.uniform(4, 37)
    room = max(0.0, (right - left) / 60 - sum(map(len, groups)) - len(groups) / 2) * 22
    divider = country.dividers[int(rng.integers(len(country.dividers)))]
    return Row(
        groups,
        left + room * rng.random(),
        right - room * rng.random(),
        94,
        letter_height=76,
        gap_ratio=rng.uniform(3.0, 7.0) if divider in ("seals", "crest", "crest and hyphen") else rng.uniform(2, 5.5),
        divider=divider if rng.random() < _MARKED else "",
        equal_cells=rng.random() < 0.5,
        later_divider=country.later[int(rng.integers(len(country.later)))],
        seals=(_sticker(rng), _sticker(rng)),
    )


def _sticker(rng: np.random.Generator) -> Colour:
    """Of any colour, a faded or a fresh one."""
    blue, green, red = rng.integers(20, 240, 3).tolist()
    return blue, green, red


def _fields(country: Country, arms: Arms, rng: np.random.Generator) -> _Fields:
    """The blue band with the country's code at one end or at both, an older plate's crest above it, or nothing."""
    kind, code = country.field, country.code or str(rng.choice(SIGNS))
    if kind in ("any", "either") or (kind in ("band", "bands") and rng.random() < _ODD):
        kind = str(rng.choice(("band", "none") if kind == "either" else ("band", "crest", "none")))
    if kind == "band":
        return _Fields(_band(4, 44, rng), (), (Caption(code, 24, 88, 20, WHITE),), 44)
    if kind == "bands":
        captions = (Caption(code, 24, 88, 20, WHITE), Caption(str(rng.integers(1, 99)), 496, 88, 20, WHITE))
        return _Fields((*_band(4, 44, rng), *_band(476, 516, rng)), (), captions, 44, 476)
    if kind == "crest":
        crest = crest_shapes(arms, 27, 38, 14)
        rectangles = tuple(shape for shape in crest if isinstance(shape, Rectangle))
        discs = tuple(shape for shape in crest if isinstance(shape, Disc))
        return _Fields(rectangles, discs, (Caption(code, 28, 86, 22, BLACK),), 44)
    return _Fields()


_MARKED = 0.85
"""Share of plates whose mark between the groups is there and can be seen."""
_ODD = 0.2
"""Share of plates without the field that their country gives them today."""


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


def _band(left: float, right: float, rng: np.random.Generator) -> tuple[Rectangle, ...]:
    blue = (int(rng.integers(90, 230)), int(rng.integers(30, 90)), int(rng.integers(0, 50)))
    return (Rectangle(left, 4, right, 108, blue),)


def american_plate(rng: np.random.Generator) -> Plate:
    """305 x 152 mm: a state's name above, a motto below."""
    groups = tuple(fill_pattern(str(rng.choice(_AMERICAN)), OFTEN, rng).split())
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
        return _old_brazilian(fill_pattern("LLL####", OFTEN, rng), rng)
    pattern = "LLL#L##" if rng.random() < 0.6 else ("LL###LL" if rng.random() < 0.5 else "LLL####")
    text = fill_pattern(pattern, OFTEN, rng)
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
    return "".join(rng.choice(list(ALL), int(rng.integers(5, 14)))).replace("Q", " ")
