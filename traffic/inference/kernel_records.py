"""What the CUDA kernels take and give, as their C interface has it (cuda_kernels/include/traffic_kernels.h)."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from traffic.datatypes import Float64Array

MAXIMUM_PICTURES, MAXIMUM_CROPS = 16, 64
"""Of one call."""
LINEAR, AREA = 0, 1
"""How a box is resized."""
DETECTION = np.dtype([("xyxy", np.float32, 4), ("score", np.float32), ("class_column", np.int32)])
COUNTS = np.dtype([("boxes", np.int32), ("candidates", np.int32)])
FLOAT32, BGR, ACROSS_CLASSES = 0, 0, 0


class CPicture(ctypes.Structure):
    """TrafficPicture."""

    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("chroma", ctypes.c_void_p),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("pitch", ctypes.c_int),
    )


class CFrame(ctypes.Structure):
    """TrafficFrame."""

    _fields_ = (("scale", ctypes.c_float), ("width", ctypes.c_int), ("height", ctypes.c_int))


class CNmsSettings(ctypes.Structure):
    """TrafficNmsSettings."""

    _fields_ = (
        ("minimum_score", ctypes.c_float),
        ("maximum_iou", ctypes.c_float),
        ("suppression", ctypes.c_int),
        ("maximum_boxes", ctypes.c_int),
    )


class CBox(ctypes.Structure):
    """TrafficBox."""

    _fields_ = tuple((name, ctypes.c_int) for name in ("left", "top", "right", "bottom", "width", "height", "sampling"))


class CQuad(ctypes.Structure):
    """TrafficQuad."""

    _fields_ = (("out_to_picture", ctypes.c_float * 9), ("width", ctypes.c_int), ("height", ctypes.c_int))


@dataclass(frozen=True, slots=True)
class PictureOnDevice:
    """A BGR picture without gaps between its rows: where it lies on the device, and its size in pixels."""

    address: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ResizedBox:
    """(left, top, right, bottom) of a picture, (width, height) that it becomes, and LINEAR or AREA."""

    box: tuple[int, int, int, int]
    size: tuple[int, int]
    sampling: int


@dataclass(frozen=True, slots=True, eq=False)
class SeenQuad:
    """A part of a picture in perspective, averaged down to the crop.

    Attributes:
        out_to_picture: (3, 3), from the pixel indices of a picture of `size` to those of the picture.
        size: (width, height), at least the crop's.
    """

    out_to_picture: Float64Array
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which boxes stay: see DetectorSettings; `maximum_boxes` is the room for each picture's."""

    minimum_score: float
    maximum_iou: float
    maximum_boxes: int


def c_picture(picture: PictureOnDevice) -> CPicture:
    """For a launcher."""
    return CPicture(picture.address, None, picture.width, picture.height, 3 * picture.width)


def c_quad(quad: SeenQuad) -> CQuad:
    """For a launcher."""
    return CQuad((ctypes.c_float * 9)(*quad.out_to_picture.ravel().tolist()), *quad.size)
