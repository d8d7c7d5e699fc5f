"""A plate as its standard describes it, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Colour = tuple[int, int, int]
"""Blue, green, red."""

Divider = Literal["", "hyphen", "dot", "seals", "crest", "crest and hyphen"]

Charge = Literal["double cross", "checks", "pale", "bar", "disc", "chief"]

WHITE: Colour = (240, 240, 240)
BLACK: Colour = (24, 22, 20)
BLUE: Colour = (150, 60, 20)
RED: Colour = (40, 35, 190)
YELLOW: Colour = (30, 190, 240)


@dataclass(frozen=True, slots=True)
class Arms:
    """A coat of arms, as much of it as can be seen: a shield of one colour, a charge on it, what is at its base."""

    field: Colour
    figure: Charge
    charge: Colour
    base: Colour


SLOVAK_ARMS = Arms(RED, "double cross", WHITE, (160, 80, 30))
CROATIAN_ARMS = Arms(WHITE, "checks", RED, WHITE)


@dataclass(frozen=True, slots=True)
class Row:
    """Characters on one base line, spread over a width.

    Attributes:
        groups: what stands together; between groups the gap is wider.
        left, right: of the first and the last character's ink, mm from the plate's left edge.
        bottom: the base line, mm from the plate's upper edge.
        digit_height, letter_height: mm.
        squeeze: characters are this much narrower than their face has them.
        gap_ratio: gap between groups over the gap between characters.
        equal_cells: every digit has the same room, and every letter; otherwise a narrow one takes less.
        divider: what stands in the gaps between groups; it is no part of the text.
        later_divider: the same, in all gaps but the first; None repeats the divider.
        seals: colours of the upper and the lower seal.
        arms: of the crest; see crest_shapes.
    """

    groups: tuple[str, ...]
    left: float
    right: float
    bottom: float
    digit_height: float = 76.0
    letter_height: float = 58.0
    squeeze: float = 1.0
    gap_ratio: float = 1.8
    divider: Divider = ""
    equal_cells: bool = True
    later_divider: Divider | None = None
    seals: tuple[Colour, Colour] = ((60, 60, 180), (90, 130, 60))
    arms: Arms = SLOVAK_ARMS


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A filled rectangle, mm; `edge` 0 fills it, else draws its outline that thick."""

    left: float
    top: float
    right: float
    bottom: float
    colour: Colour
    edge: float = 0.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A seal, a screw or a hologram, mm."""

    x: float
    y: float
    radius: float
    colour: Colour


Shapes = tuple[Rectangle | Disc, ...]


@dataclass(frozen=True, slots=True)
class Caption:
    """Small print that is no part of the plate's text: its middle and height, mm."""

    text: str
    x: float
    y: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Plate:
    """What stands on a plate and where.

    Attributes:
        country: the reader's country label.
        sign: of the country whose patterns it has (SK), whether a band says so or not; empty for nobody's patterns.
        kind: which plate of that country.
        width, height: mm.
        rows: from above; their characters in this order are the plate's text.
        ground, ink: colours.
        border: thickness of the line around, mm; 0 for none. It has the ink's colour.
        rectangles, discs, captions: what else stands on it, drawn before the characters.
    """

    country: str
    kind: str
    width: float
    height: float
    rows: tuple[Row, ...]
    ground: Colour = WHITE
    ink: Colour = BLACK
    border: float = 3.0
    rectangles: tuple[Rectangle, ...] = field(default=())
    discs: tuple[Disc, ...] = field(default=())
    captions: tuple[Caption, ...] = field(default=())
    sign: str = ""

    @property
    def text(self) -> str:
        """Canonical form: all characters, the upper row first, no spaces."""
        return "".join("".join(row.groups) for row in self.rows)


def divider_shapes(row: Row, divider: Divider, x: float, y: float, gap: float, ink: Colour) -> Shapes:
    """What stands in a gap of `gap` mm whose middle is (x, y), mm; in hardly any gap it covers its neighbours."""
    gap = max(gap, 6.0)
    half = gap * 0.3
    radius = min(max(gap * 0.36, 3.0), 19.0)
    crest = crest_shapes(row.arms, x, y - radius, radius)
    upper, lower = row.seals
    shapes: dict[Divider, Shapes] = {
        "": (),
        "hyphen": (Rectangle(x - half, y - 4, x + half, y + 4, ink),),
        "dot": (Disc(x, y, min(half, 6.0), ink),),
        "seals": (Disc(x, y - 20, radius, upper), Disc(x, y + 18, radius, lower)),
        "crest": crest,
        "crest and hyphen": (*crest, Rectangle(x - half, y + 14, x + half, y + 21, ink)),
    }
    return shapes[divider]


def crest_shapes(arms: Arms, x: float, y: float, half: float) -> Shapes:
    """A shield, 2 * half mm wide, with its middle at (x, y)."""
    shield = (
        Rectangle(x - half, y - half, x + half, y + 0.3 * half, arms.field),
        Disc(x, y + 0.3 * half, half, arms.field),
    )
    charges: dict[Charge, Shapes] = {
        "double cross": (
            Disc(x, y + 0.9 * half, 0.45 * half, arms.base),
            Rectangle(x - 0.1 * half, y - 0.8 * half, x + 0.1 * half, y + 0.8 * half, arms.charge),
            Rectangle(x - 0.35 * half, y - 0.5 * half, x + 0.35 * half, y - 0.3 * half, arms.charge),
            Rectangle(x - 0.5 * half, y - 0.1 * half, x + 0.5 * half, y + 0.1 * half, arms.charge),
        ),
        "checks": tuple(
            Rectangle(
                x + (column - 2) * half / 2,
                y + (row - 2) * half / 2,
                x + (column - 1) * half / 2,
                y + (row - 1) * half / 2,
                arms.charge,
            )
            for row in range(4)
            for column in range(4)
            if (row + column) % 2
        ),
        "pale": (Rectangle(x, y - half, x + half, y + half, arms.charge),),
        "bar": (Rectangle(x - half, y - 0.3 * half, x + half, y + 0.3 * half, arms.charge),),
        "disc": (Disc(x, y, 0.5 * half, arms.charge),),
        "chief": (Rectangle(x - half, y - half, x + half, y - 0.2 * half, arms.charge),),
    }
    return (*shield, *charges[arms.figure])
