"""The one-line plates of European countries: their patterns of text, their fields at the ends, their marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traffic.simulation.plate_drawing.plate import (
    BLACK,
    BLUE,
    CROATIAN_ARMS,
    RED,
    SLOVAK_ARMS,
    WHITE,
    YELLOW,
    Arms,
    Charge,
    Colour,
    Divider,
)
from traffic.simulation.plate_drawing.russia import fill_pattern

ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OFTEN = ALL + "OIMWVYHNQ" + "OIMW" + "OMW"
"""Letters that are hard to tell from others, or from digits, come two to four times as often."""
_CONSONANTS = "BCDFGHJKLMNPRSTVWXYZ"
_NO_ROUND = "ABCDEFGHJKLMNPRSTVWXYZ"
_RED_INK: Colour = (40, 35, 170)
_PLAIN = (WHITE, BLACK)


@dataclass(frozen=True, slots=True)
class Country:
    """How one country writes its plates.

    Attributes:
        code: what its left field says.
        share: how often its plates come.
        patterns: L for a letter, # for a digit, a blank between groups.
        dividers: what may stand between the first two groups.
        later: what may stand between the others.
        field: at the ends.
        colours: ground and ink, one of them each time.
        letters: what may stand for L.
        arms: of its crest; none: of any town or land.
        twins: its typeface writes O as it writes 0.
    """

    code: str
    share: float
    patterns: tuple[str, ...]
    dividers: tuple[Divider, ...] = ("",)
    later: tuple[Divider, ...] = ("",)
    field: str = "band"
    colours: tuple[tuple[Colour, Colour], ...] = (_PLAIN,)
    letters: str = OFTEN
    arms: Arms | None = None
    twins: bool = False


TWINS = 0.1
"""Share of plates full of characters that in some faces look alike: their neighbours must tell."""
_TWIN_LETTERS = 18 * "O" + 5 * "I" + 3 * "DQ"
_TWIN_DIGITS = 6 * "0" + "1"
_HYPHENS: tuple[Divider, ...] = ("hyphen",)
COUNTRIES: tuple[Country, ...] = (
    Country(
        "D",
        16,
        (
            *("L L ###", "L LL ##", "L LL ###", "LL L ##", "LL L ###", "LL LL ##", "LL LL ###"),
            *("LLL L ##", "LLL L ###", "LLL LL ##", "L L ####", "L LL ####", "LL L ####", "LL L #", "L LL #"),
        ),
        ("seals", "seals", "seals", "hyphen"),
    ),
    Country(
        "SK",
        12,
        (*("LL ###LL",) * 17, "LL LLLLL", "LL LLLL#", "LL LLL##"),
        ("crest", "crest", "crest", "crest and hyphen", "hyphen"),
        arms=SLOVAK_ARMS,
        twins=True,
    ),
    Country("CZ", 7, ("#L# ####",) * 4 + ("#LL ####", "LLL ####", "LL ####"), ("seals", "seals", "", "hyphen")),
    Country("CZ", 2.5, ("LLL ## ##", "LL ## ##", "LLL #####"), ("seals", "hyphen", ""), ("hyphen", "")),
    Country("A", 5, ("L #####L", "LL ###LL", "L ####L", "LL ####L", "LL ##LLL", "L ##LLL"), ("crest",)),
    Country("A", 1, ("L ######", "LL ######", "LL #####"), ("crest", "dot"), colours=((BLUE, WHITE), (BLACK, WHITE))),
    Country("PL", 6, ("LL #####", "LLL #####", "LL ####L", "LLL ####", "LL ###LL"), ("seals", "")),
    Country("PL", 2, ("LLL L###", "LLL ##LL", "LLL LL##", "LLL ##L#"), ("seals", ""), letters=_CONSONANTS),
    Country("H", 3, ("LLL ###", "LL LL ###"), ("hyphen", "dot", "crest"), _HYPHENS),
    Country("RO", 4, ("LL ## LLL", "L ## LLL", "L ### LLL", "LL ######")),
    Country("BG", 1.5, ("LL ####LL", "L ####LL")),
    Country("GR", 1.5, ("LLL ####",), _HYPHENS),
    Country("I", 5, ("LL ###LL",), ("", "crest"), field="bands", letters=_NO_ROUND),
    Country("F", 5, ("LL ### LL",), _HYPHENS, _HYPHENS, field="bands", letters=_NO_ROUND),
    Country("F", 1.5, ("### LL ##", "#### LL ##", "### LLL ##"), colours=(_PLAIN, (YELLOW, BLACK))),
    Country("E", 4, ("#### LLL",), letters=_CONSONANTS),
    Country("P", 2, ("## LL ##", "LL ## ##", "## ## LL", "LL ## LL"), ("hyphen", "dot"), ("hyphen", "dot")),
    Country(
        "NL",
        4,
        ("## LLL #", "LL ## LL", "## LL LL", "LL LL ##", "# LLL ##", "LL ### L", "L ### LL"),
        _HYPHENS,
        _HYPHENS,
        colours=((YELLOW, BLACK),),
        letters=_CONSONANTS,
    ),
    Country("B", 2, ("# LLL ###", "LLL ###", "### LLL"), ("hyphen", "dot"), _HYPHENS, colours=((WHITE, _RED_INK),)),
    Country("L", 0.7, ("LL ####",), colours=((YELLOW, BLACK),)),
    Country("DK", 1.5, ("LL ## ###", "LL #####")),
    Country("N", 1.5, ("LL #####", "LL ####")),
    Country("S", 1.5, ("LLL ###", "LLL ##L"), ("", "seals")),
    Country("FIN", 1.5, ("LLL ###", "LL ###"), _HYPHENS),
    Country("EST", 1, ("### LLL",)),
    Country("LV", 1, ("LL ####", "LL ###"), _HYPHENS),
    Country("LT", 1, ("LLL ###",), ("seals", "")),
    Country("GB", 6, ("LL## LLL",), field="either", colours=(_PLAIN, (YELLOW, BLACK))),
    Country(
        "GB",
        2,
        ("L### LLL", "L## LLL", "LLL ###L", "LLL ##L", "LLL ###", "LL ####"),
        field="none",
        colours=(_PLAIN, (YELLOW, BLACK), (BLACK, WHITE)),
    ),
    Country("IRL", 1.5, ("## L #####", "### L ####", "## LL ####", "### LL ###"), _HYPHENS, _HYPHENS),
    Country("CH", 1.5, ("LL ######", "LL #####", "LL ####"), ("dot", "crest"), field="none"),
    Country("SLO", 1.5, ("LL L# ###", "LL LL ###", "LL ## LLL", "LL ### LL"), ("crest",), ("", "hyphen")),
    Country("HR", 1.5, ("LL ### LL", "LL #### LL", "LL ### L", "LL #### L"), ("crest",), _HYPHENS, arms=CROATIAN_ARMS),
    Country("SRB", 1.5, ("LL ### LL", "LL #### LL"), ("crest",), _HYPHENS),
    Country("UA", 2, ("LL #### LL",), ("", "dot"), letters="ABCEHIKMOPTX"),
    Country("TR", 2, ("## LLL ###", "## LL ####", "## LLL ##", "## L ####")),
    Country("BIH", 0.7, ("L## L ###",), _HYPHENS, _HYPHENS),
    Country("AL", 0.7, ("LL ### LL",), ("crest", ""), field="bands"),
    Country("IL", 0.7, ("## ### ##", "### ## ###"), _HYPHENS, _HYPHENS, colours=((YELLOW, BLACK),)),
    Country(
        "",
        6,
        (
            *("LLLLLLL", "L LLLL##", "LL LLLL", "LL LLLLL", "LLL LLLL#", "LL #L# LL", "LLL LLLL", "LL LLL##"),
            *("L# LLL", "LL LL ###", "LLL ## ##", "LLL ##", "#LLL###", "L ######", "LLL #####", "######", "#### L"),
        ),
        ("", "hyphen", "dot", "seals", "crest", "crest and hyphen"),
        ("", "hyphen"),
        field="any",
        colours=(_PLAIN, _PLAIN, _PLAIN, (YELLOW, BLACK), (BLACK, WHITE), (BLUE, WHITE), (RED, WHITE)),
    ),
)
"""Vanity plates, rare patterns and a few neighbours of Europe come last."""


def some_country(rng: np.random.Generator) -> Country:
    """A country, as often as its share says."""
    shares = np.array([country.share for country in COUNTRIES])
    return COUNTRIES[int(rng.choice(len(COUNTRIES), p=shares / shares.sum()))]


def groups_of(country: Country, rng: np.random.Generator) -> tuple[str, ...]:
    """A text of one of the country's patterns, in groups."""
    pattern = country.patterns[int(rng.integers(len(country.patterns)))]
    if rng.random() >= TWINS:
        return tuple(fill_pattern(pattern, country.letters, rng).split())
    letters = country.letters + _TWIN_LETTERS * ("O" in country.letters)
    return tuple(fill_pattern(pattern, letters, rng, "0123456789" + _TWIN_DIGITS).split())


SIGNS = tuple(sorted({country.code for country in COUNTRIES if country.code}))
"""Of all countries, in the order in which a reader tells them."""
TWIN_SIGNS = frozenset(country.code for country in COUNTRIES if country.twins)
"""Of those whose typeface writes O as it writes 0."""
_TINCTURES: tuple[Colour, ...] = (RED, WHITE, BLUE, BLACK, YELLOW, (60, 120, 30))
_CHARGES: tuple[Charge, ...] = ("pale", "bar", "disc", "chief")


def arms_of(country: Country, rng: np.random.Generator) -> Arms:
    """The country's, or those of some town or land."""
    if country.arms is not None:
        return country.arms
    field, charge, base = (_TINCTURES[place] for place in rng.permutation(len(_TINCTURES))[:3])
    return Arms(field, _CHARGES[int(rng.integers(len(_CHARGES)))], charge, base)
