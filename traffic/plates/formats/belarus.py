"""Plates of Belarus by STB 914, since 2004: letters that both alphabets have, the region behind a hyphen."""

from __future__ import annotations

from traffic.plates.formats.plate_format import ANY_CAR, Country, PlateFormat

LETTERS = frozenset("ABEIKMHOPCTX")
REGION_CODES = frozenset("012345678")
"""0 the Ministry of Defence, 1 to 6 the regions, 7 and 8 the city of Minsk."""
_BELARUS = Country("by", LETTERS, REGION_CODES)
_LORRY = ("van", "pickup", "truck", "articulated_truck", "bus")

FORMATS: tuple[PlateFormat, ...] = (
    *_BELARUS.formats("private", "private", "#### LL-R"),
    *_BELARUS.formats("lorry", "lorry or bus", "LL ####-R", vehicles=_LORRY),
    *_BELARUS.formats("electric", "electric", "E ### LL-R", vehicles=ANY_CAR),
    *_BELARUS.formats("trailer", "trailer", "L #### L-R", vehicles=_LORRY),
)
