"""What plates may read, one country a file."""

from __future__ import annotations

from collections.abc import Sequence

from traffic.errors import ConfigError
from traffic.plates.formats import belarus, brazil, europe, kazakhstan, russia, usa
from traffic.plates.formats.plate_format import PlateFormat, matching_formats

COUNTRIES = ("ru", "kz", "by", "eu", "us", "br")
"""The codes that a config may name; "eu" is any country of Europe."""

__all__ = ["COUNTRIES", "PlateFormat", "formats_of", "matching_formats"]


def formats_of(countries: Sequence[str]) -> tuple[PlateFormat, ...]:
    """The formats of these countries, those of the first country first, and within one the most frequent first.

    Raises:
        ConfigError: a code is not one of COUNTRIES.
    """
    known = dict(
        zip(
            COUNTRIES,
            (russia.FORMATS, kazakhstan.FORMATS, belarus.FORMATS, europe.FORMATS, usa.FORMATS, brazil.FORMATS),
            strict=True,
        )
    )
    for country in countries:
        if country not in known:
            raise ConfigError(
                f"expected countries of {', '.join(COUNTRIES)}, got {country!r}",
                remedy="correct the list of countries in the config",
            )
    return tuple(each for country in dict.fromkeys(countries) for each in known[country])
