"""Plates of Europe: some frequent patterns, and any five to eight characters with a letter and a digit among them.

The country is "eu" for all of them: the text alone does not tell which country's it is where several share a pattern.
"""

from __future__ import annotations

from traffic.plates.formats.plate_format import ANY_CAR, DIGITS, LETTERS, Country, PlateFormat

SHORTEST, LONGEST = 5, 8
_EUROPE = Country("eu", from_one=False)

_NATIONAL: tuple[tuple[str, str], ...] = (
    ("fr/it", "LL ### LL"),
    ("gb", "LL## LLL"),
    ("es", "#### LLL"),
    ("cz", "#L# ####"),
    ("sk", "LL ###LL"),
    ("se/lt/fi/hu", "LLL ###"),
    ("se", "LLL ##L"),
    ("dk/no/pl", "LL #####"),
    ("hu", "LL LL ###"),
    ("nl", "L ### LL"),
    ("nl", "LL ### L"),
    ("nl", "# LLL ##"),
    ("pl", "LLL #####"),
    ("gr", "LLL ####"),
    ("ee", "### LLL"),
    ("bg", "LL #### LL"),
    ("be", "# LLL ###"),
    *(
        ("de", f"{'L' * town} {'L' * series} {'#' * digits}")
        for town in (1, 2, 3)
        for series in (1, 2)
        for digits in (3, 4)
    ),
)
"""Countries by ISO 3166 and a layout that they use."""


def _national() -> tuple[PlateFormat, ...]:
    """One format a text pattern: where countries share one, the first stands for all."""
    formats: dict[tuple[frozenset[str], ...], PlateFormat] = {}
    for name, layout in _NATIONAL:
        for each in _EUROPE.formats(name, "national", layout, vehicles=ANY_CAR):
            if len(each.pattern) <= LONGEST:
                formats.setdefault(each.pattern, each)
    return tuple(formats.values())


def any_text(country: str, name: str, shortest: int, longest: int) -> tuple[PlateFormat, ...]:
    """Formats for any text of some length that has a letter and a digit."""
    return tuple(
        PlateFormat(country, name, "any", (LETTERS | DIGITS,) * length, (length,), (), contains=(LETTERS, DIGITS))
        for length in range(shortest, longest + 1)
    )


FORMATS: tuple[PlateFormat, ...] = (*_national(), *any_text("eu", "any", SHORTEST, LONGEST))
