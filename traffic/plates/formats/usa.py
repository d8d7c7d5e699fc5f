"""Plates of the United States: the commonest patterns of the states, and anything of four to seven characters."""

from __future__ import annotations

from traffic.plates.formats.europe import any_text
from traffic.plates.formats.plate_format import Country, PlateFormat

_USA = Country("us", from_one=False)
_LAYOUTS = (
    "LLL ####",
    "# LLL ###",
    "LLL ###",
    "### LLL",
    "LL ####",
    "LL# ##L",
    "#### LL",
    "L## #LL",
    "LL## ###",
    "### L##",
)

FORMATS: tuple[PlateFormat, ...] = (
    *(each for layout in _LAYOUTS for each in _USA.formats(layout.replace(" ", ""), "state", layout)),
    *any_text("us", "any", 4, 7),
)
