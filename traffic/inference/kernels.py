"""The project's CUDA kernels, called through their C interface (cuda_kernels/include/traffic_kernels.h)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path

from traffic.errors import ModelError
from traffic.inference.kernel_records import (
    ACROSS_CLASSES,
    BGR,
    FLOAT32,
    CBox,
    CFrame,
    CNmsSettings,
    CPicture,
    CQuad,
    PictureOnDevice,
    ResizedBox,
    SeenQuad,
    Suppression,
    c_picture,
    c_quad,
)


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
        given = (CPicture * len(pictures))(*(c_picture(each) for each in pictures))
        self._call(
            "traffic_letterbox", given, len(pictures), BGR, ctypes.c_void_p(out), width, height, FLOAT32,
            ctypes.c_void_p(stream),
        )  # fmt: skip
        return tuple(min(height / each.height, width / each.width) for each in pictures)

    def crop_boxes(
        self, picture: PictureOnDevice, boxes: Sequence[ResizedBox], out: int, size: tuple[int, int], stream: int
    ) -> None:
        """Resize boxes of a picture into the top left of their places in `out` (n, 3, h, w) float32, the rest 114.

        Args:
            picture: the frame.
            boxes: 64 at most.
            out: address on the device.
            size: (width, height) of the network's input.
            stream: its handle.
        """
        given = (CBox * len(boxes))(*(CBox(*each.box, *each.size, each.sampling) for each in boxes))
        self._crop("traffic_crop_boxes", picture, given, out, size, stream)

    def crop_perspective(
        self, picture: PictureOnDevice, quads: Sequence[SeenQuad], out: int, size: tuple[int, int], stream: int
    ) -> None:
        """See quadrilaterals of a picture straight, each in its place in `out` (n, 3, h, w) float32.

        Args:
            picture: the frame; beyond its border it repeats.
            quads: 64 at most.
            out, size, stream: as for crop_boxes.
        """
        given = (CQuad * len(quads))(*(c_quad(each) for each in quads))
        self._crop("traffic_crop_perspective", picture, given, out, size, stream)

    def _crop(
        self,
        function: str,
        picture: PictureOnDevice,
        given: ctypes.Array[CBox] | ctypes.Array[CQuad],
        out: int,
        size: tuple[int, int],
        stream: int,
    ) -> None:
        self._call(
            function, ctypes.byref(c_picture(picture)), BGR, given, len(given), ctypes.c_void_p(out), *size, FLOAT32,
            ctypes.c_void_p(stream),
        )  # fmt: skip

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
        given = (CFrame * len(frames))(*(CFrame(*each) for each in frames))
        settings = CNmsSettings(
            suppression.minimum_score, suppression.maximum_iou, ACROSS_CLASSES, suppression.maximum_boxes
        )
        scratch, detections, counts = (ctypes.c_void_p(address) for address in results)
        self._call(
            "traffic_decode_nms", ctypes.c_void_p(output), FLOAT32, len(frames), classes, *size, given,
            ctypes.byref(settings), scratch, detections, counts, ctypes.c_void_p(stream),
        )  # fmt: skip

    def _call(self, function: str, *arguments: object) -> None:
        if getattr(self._library, function)(*arguments):
            told = self._library.traffic_last_error().decode(errors="replace")
            raise ModelError(f"{function}: {told}", remedy="see that the kernels were built for this GPU: " + _BUILD)


_BUILD = "build them on this machine: see cuda_kernels/README.md"
