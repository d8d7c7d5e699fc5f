"""A list of vehicles that are red or blue areas of one picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

BLUE, RED = (250, 0, 0), (0, 0, 250)
LINES = (
    "road.png,0,0,50,50,bus,red",  # red
    "road.png,50,0,100,50,car,blue",  # blue
    "road.png,0,50,50,100,car,",  # red: the type is wrong, the colour unknown
    "wall.png,0,0,50,50,,red",  # blue: the colour is wrong, the type unknown
)


def write_vehicles(folder: Path, *more: str) -> Path:
    """The list beside its pictures."""
    road = np.zeros((100, 100, 3), np.uint8)
    road[:, :50], road[:, 50:] = RED, BLUE
    cv2.imwrite(str(folder / "road.png"), road)
    cv2.imwrite(str(folder / "wall.png"), np.full((50, 50, 3), BLUE, np.uint8))
    path = folder / "vehicles.csv"
    path.write_text("\n".join(["image,x1,y1,x2,y2,type,colour", *LINES, *more]))
    return path
