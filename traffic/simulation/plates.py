"""Russian private number plates of drawn vehicles: the text, the picture at one pixel a millimetre, and its place."""

from __future__ import annotations

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.mesh import Floats
from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import RUSSIAN
from traffic.simulation.plate_drawing.russia import LETTERS, private_plate

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


def random_plate(rng: np.random.Generator) -> str:
    """A plate's text without spaces, like `A123BC77`."""
    letters = rng.choice(list(LETTERS), 3)
    return f"{letters[0]}{rng.integers(1, 1000):03d}{letters[1]}{letters[2]}{rng.choice(REGIONS)}"


def plate_picture(text: str) -> UInt8Array:
    """The plate that reads `text`, (112, 520, 3) BGR."""
    return draw_plate(private_plate(text), RUSSIAN).picture


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
