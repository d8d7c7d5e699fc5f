"""The C interface of the kernels, called with NumPy arrays: on the emulator, or on a device with its own library."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Array = NDArray[np.generic]
TYPES = {np.dtype(np.float32): 0, np.dtype(np.float16): 1}
BGR, NV12_BT601, NV12_BT709 = 0, 1, 2
ACROSS_CLASSES, WITHIN_CLASS = 0, 1
LINEAR, AREA = 0, 1
GUARD = np.tile(np.arange(64, dtype=np.uint8) ^ 0x5A, 4)
DETECTION = np.dtype([("xyxy", np.float32, 4), ("score", np.float32), ("class_column", np.int32)])
COUNTS = np.dtype([("boxes", np.int32), ("candidates", np.int32)])


class KernelError(Exception):
    """A call that did not return 0."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class CPicture(ctypes.Structure):
    _fields_ = [
        ("pixels", ctypes.c_void_p),
        ("chroma", ctypes.c_void_p),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("pitch", ctypes.c_int),
    ]


class CBox(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("left", "top", "right", "bottom", "width", "height", "sampling")]


class CQuad(ctypes.Structure):
    _fields_ = [("out_to_picture", ctypes.c_float * 9), ("width", ctypes.c_int), ("height", ctypes.c_int)]


class CFrame(ctypes.Structure):
    _fields_ = [("scale", ctypes.c_float), ("width", ctypes.c_int), ("height", ctypes.c_int)]


class CNmsSettings(ctypes.Structure):
    _fields_ = [
        ("minimum_score", ctypes.c_float),
        ("maximum_iou", ctypes.c_float),
        ("suppression", ctypes.c_int),
        ("maximum_boxes", ctypes.c_int),
    ]


@dataclass(frozen=True, eq=False)
class Picture:
    """Rows as they lie in memory; `pitch` bytes each.

    Attributes:
        pixels: (height, pitch) uint8, BGR or luma.
        chroma: (height / 2, pitch) uint8 for NV12.
        size: width and height in pixels.
    """

    pixels: Bytes
    size: tuple[int, int]
    chroma: Bytes | None = None


@dataclass(frozen=True)
class Nms:
    """See TrafficNmsSettings."""

    minimum_score: float = 0.1
    maximum_iou: float = 0.65
    suppression: int = ACROSS_CLASSES
    maximum_boxes: int = 1024


@dataclass(frozen=True, eq=False)
class Found:
    """One picture's result: xyxy (n, 4) in its pixels, scores (n,), class columns (n,), and how many candidates."""

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    columns: NDArray[np.int32]
    candidates: int


