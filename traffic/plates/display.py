"""How a plate is shown to people, and what they type."""

from __future__ import annotations

from traffic.plates.formats import COUNTRIES, formats_of

_LATIN = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")
_NOT_WRITTEN = str.maketrans("", "", "-‐‑–—·•")


def display_text(text: str, country: str | None = None, format_name: str | None = None) -> str:
    """A plate as it stands on the vehicle: a ГРЗ in Cyrillic and spaced, "А 123 ВС 77"; unknown ones as they are.

    Args:
        text: canonical form, Latin look-alikes.
        country: whose plate it is, where that is known; otherwise Russian formats are tried.
        format_name: which type of that country's; otherwise the first that the text has.
    """
    if country not in (None, *COUNTRIES):
        return text
    fitting = [each for each in formats_of((country or "ru",)) if each.fits(text)]
    best = min(fitting, key=lambda each: (each.name != format_name, not each.valid(text)), default=None)
    return text if best is None else best.display(text)


def canonical_text(text: str) -> str:
    """What a person typed, in either alphabet, spaced and hyphened or not, as the canonical Latin look-alikes."""
    return "".join(text.split()).upper().translate(_NOT_WRITTEN).translate(_LATIN)
