"""Plates of Kazakhstan: the standard ST RK 986-2012 with the regions of 2022, and the plates before it."""

from __future__ import annotations

from traffic.plates.formats.plate_format import ANY_CAR, Country, PlateFormat

REGION_CODES = frozenset(f"{code:02d}" for code in range(1, 21))
"""01 to 17 since 2012 and 18 to 20, of the regions made in 2022."""
_SINCE_2012 = Country("kz", regions=REGION_CODES)
_BEFORE = Country("kz")

FORMATS: tuple[PlateFormat, ...] = (
    *_SINCE_2012.formats("private", "private", "### LLL R", vehicles=ANY_CAR),
    *_SINCE_2012.formats("organisation", "of an organisation", "### LL R", vehicles=ANY_CAR),
    *_SINCE_2012.formats("motorcycle", "motorcycle or trailer", "## LL R"),
    *_BEFORE.formats("old private", "private, before 2012", "L ### LLL", vehicles=ANY_CAR),
    *_BEFORE.formats("old organisation", "of an organisation, before 2012", "L ### LL", vehicles=ANY_CAR),
)
