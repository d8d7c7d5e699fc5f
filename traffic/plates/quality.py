"""How well a plate can be seen, before anything reads it: a figure for size, sharpness, angle and exposure each.

About 50 microseconds a plate, most of them for sharpness and exposure, on one core of an AMD EPYC.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.plates.rectify import upright_size

HEIGHT_PX = (6.0, 24.0)
"""A plate this low is illegible; from the second height on, more pixels make it no better."""
SHARPNESS_ALONG, SHARPNESS_DOWN = (0.12, 0.42), (0.08, 0.24)
"""The same, of the sharpness of the characters' upright strokes and of their level ones, see `steepness`."""
ANGLE_DEG = (60.0, 15.0)
"""The same, of the corner that is furthest from a right angle."""
CONTRAST = (10.0, 60.0)
"""The same, of the difference between light and dark, in grey levels."""
CLIPPED = (0.97, 0.6)
"""The same, of the share of pixels that are as dark or as bright as a camera can tell."""
INNER = (0.1, 0.2)
"""This share of a picture's width and height is left out at either end: the plate's rim is no character."""
_DARKEST, _BRIGHTEST = 6, 249
_DARK_SHARE, _LIGHT_SHARE = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class PlateQuality:
    """How well a plate can be seen; each figure is 0 where that alone makes it illegible, and 1 where nothing is amiss.

    Attributes:
        size: by its height in the frame's pixels.
        sharpness: by how steep the edges of its characters are, those of motion along either axis included.
        angle: by how far its corners are from right angles.
        exposure: by its contrast, and the share of its pixels that are clipped.
    """

    size: float
    sharpness: float
    angle: float
    exposure: float

    @property
    def score(self) -> float:
        """All of them together: their product's square root, 0..1."""
        return float(np.sqrt(np.prod(astuple(self))))

    @property
    def worst(self) -> str:
        """The name of the figure that speaks most against it."""
        figures = {"size": self.size, "sharpness": self.sharpness, "angle": self.angle, "exposure": self.exposure}
        return min(figures, key=figures.__getitem__)


def plate_quality(picture: UInt8Array, corners: Float32Array) -> PlateQuality:
    """How well a plate can be seen.

    Args:
        picture: the plate seen from the front, (h, w, 3) BGR, see rectify.
        corners: (4, 2), where it was in the frame, in pixels.
    """
    grey = _characters(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
    along, down = steepness(grey)
    return PlateQuality(
        size=_within(upright_size(corners)[1], HEIGHT_PX),
        sharpness=min(_within(along, SHARPNESS_ALONG), _within(down, SHARPNESS_DOWN)),
        angle=_within(largest_tilt_deg(corners), ANGLE_DEG),
        exposure=_exposure(grey),
    )


def steepness(grey: UInt8Array) -> tuple[float, float]:
    """How steep the edges of a picture (h, w) are, along its rows and down its columns, whatever its contrast.

    The root of the mean squared gradient (Tenengrad: Krotkov, "Focusing", IJCV 1987) over the standard deviation of
    the grey levels, as focus measures are normalised in Pertuz, Puig and Garcia, "Analysis of focus measure operators
    for shape-from-focus", Pattern Recognition 2013.
    """
    deviation = float(cv2.meanStdDev(grey)[1][0, 0])
    if not deviation:
        return 0.0, 0.0
    along = cv2.norm(grey[:, 1:], grey[:, :-1], cv2.NORM_L2) / np.sqrt(grey[:, 1:].size)
    down = cv2.norm(grey[1:], grey[:-1], cv2.NORM_L2) / np.sqrt(grey[1:].size)
    return float(along) / deviation, float(down) / deviation


def largest_tilt_deg(corners: Float32Array) -> float:
    """By how many degrees the worst of four corners (4, 2) differs from a right angle."""
    edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.maximum(np.linalg.norm(edges, axis=1), 1e-6)
    cosines = (edges * np.roll(edges, -1, axis=0)).sum(axis=1) / (lengths * np.roll(lengths, -1))
    return float(np.degrees(np.arcsin(np.clip(np.abs(cosines), 0, 1))).max())


def _characters(grey: UInt8Array) -> UInt8Array:
    (height, width), (aside, above) = grey.shape, INNER
    left, top = int(aside * width), int(above * height)
    return np.ascontiguousarray(grey[top : height - top, left : width - left])


def _exposure(grey: UInt8Array) -> float:
    """By contrast (the spread between the 5th and the 95th percentile) and by what is clipped."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    shares = np.cumsum(counts) / grey.size
    dark, light = np.searchsorted(shares, (_DARK_SHARE, _LIGHT_SHARE)).tolist()
    clipped = float(shares[_DARKEST - 1] + 1 - shares[_BRIGHTEST - 1])
    return _within(light - dark, CONTRAST) * _within(clipped, CLIPPED)


def _within(value: float, bounds: tuple[float, float]) -> float:
    """0 at the first bound and before it, 1 at the second one and beyond, a straight line between them."""
    hopeless, fine = bounds
    return min(max((value - hopeless) / (fine - hopeless), 0.0), 1.0)
