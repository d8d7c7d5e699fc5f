r"""A plate as people type it, turned into what the record holds.

The record holds upper case without spaces, and Latin letters for the Cyrillic ones that look like them. A pattern
has `*` for any characters (or none) and `?` for exactly one; `%`, `_` and `\` stand for themselves.
"""

from __future__ import annotations

import re

from traffic.plates.display import canonical_text

ESCAPE = "\\"

_LIKE = {"*": "%", "?": "_", "%": r"\%", "_": r"\_", "\\": r"\\"}


def has_wildcards(pattern: str) -> bool:
    """Whether the pattern means more than one plate."""
    return "*" in pattern or "?" in pattern


def like_pattern(pattern: str) -> str:
    """The pattern for SQL's LIKE with ESCAPE as its escape character."""
    single_stars = re.sub(r"\*+", "*", canonical_text(pattern))
    return "".join(_LIKE.get(character, character) for character in single_stars)
