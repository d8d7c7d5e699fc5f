"""Russian private number plates, type 1 of GOST R 50577: the text, and a picture of 520 x 112 mm at one pixel a
millimetre.
"""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.mesh import Floats

LETTERS = "ABEKMHOPCTYX"
REGIONS = (
    "77",
    "78",
    "50",
    "99",
    "177",
    "197",
    "777",
    "799",
    "47",
    "98",
    "178",
    "16",
    "23",
    "52",
    "54",
    "66",
    "74",
    "750",
)
WIDTH_PX, HEIGHT_PX = 520, 112
_MAIN_CELLS = (62.0, 118.0, 168.0, 218.0, 274.0, 330.0)
_INK = (24, 22, 20)


def random_plate(rng: np.random.Generator) -> str:
    """A plate's text without spaces, like `A123BC77`."""
    letters = rng.choice(list(LETTERS), 3)
    return f"{letters[0]}{rng.integers(1, 1000):03d}{letters[1]}{letters[2]}{rng.choice(REGIONS)}"


def plate_picture(text: str) -> UInt8Array:
    """The plate that reads `text`, (112, 520, 3) BGR."""
    picture: UInt8Array = np.full((HEIGHT_PX, WIDTH_PX, 3), 240, np.uint8)
    cv2.rectangle(picture, (4, 4), (WIDTH_PX - 5, HEIGHT_PX - 5), _INK, 4)
    cv2.line(picture, (386, 4), (386, HEIGHT_PX - 5), _INK, 4)
    for character, centre_x in zip(text[:6], _MAIN_CELLS, strict=True):
        height = 76.0 if character.isdigit() else 60.0
        _draw(picture, character, (centre_x, 94.0 - height / 2), (44.0, height), 9)
    region = text[6:]
    for place, character in enumerate(region):
        centre_x = 450.0 + (place - (len(region) - 1) / 2) * 36.0
        _draw(picture, character, (centre_x, 39.0), (29.0, 52.0), 7)
    _draw_country(picture)
    return picture


def _draw(
    picture: UInt8Array, character: str, centre: tuple[float, float], size: tuple[float, float], stroke: int
) -> None:
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 4.0
    (width, height), _ = cv2.getTextSize(character, font, scale, 1)
    glyph = np.full((height + 60, width + 60, 3), 240, np.uint8)
    thickness = max(round(stroke * height / size[1]), 1)
    cv2.putText(glyph, character, (30, height + 30), font, scale, _INK, thickness, cv2.LINE_AA)
    rows, columns = np.nonzero(glyph[:, :, 0] < 200)
    tight = glyph[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    target_width = size[0] if character != "1" else size[0] * 0.5
    fitted = cv2.resize(tight, (round(target_width), round(size[1])), interpolation=cv2.INTER_AREA)
    top, left = round(centre[1] - fitted.shape[0] / 2), round(centre[0] - fitted.shape[1] / 2)
    picture[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted


def _draw_country(picture: UInt8Array) -> None:
    cv2.putText(picture, "RUS", (396, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.85, _INK, 2, cv2.LINE_AA)
    for row, colour in enumerate(((255, 255, 255), (160, 60, 20), (40, 30, 200))):
        cv2.rectangle(picture, (462, 80 + row * 8), (498, 87 + row * 8), colour, -1)
    cv2.rectangle(picture, (461, 79), (499, 104), (120, 120, 120), 1)


def paste_plate(canvas: UInt8Array, picture: UInt8Array, corners: Floats, light: float) -> None:
    """Warp a plate's picture onto `canvas` (h, w, 4) in place, where its corners (4, 2) lie; `light` scales its
    brightness.
    """
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, [canvas.shape[1], canvas.shape[0]])
    width = int(np.linalg.norm(corners[1] - corners[0]))
    if width < 6 or np.any(high <= low):
        return
    columns = min(width, WIDTH_PX)
    rows = max(round(columns * HEIGHT_PX / WIDTH_PX), 2)
    small = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (corners - low).astype(np.float32))
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    lit = cv2.convertScaleAbs(small, alpha=light)
    warped = cv2.warpPerspective(cv2.cvtColor(lit, cv2.COLOR_BGR2BGRA), matrix, size, flags=cv2.INTER_LINEAR)
    region = canvas[low[1] : high[1], low[0] : high[0]]
    np.copyto(region, warped, where=warped[:, :, 3:] == 255)