class Memory:
    """Device memory with a guard behind every piece; freed, and the guards checked, when it is left."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._stack = ExitStack()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def put(self, array: Array, *, offset: int = 0) -> int:
        """The address of a copy, `offset` bytes behind an aligned one."""
        content = np.concatenate(
            [np.zeros(offset, np.uint8), np.ascontiguousarray(array).view(np.uint8).ravel(), GUARD]
        )
        pointer = ctypes.c_void_p()
        self._check(self._library.cudaMalloc(ctypes.byref(pointer), ctypes.c_size_t(content.nbytes)))
        self._stack.callback(lambda: self._library.cudaFree(pointer))
        self._copy(pointer.value, content.ctypes.data, content.nbytes, 1)
        address = pointer.value + offset
        self._stack.callback(self._check_guard, address + array.nbytes)
        return address

    def empty(self, shape: Sequence[int], dtype: np.dtype, *, offset: int = 0) -> int:
        """The address of an array full of garbage."""
        return self.put(np.full(int(np.prod(shape)) * dtype.itemsize, 0xA5, np.uint8), offset=offset)

    def get(self, address: int, shape: Sequence[int], dtype: np.dtype) -> Array:
        """A copy of what lies there."""
        array = np.empty(shape, dtype)
        self._copy(array.ctypes.data, address, array.nbytes, 2)
        return array

    def _copy(self, target: int, source: int, size: int, kind: int) -> None:
        call = self._library.cudaMemcpy
        self._check(call(ctypes.c_void_p(target), ctypes.c_void_p(source), ctypes.c_size_t(size), ctypes.c_int(kind)))

    def _check_guard(self, address: int) -> None:
        guard = self.get(address, (len(GUARD),), np.dtype(np.uint8))
        np.testing.assert_array_equal(guard, GUARD, "written behind the end of an array")

    def _check(self, status: int) -> None:
        if status != 0:
            raise KernelError(status, f"the CUDA runtime says {status}")


class Kernels:
    """The library's functions, with arrays in and arrays out."""

    def __init__(self, path: Path) -> None:
        self.library = ctypes.CDLL(str(path))
        self.library.traffic_last_error.restype = ctypes.c_char_p
        self.library.traffic_decode_nms_scratch.restype = ctypes.c_size_t
        self.emulated = hasattr(self.library, "cudaEmulatorSetSeed")

    def letterbox(
        self, pictures: Sequence[Picture], size: tuple[int, int], dtype: type = np.float32, pixel_format: int = BGR
    ) -> Array:
        """(n, 3, height, width) of pictures, for a network input of `size` (width, height)."""
        with Memory(self.library) as memory:
            shape = (len(pictures), 3, size[1], size[0])
            out = memory.empty(shape, np.dtype(dtype))
            table = (CPicture * max(len(pictures), 1))(*[_in_device(picture, memory) for picture in pictures])
            self._call("letterbox", table, len(pictures), pixel_format, _at(out), *size, TYPES[np.dtype(dtype)], None)
            return memory.get(out, shape, np.dtype(dtype))

    def crop_boxes(
        self,
        picture: Picture,
        boxes: Sequence[tuple[int, ...]],
        size: tuple[int, int],
        dtype: type = np.float32,
        pixel_format: int = BGR,
    ) -> Array:
        """(n, 3, height, width) of boxes (left, top, right, bottom) of one picture, stretched between its pixels.

        Or of (left, top, right, bottom, width, height, sampling), resized into the top left corner.
        """
        whole = (*size, LINEAR)
        table = (CBox * max(len(boxes), 1))(*[CBox(*box, *whole[len(box) - 4 :]) for box in boxes])
        return self._crops("crop_boxes", picture, pixel_format, table, len(boxes), size, dtype)

    def crop_perspective(
        self,
        picture: Picture,
        out_to_picture: NDArray[np.float32],
        size: tuple[int, int],
        dtype: type = np.float32,
        pixel_format: int = BGR,
        seen: Sequence[tuple[int, int]] | None = None,
    ) -> Array:
        """(n, 3, height, width) seen through matrices (n, 3, 3), in pictures of the sizes `seen`, or of `size`."""
        sizes = [size] * len(out_to_picture) if seen is None else seen
        numbers = np.asarray(out_to_picture, np.float32).reshape(-1, 9).tolist()
        quads = [CQuad((ctypes.c_float * 9)(*row), *each) for row, each in zip(numbers, sizes, strict=True)]
        table = (CQuad * max(len(quads), 1))(*quads)
        return self._crops("crop_perspective", picture, pixel_format, table, len(quads), size, dtype)

    def decode_nms(
        self,
        output: Array,
        size: tuple[int, int],
        frames: Sequence[tuple[float, int, int]],
        nms: Nms = Nms(),
    ) -> list[Found]:
        """Final boxes of each picture: `output` (n, anchors, 5 + c), `frames` of (scale, width, height)."""
        count, anchors, columns = output.shape
        with Memory(self.library) as memory:
            scratch = memory.empty((self.library.traffic_decode_nms_scratch(count, anchors),), np.dtype(np.uint8))
            detections = memory.empty((count, nms.maximum_boxes), DETECTION)
            counts = memory.empty((count,), COUNTS)
            self._call(
                "decode_nms",
                _at(memory.put(output)),
                TYPES[output.dtype],
                count,
                columns - 5,
                *size,
                (CFrame * max(count, 1))(*[CFrame(*frame) for frame in frames]),
                ctypes.byref(CNmsSettings(nms.minimum_score, nms.maximum_iou, nms.suppression, nms.maximum_boxes)),
                _at(scratch),
                _at(detections),
                _at(counts),
                None,
            )
            rows = memory.get(detections, (count, nms.maximum_boxes), DETECTION)
            numbers = memory.get(counts, (count,), COUNTS)
        return [_found(row, number) for row, number in zip(rows, numbers, strict=True)]

    def mish(self, x: Array, *, offset: int = 0) -> Array:
        """Of any shape; `offset` bytes from an aligned address."""
        with Memory(self.library) as memory:
            address = memory.empty(x.shape, x.dtype, offset=offset)
            source = memory.put(x, offset=offset)
            self._call("mish", _at(source), _at(address), ctypes.c_size_t(x.size), TYPES[x.dtype], None)
            return memory.get(address, x.shape, x.dtype)

    def bias_mish(self, x: Array, bias: Array, *, offset: int = 0) -> Array:
        """x (images, channels, pixels) in place, bias (channels,)."""
        with Memory(self.library) as memory:
            address = memory.put(x, offset=offset)
            self._call("bias_mish", _at(address), _at(memory.put(bias)), _at(address), *x.shape, TYPES[x.dtype], None)
            return memory.get(address, x.shape, x.dtype)

    def shuffle(self, seed: int) -> None:
        """Let the emulator run threads in another order; a device has its own."""
        if self.emulated:
            self.library.cudaEmulatorSetSeed(seed)

    def fail(self, skip: int, status: int) -> None:
        """Let the emulator's call after `skip` further ones tell this error."""
        self.library.cudaEmulatorFail(skip, status)

    def _crops(
        self,
        name: str,
        picture: Picture,
        pixel_format: int,
        table: object,
        count: int,
        size: tuple[int, int],
        dtype: type,
    ) -> Array:
        with Memory(self.library) as memory:
            shape = (count, 3, size[1], size[0])
            out = memory.empty(shape, np.dtype(dtype))
            source = ctypes.byref(_in_device(picture, memory))
            self._call(name, source, pixel_format, table, count, _at(out), *size, TYPES[np.dtype(dtype)], None)
            return memory.get(out, shape, np.dtype(dtype))

    def _call(self, name: str, *arguments: object) -> None:
        status = getattr(self.library, f"traffic_{name}")(*arguments)
        if status != 0:
            raise KernelError(status, self.library.traffic_last_error().decode())


def _at(address: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(address)


def _in_device(picture: Picture, memory: Memory) -> CPicture:
    chroma = None if picture.chroma is None else memory.put(picture.chroma)
    return CPicture(memory.put(picture.pixels), chroma, *picture.size, picture.pixels.shape[1])


def _found(rows: Array, numbers: Array) -> Found:
    kept = rows[: numbers["boxes"]]
    return Found(kept["xyxy"], kept["score"], kept["class_column"], int(numbers["candidates"]))
