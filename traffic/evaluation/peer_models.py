"""Other people's plate models, as their own packages run them: measured beside ours, and teachers of what nobody
labelled; none is shipped. ONNX Runtime runs them.

- open-image-models' YOLO-v9-t finds plates, fast-plate-ocr's cct_xs reads them (both MIT).
- A Russian LPRNet with a spatial transformer reads Russian plates (MIT).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ConfigError, ModelError
from traffic.evaluation.plate_systems import TextRead, whole_probability

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PLATE_MODELS = "plate_models"
"""Below the data folder; it has the files."""
YOLO_FILE = "fast_plate_ocr/yolo-v9-t-416-license-plates-end2end.onnx"
CCT_V1_FILE = "fast_plate_ocr/cct_xs_v1_global.onnx"
CCT_V2_FILE = "fast_plate_ocr/cct_xs_v2_global.onnx"
LPRNET_FILE = "ru_lprnet_stn_EgShes/ru_lprnet_stn_b1.onnx"
YOLO_SIDE, YOLO_PAD = 416, 114
YOLO_SCORE = 0.4
"""Where the detector's own authors set it."""
CCT_SIZE, CCT_ALPHABET = (128, 64), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
LPRNET_SIZE, LPRNET_ALPHABET = (94, 24), "0123456789ABEKMHOPCTYX-"
"""The last symbol of each is nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateBoxes:
    """Plates in one picture: xyxy (n, 4) float32 pixels, scores (n,) float32, best first."""

    xyxy: Float32Array
    scores: Float32Array


class YoloPlates:
    """open-image-models' detector: RGB 0..1, letterboxed to the middle, non-maximum suppression inside."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def find(self, image: UInt8Array) -> PlateBoxes:
        """The plates of a picture (h, w, 3) BGR, of every score."""
        height, width = image.shape[:2]
        scale = min(YOLO_SIDE / width, YOLO_SIDE / height)
        size = round(width * scale), round(height * scale)
        left, top = (YOLO_SIDE - size[0]) // 2, (YOLO_SIDE - size[1]) // 2
        canvas: UInt8Array = np.full((YOLO_SIDE, YOLO_SIDE, 3), YOLO_PAD, np.uint8)
        canvas[top : top + size[1], left : left + size[0]] = cv2.resize(image, size)
        rows = _run(self._session, _planes(canvas) / np.float32(255))  # picture, x1, y1, x2, y2, class, score
        rows = rows[np.argsort(-rows[:, 6], kind="stable")]
        xyxy = (rows[:, 1:5] - np.array([left, top, left, top], np.float32)) / np.float32(scale)
        return PlateBoxes(xyxy, rows[:, 6])


class CctReader:
    """fast-plate-ocr's reader: RGB, stretched to 128 x 64; a softmax for each slot."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def read(self, plates: Sequence[UInt8Array]) -> list[TextRead]:
        """The text of each plate (h, w, 3) BGR that somebody cut out."""
        if not plates:
            return []
        pictures = np.stack([_stretched(plate, CCT_SIZE)[:, :, ::-1] for plate in plates])
        slots = _run(self._session, pictures).reshape(len(plates), -1, len(CCT_ALPHABET))
        return [decode_slots(each) for each in slots]


class LprnetReader:
    """The LPRNet: RGB -1..1, stretched to 94 x 24; connectionist temporal classification over 18 columns."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def read(self, plates: Sequence[UInt8Array]) -> list[TextRead]:
        """The text of each plate (h, w, 3) BGR that somebody cut out."""
        return [self._read(_stretched(plate, LPRNET_SIZE)) for plate in plates]

    def _read(self, plate: UInt8Array) -> TextRead:
        return decode_columns(_run(self._session, (_planes(plate) - np.float32(127.5)) / np.float32(128))[0])


def open_session(model: Path, threads: int = 0) -> InferenceSession:
    """A peer's model on the CPU.

    Args:
        model: its ONNX file.
        threads: 0 as many as there are cores.

    Raises:
        ConfigError: there is no such file.
        ModelError: ONNX Runtime is not installed.
    """
    if not model.is_file():
        raise ConfigError(
            f"expected a peer's model at {model}, there is no such file",
            remedy="name the folder that has it: --peers FOLDER, or the folder above in TRAFFIC_DATA",
        )
    try:
        from onnxruntime import InferenceSession, SessionOptions
    except ImportError as error:
        raise ModelError(
            "the peers need ONNX Runtime, it is not installed", remedy="pip install 'traffic[evaluation]'"
        ) from error
    options = SessionOptions()
    options.intra_op_num_threads = threads
    return InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


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


def _run(session: InferenceSession, images: UInt8Array | Float32Array) -> Float32Array:
    return np.asarray(session.run(None, {session.get_inputs()[0].name: images})[0], np.float32)


def _stretched(plate: UInt8Array, size: tuple[int, int]) -> UInt8Array:
    return np.asarray(cv2.resize(plate, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _planes(image: UInt8Array) -> Float32Array:
    """(1, 3, h, w) RGB 0..255 of a BGR picture (h, w, 3)."""
    return np.ascontiguousarray(image[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32)
