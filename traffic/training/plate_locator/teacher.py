"""The plate detector of open-image-models (MIT) as a teacher and as the peer to race: yolo-v9-t, 416 x 416."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError

TEACHER_FILE = Path("plate_models/fast_plate_ocr/yolo-v9-t-416-license-plates-end2end.onnx")
SIDE_PX = 416
_PAD = 114


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Plates in one picture: xyxy (n, 4) float32 pixels, scores (n,) float32, best first."""

    xyxy: Float32Array
    scores: Float32Array


class PlateTeacher:
    """Finds plates as boxes, with ONNX Runtime.

    Args:
        data: the data folder that holds TEACHER_FILE.
        threads: of the CPU.
    """

    def __init__(self, data: Path, threads: int = 1) -> None:
        import onnxruntime

        if not (data / TEACHER_FILE).exists():
            raise ModelError(f"expected the teacher at {data / TEACHER_FILE}", remedy="set TRAFFIC_DATA")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(data / TEACHER_FILE, options, providers=["CPUExecutionProvider"])

    def find(self, image: UInt8Array) -> Boxes:
        """The plates of a picture (h, w, 3), every score."""
        planes, scale, offset = _centred(image)
        rows = self._session.run(None, {"images": planes})[0]  # picture, x1, y1, x2, y2, class, score
        rows = rows[np.argsort(-rows[:, 6], kind="stable")]
        xyxy = (rows[:, 1:5] - np.tile(offset, 2)) / scale
        return Boxes(np.asarray(xyxy, np.float32), np.asarray(rows[:, 6], np.float32))


def _centred(image: UInt8Array) -> tuple[Float32Array, float, Float32Array]:
    """RGB planes 0..1 (1, 3, 416, 416) with the picture in the middle, its scale, and its corner (2,)."""
    height, width = image.shape[:2]
    scale = min(SIDE_PX / height, SIDE_PX / width)
    size = round(width * scale), round(height * scale)
    left, top = (SIDE_PX - size[0]) // 2, (SIDE_PX - size[1]) // 2
    canvas: UInt8Array = np.full((SIDE_PX, SIDE_PX, 3), _PAD, np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(image, size)
    planes = np.ascontiguousarray(canvas[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32) / np.float32(255)
    return planes, scale, np.array([left, top], np.float32)
