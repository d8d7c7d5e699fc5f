"""Plates of Brazil: Mercosul (resolution CONTRAN 780 of 2019) and the grey ones before it."""

from __future__ import annotations

from traffic.plates.formats.plate_format import Country, PlateFormat

_BRAZIL = Country("br")

FORMATS: tuple[PlateFormat, ...] = (
    *_BRAZIL.formats("mercosul", "any vehicle", "LLL#L##"),
    *_BRAZIL.formats("old", "any vehicle, before 2018", "LLL-####"),
)
