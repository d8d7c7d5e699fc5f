"""How a plate is shown to people."""

from __future__ import annotations

import re

_CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
_LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_PRIVATE = re.compile(r"([ABEKMHOPCTYX])(\d{3})([ABEKMHOPCTYX]{2})(\d{2,3})")


def display_text(text: str) -> str:
    """A ГРЗ in Cyrillic and spaced as on the plate, "А 123 ВС 77"; any other plate as it is.

    Args:
        text: canonical form, Latin look-alikes.
    """
    match = _PRIVATE.fullmatch(text)
    return " ".join(match.groups()).translate(_CYRILLIC) if match else text


def canonical_text(text: str) -> str:
    """What a person typed, in either alphabet, with or without spaces, as the canonical Latin look-alikes."""
    return "".join(text.split()).upper().translate(_LATIN)
