"""The project's CUDA kernels, called through their C interface (cuda_kernels/include/traffic_kernels.h)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.errors import ModelError

MAXIMUM_PICTURES = 16
"""Of one call."""
DETECTION = np.dtype([("xyxy", np.float32, 4), ("score", np.float32), ("class_column", np.int32)])
COUNTS = np.dtype([("boxes", np.int32), ("candidates", np.int32)])
_FLOAT32, _BGR, _ACROSS_CLASSES = 0, 0, 0


class _Picture(ctypes.Structure):
    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("chroma", ctypes.c_void_p),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("pitch", ctypes.c_int),
    )


class _Frame(ctypes.Structure):
    _fields_ = (("scale", ctypes.c_float), ("width", ctypes.c_int), ("height", ctypes.c_int))


class _NmsSettings(ctypes.Structure):
    _fields_ = (
        ("minimum_score", ctypes.c_float),
        ("maximum_iou", ctypes.c_float),
        ("suppression", ctypes.c_int),
        ("maximum_boxes", ctypes.c_int),
    )


@dataclass(frozen=True, slots=True)
class PictureOnDevice:
    """A BGR picture without gaps between its rows: where it lies on the device, and its size in pixels."""

    address: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which boxes stay: see DetectorSettings; `maximum_boxes` is the room for each picture's."""

    minimum_score: float
    maximum_iou: float
    maximum_boxes: int


class DeviceKernels:
    """Every call puts its work into a stream and returns at once.

    Args:
        library: libtraffic_kernels.so, built for this machine.

    Raises:
        ModelError: it is not there, or is another library.
    """

    def __init__(self, library: Path) -> None:
        try:
            self._library = ctypes.CDLL(str(library))
            self._library.traffic_last_error.restype = ctypes.c_char_p
            self._library.traffic_decode_nms_scratch.restype = ctypes.c_size_t
        except (OSError, AttributeError) as error:
            raise ModelError(f"expected the CUDA kernels at {library}, but: {error}", remedy=_BUILD) from error

    def letterbox(
        self, pictures: Sequence[PictureOnDevice], out: int, size: tuple[int, int], stream: int
    ) -> tuple[float, ...]:
        """Resize each picture into its place in `out` (n, 3, h, w) float32, the rest 114.

        Args:
            pictures: 16 at most.
            out: address on the device.
            size: (width, height) of the network's input.
            stream: its handle.

        Returns:
            The scale of each: network pixels = scale * picture pixels.
        """
        width, height = size
        given = (_Picture * len(pictures))(
            *(_Picture(each.address, None, each.width, each.height, 3 * each.width) for each in pictures)
        )
        self._call(
            "traffic_letterbox", given, len(pictures), _BGR, ctypes.c_void_p(out), width, height, _FLOAT32,
            ctypes.c_void_p(stream),
        )  # fmt: skip
        return tuple(min(height / each.height, width / each.width) for each in pictures)

    def decode_scratch_bytes(self, count: int, anchors: int) -> int:
        """Device memory that decode_nms needs."""
        return int(self._library.traffic_decode_nms_scratch(count, anchors))

    def decode_nms(
        self,
        output: int,
        classes: int,
        size: tuple[int, int],
        frames: Sequence[tuple[float, int, int]],
        suppression: Suppression,
        results: tuple[int, int, int],
        stream: int,
    ) -> None:
        """From the network's output to boxes in the pictures' pixels, best first.

        Args:
            output: address of (n, anchors, 5 + classes) float32 on the device.
            classes: how many.
            size: (width, height) of the network's input.
            frames: of each picture its scale, width and height.
            suppression: which boxes stay.
            results: addresses of scratch memory, of (n, maximum_boxes) DETECTION and of (n,) COUNTS on the device.
            stream: its handle.
        """
        given = (_Frame * len(frames))(*(_Frame(*each) for each in frames))
        settings = _NmsSettings(
            suppression.minimum_score, suppression.maximum_iou, _ACROSS_CLASSES, suppression.maximum_boxes
        )
        scratch, detections, counts = (ctypes.c_void_p(address) for address in results)
        self._call(
            "traffic_decode_nms", ctypes.c_void_p(output), _FLOAT32, len(frames), classes, *size, given,
            ctypes.byref(settings), scratch, detections, counts, ctypes.c_void_p(stream),
        )  # fmt: skip

    def _call(self, function: str, *arguments: object) -> None:
        if getattr(self._library, function)(*arguments):
            told = self._library.traffic_last_error().decode(errors="replace")
            raise ModelError(f"{function}: {told}", remedy="see that the kernels were built for this GPU: " + _BUILD)


_BUILD = "build them on this machine: see cuda_kernels/README.md"
