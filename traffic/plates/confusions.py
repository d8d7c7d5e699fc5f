"""Characters that readers, people and cameras mistake for each other."""

from __future__ import annotations

import string

CONFUSIONS = ("0OQD", "17I", "2Z", "4A", "5S", "6CG", "8B", "MHNW", "XK", "PR", "EF", "UV", "YT")
"""Groups of look-alikes, none of which share a character; the first of each stands for it in a skeleton."""

CHARACTERS = string.digits + string.ascii_uppercase
_FOLD = str.maketrans({character: group[0] for group in CONFUSIONS for character in group})
FOLDED_CHARACTERS = "".join(dict.fromkeys(CHARACTERS.translate(_FOLD)))
"""The characters that a skeleton may have."""


def skeleton(text: str) -> str:
    """A canonical text with every group of look-alikes folded into one character: texts alike have one skeleton."""
    return text.translate(_FOLD)


def alike(first: str, second: str) -> bool:
    """Whether two canonical texts differ by exactly one character, and by one that is mistaken for the other."""
    if len(first) != len(second) or skeleton(first) != skeleton(second):
        return False
    return sum(map(str.__ne__, first, second)) == 1


def look_alikes(text: str) -> frozenset[str]:
    """All texts that are `alike` a canonical one."""
    return frozenset(
        text[:place] + other + text[place + 1 :]
        for place, character in enumerate(text)
        for other in _group(character)
        if other != character
    )


def near_skeletons(text: str) -> frozenset[str]:
    """The skeletons that differ from a text's own by one character put in, left out or changed, and its own."""
    own = skeleton(text)
    cuts = [(own[:place], own[place:]) for place in range(len(own) + 1)]
    shorter = {before + after[1:] for before, after in cuts if after}
    changed = {before + new + after[1:] for before, after in cuts if after for new in FOLDED_CHARACTERS}
    longer = {before + new + after for before, after in cuts for new in FOLDED_CHARACTERS}
    return frozenset(shorter | changed | longer | {own})


def _group(character: str) -> str:
    return next((group for group in CONFUSIONS if character in group), character)
