"""Plates of Russia by GOST R 50577-2018 (and -93, whose plates stay in use), as far as they are read optically.

Texts that several types share, the type that is told first at the left:

- 1, 1A: the same text on one line or two.
- 1B, 2: `AB123177` is AB 123 of region 177 or AB 1231 of region 77; taxis and buses are met more often.
- 4, 3, 5, 7, 8: motorcycles, tractors, and the three military kinds; 5 comes first for cars, lorries and buses.
- 2, 6: trailers, civil and military.

Not here, for no camera reads them: 4A (snowmobiles and the like, kept off public roads), 16 to 18 (paper, behind the
windscreen); nor the diplomats' motorcycles, sports and classic vehicles of 2018, of which hardly any were issued.
"""

from __future__ import annotations

from traffic.plates.formats.plate_format import ANY_CAR, Country, PlateFormat
from traffic.plates.formats.russia_regions import MILITARY_CODES, REGION_CODES

LETTERS = frozenset("ABEKMHOPCTYX")
_CIVIL = Country("ru", LETTERS, REGION_CODES, cyrillic=True)
_MILITARY = Country("ru", LETTERS, MILITARY_CODES, cyrillic=True)
_TOWED = ANY_CAR - {"bus"}
_MOTORCYCLE = ("motorcycle",)
_TAXI = ("car", "van", "bus")

FORMATS: tuple[PlateFormat, ...] = (
    *_CIVIL.formats("1", "private", "L ### LL R", vehicles=ANY_CAR),
    *_CIVIL.formats("1A", "private, two lines", "L ### LL R", vehicles=ANY_CAR),
    *_CIVIL.formats("1B", "taxi or bus", "LL ### R", vehicles=_TAXI),
    *_CIVIL.formats("2", "trailer", "LL #### R", vehicles=_TOWED),
    *_CIVIL.formats("4", "motorcycle", "#### LL R", vehicles=_MOTORCYCLE),
    *_CIVIL.formats("3", "tractor", "#### LL R", vehicles=()),
    *_CIVIL.formats("4B", "moped", "LL ## LL R", vehicles=_MOTORCYCLE),
    *_CIVIL.formats("20", "police", "L #### R", vehicles=ANY_CAR),
    *_CIVIL.formats("15", "transit", "LL ### L R", vehicles=ANY_CAR),
    *_CIVIL.formats("10", "diplomatic", "### D ### R", vehicles=ANY_CAR),
    *_CIVIL.formats("10", "diplomatic staff", "### T ### R", vehicles=ANY_CAR),
    *_CIVIL.formats("9", "head of mission", "### CD # R", vehicles=ANY_CAR),
    *_CIVIL.formats("19", "leaving the country", "T LL ### R"),
    *_CIVIL.formats("22", "police motorcycle", "#### L R", vehicles=_MOTORCYCLE),
    *_CIVIL.formats("21", "police trailer", "### L R", vehicles=_TOWED),
    *_MILITARY.formats("5", "military", "#### LL R", vehicles=ANY_CAR),
    *_MILITARY.formats("6", "military trailer", "LL #### R", vehicles=_TOWED),
    *_MILITARY.formats("7", "military tractor", "#### LL R", vehicles=()),
    *_MILITARY.formats("8", "military motorcycle", "#### LL R", vehicles=_MOTORCYCLE),
)
