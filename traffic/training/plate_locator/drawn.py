"""Drawn plates of many looks: those of the reader's countries, and plain sheets with text, so that the locator learns
what all plates share.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.plate_drawing.mixture import any_plate

Colour = tuple[int, int, int]
WHITE, YELLOW, BLACK, BLUE, RED, GREY = (
    (235, 238, 238),
    (40, 190, 235),
    (26, 24, 24),
    (140, 60, 20),
    (40, 30, 170),
    (170, 172, 170),
)
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)
_LETTERS = "ABCDEFGHKLMNOPRSTUVXYZ"


@dataclass(frozen=True)
class Look:
    """A kind of plate: its size in mm (one pixel each), colours, lines of text, and how often it is drawn."""

    size: tuple[int, int]
    sheet: Colour
    ink: Colour
    lines: int
    band: bool
    share: float


LOOKS = (
    Look((520, 112), WHITE, BLACK, 1, band=True, share=5),
    Look((520, 111), YELLOW, BLACK, 1, band=False, share=2),
    Look((520, 112), WHITE, BLACK, 1, band=False, share=2),
    Look((400, 130), WHITE, BLACK, 1, band=False, share=2),
    Look((400, 130), GREY, BLACK, 1, band=False, share=3),
    Look((395, 135), BLACK, WHITE, 1, band=False, share=2),
    Look((520, 112), BLUE, WHITE, 1, band=False, share=1),
    Look((520, 112), RED, WHITE, 1, band=False, share=0.5),
    Look((305, 152), WHITE, BLUE, 1, band=False, share=2),
    Look((290, 170), WHITE, BLACK, 2, band=False, share=4),
    Look((280, 200), WHITE, BLACK, 2, band=True, share=3),
    Look((200, 170), GREY, BLACK, 2, band=False, share=2),
    Look((250, 105), BLACK, WHITE, 2, band=False, share=1),
)
STANDARD_SHARE = 0.6
"""Of the plates are drawn as the reader's countries make them."""


def drawn_plate(random: np.random.Generator) -> UInt8Array:
    """A plate seen from the front, (h, w, 3) BGR, clean."""
    if random.random() < STANDARD_SHARE:
        return any_plate((), random)[1].picture
    shares = np.array([look.share for look in LOOKS])
    return draw(LOOKS[random.choice(len(LOOKS), p=shares / shares.sum())], random)


def draw(look: Look, random: np.random.Generator) -> UInt8Array:
    """One plate of a look, with a random text."""
    width, height = look.size
    picture: UInt8Array = np.full((height, width, 3), look.sheet, np.uint8)
    if random.random() < 0.7:
        cv2.rectangle(picture, (3, 3), (width - 4, height - 4), look.ink, int(random.integers(2, 5)))
    left = 14
    if look.band:
        cv2.rectangle(picture, (0, 0), (44, height), BLUE, -1)
        left = 54
    line_height = (height - 16) // look.lines
    for line in range(look.lines):
        box = (left, 8 + line * line_height, width - left - 14, line_height)
        _write(picture, _text(random, look.lines), box, look.ink, random)
    return picture


def write_anywhere(image: UInt8Array, random: np.random.Generator) -> None:
    """Write words straight onto a picture (h, w, 3), in place, solid or faint: text without a sheet is no plate."""
    height, width = image.shape[:2]
    scale = float(random.uniform(0.3, 1.4))
    left, top = int(random.uniform(-0.05, 0.8) * width), int(random.uniform(0.1, 1.0) * height)
    colour = tuple(int(value) for value in random.integers(0, 256, 3))
    font, thick = int(random.choice(_FONTS)), int(random.integers(1, 4))
    written = image.copy()
    for line in range(int(random.integers(1, 4))):
        words = " ".join(_word(random) for _ in range(int(random.integers(1, 4))))
        cv2.putText(written, words, (left, top + int(34 * scale * line)), font, scale, colour, thick, cv2.LINE_AA)
    solid = float(random.uniform(0.3, 1.0))
    image[:] = cv2.addWeighted(written, solid, image, 1 - solid, 0)


def _word(random: np.random.Generator) -> str:
    letters = "".join(random.choice(list(_LETTERS), int(random.integers(2, 11))))
    return letters if random.random() < 0.5 else letters.lower() if random.random() < 0.7 else _text(random, 1)


def _text(random: np.random.Generator, lines: int) -> str:
    length = int(random.integers(5, 9)) if lines == 1 else int(random.integers(3, 5))
    return "".join(str(random.choice(list(_LETTERS if random.random() < 0.5 else "0123456789"))) for _ in range(length))


def _write(
    picture: UInt8Array, text: str, box: tuple[int, int, int, int], ink: Colour, random: np.random.Generator
) -> None:
    x, y, width, height = box
    font, thickness = int(random.choice(_FONTS)), int(random.integers(5, 12))
    (text_width, text_height), _ = cv2.getTextSize(text, font, 3.0, thickness)
    scale = 3.0 * min(0.75 * height / text_height, width / text_width)
    (text_width, text_height), _ = cv2.getTextSize(text, font, scale, thickness)
    corner = (x + max((width - text_width) // 2, 0), y + (height + text_height) // 2)
    cv2.putText(picture, text, corner, font, scale, ink, thickness, cv2.LINE_AA)
