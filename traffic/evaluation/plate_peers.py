"""Other people's plate models, measured beside ours and never shipped; ONNX Runtime runs them.

- fast-plate-ocr's cct_xs_v2 with open-image-models' YOLO-v9-t detector (both MIT), as those packages run them.
- A Russian LPRNet with a spatial transformer (MIT), given the places that the same detector finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from traffic.datatypes import Float32Array, Frame, UInt8Array
from traffic.errors import ConfigError, ModelError
from traffic.evaluation.formats.rows import Box
from traffic.evaluation.plate_systems import (
    PlateSystem,
    TextRead,
    TextReader,
    each_once,
    place_of_box,
    whole_probability,
)
from traffic.inference.model_card import sha256_of
from traffic.plates.locator import PlateCorners

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DETECTOR_FILE = "fast_plate_ocr/yolo-v9-t-416-license-plates-end2end.onnx"
CCT_FILE = "fast_plate_ocr/cct_xs_v2_global.onnx"
LPRNET_FILE = "ru_lprnet_stn_EgShes/ru_lprnet_stn_b1.onnx"
DETECTOR_SIDE, DETECTOR_PAD, DETECTOR_SCORE = 416, 114, 0.4
CCT_SIZE, CCT_ALPHABET = (128, 64), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
LPRNET_SIZE, LPRNET_ALPHABET = (94, 24), "0123456789ABEKMHOPCTYX-"
"""The last symbol of each is nothing."""


class YoloPlateFinder:
    """open-image-models' detector: RGB 0..1, letterboxed to the middle, non-maximum suppression inside."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def find(self, frame: Frame) -> Sequence[PlateCorners]:
        """See PlateFinder."""
        height, width = frame.image.shape[:2]
        scale = min(DETECTOR_SIDE / width, DETECTOR_SIDE / height)
        size = round(width * scale), round(height * scale)
        left, top = round((DETECTOR_SIDE - size[0]) / 2 - 0.1), round((DETECTOR_SIDE - size[1]) / 2 - 0.1)
        canvas = np.full((DETECTOR_SIDE, DETECTOR_SIDE, 3), DETECTOR_PAD, np.uint8)
        canvas[top : top + size[1], left : left + size[0]] = cv2.resize(frame.image, size)
        rows = _run(self._session, _planes(canvas) / np.float32(255))
        strong = rows[rows[:, 6] >= DETECTOR_SCORE]
        boxes = (strong[:, 1:5] - [left, top, left, top]) / scale
        return each_once([_scored(box, float(score)) for box, score in zip(boxes, strong[:, 6], strict=True)])


class CctReader:
    """fast-plate-ocr's reader: the box stretched to 128 x 64, RGB; a softmax for each of ten slots."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def read(self, image: UInt8Array, places: Sequence[PlateCorners]) -> Sequence[TextRead]:
        """See TextReader."""
        if not places:
            return []
        crops = np.stack([_stretched(image, place.xyxy, CCT_SIZE)[:, :, ::-1] for place in places])
        return [decode_slots(slots) for slots in _run(self._session, crops)]


class LprnetReader:
    """The LPRNet: the box stretched to 94 x 24, RGB -1..1; connectionist temporal classification over 18 columns."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def read(self, image: UInt8Array, places: Sequence[PlateCorners]) -> Sequence[TextRead]:
        """See TextReader."""
        return [self._read(_stretched(image, place.xyxy, LPRNET_SIZE)) for place in places]

    def _read(self, crop: UInt8Array) -> TextRead:
        return decode_columns(_run(self._session, (_planes(crop) - np.float32(127.5)) / np.float32(128))[0])


def open_plate_peers(folder: Path) -> list[PlateSystem]:
    """The peers of a folder that has fast_plate_ocr/ and ru_lprnet_stn_EgShes/.

    Raises:
        ConfigError: the detector is not there, or none of the readers.
        ModelError: ONNX Runtime is not installed.
    """
    finder = YoloPlateFinder(_open(folder / DETECTOR_FILE))
    readers: dict[str, tuple[str, Callable[[InferenceSession], TextReader]]] = {
        "cct_xs_v2": (CCT_FILE, CctReader),
        "Russian LPRNet": (LPRNET_FILE, LprnetReader),
    }
    found = [
        PlateSystem(name, finder, kind(_open(folder / file)), _models(folder, DETECTOR_FILE, file))
        for name, (file, kind) in readers.items()
        if (folder / file).is_file()
    ]
    if not found:
        raise ConfigError(f"--peers: expected {CCT_FILE} or {LPRNET_FILE} in {folder}, found neither")
    return found


def decode_slots(slots: Float32Array) -> TextRead:
    """The text of slots (slots, symbols) of probabilities."""
    best = slots.argmax(axis=1)
    written = np.flatnonzero(best != len(CCT_ALPHABET) - 1)
    text = "".join(CCT_ALPHABET[best[slot]] for slot in written)
    return TextRead(text, whole_probability(text, slots[written, best[written]].tolist()))


def decode_columns(logits: Float32Array) -> TextRead:
    """The text of columns (symbols, columns) of logits, repeated symbols and blanks taken out."""
    shares = np.exp(logits - logits.max(axis=0))
    shares /= shares.sum(axis=0)
    best = shares.argmax(axis=0)
    blank = len(LPRNET_ALPHABET) - 1
    written = [i for i, symbol in enumerate(best) if symbol != blank and (i == 0 or best[i - 1] != symbol)]
    text = "".join(LPRNET_ALPHABET[best[column]] for column in written)
    return TextRead(text, whole_probability(text, [float(shares[best[column], column]) for column in written]))


def _models(folder: Path, *files: str) -> dict[str, str]:
    return {Path(file).name: sha256_of(folder / file) for file in files}


def _open(path: Path) -> InferenceSession:
    if not path.is_file():
        raise ConfigError(f"--peers: expected a peer's model at {path}, there is no such file")
    try:
        from onnxruntime import InferenceSession
    except ImportError as error:
        raise ModelError(
            "the peers need ONNX Runtime, it is not installed", remedy="pip install 'traffic[evaluation]'"
        ) from error
    return InferenceSession(str(path), providers=["CPUExecutionProvider"])


def _run(session: InferenceSession, images: UInt8Array | Float32Array) -> Float32Array:
    return np.asarray(session.run(None, {session.get_inputs()[0].name: images})[0], np.float32)


def _planes(image: UInt8Array) -> Float32Array:
    """(1, 3, h, w) RGB 0..255 of a BGR picture (h, w, 3)."""
    return np.ascontiguousarray(image[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32)


def _scored(box: Float32Array, score: float) -> PlateCorners:
    x1, y1, x2, y2 = (float(value) for value in box)
    return PlateCorners(place_of_box((x1, y1, x2, y2)).corners, score)


def _stretched(image: UInt8Array, xyxy: Box, size: tuple[int, int]) -> UInt8Array:
    height, width = image.shape[:2]
    x1, y1 = max(0, int(xyxy[0])), max(0, int(xyxy[1]))
    x2, y2 = min(width, max(x1 + 1, int(xyxy[2]))), min(height, max(y1 + 1, int(xyxy[3])))
    return np.asarray(cv2.resize(image[y1:y2, x1:x2], size, interpolation=cv2.INTER_LINEAR), np.uint8)
