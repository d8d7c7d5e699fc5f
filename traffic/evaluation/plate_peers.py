"""Other people's plate models as systems that are measured beside ours; see peer_models.

fast-plate-ocr reads what open-image-models' detector finds, as those packages go together; so does the LPRNet, which
has no detector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from traffic.datatypes import Frame, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.formats.rows import Box
from traffic.evaluation.peer_models import (
    CCT_V2_FILE,
    LPRNET_FILE,
    YOLO_FILE,
    YOLO_SCORE,
    CctReader,
    LprnetReader,
    YoloPlates,
    open_session,
)
from traffic.evaluation.plate_systems import PlateSystem, TextRead, each_once, place_of_box
from traffic.inference.model_card import sha256_of
from traffic.plates.locator import PlateCorners

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class CropReader(Protocol):
    """Reads plates that somebody cut out."""

    def read(self, plates: Sequence[UInt8Array]) -> list[TextRead]:
        """The text of each plate (h, w, 3) BGR."""
        ...


class YoloPlateFinder:
    """The detector's boxes as places."""

    def __init__(self, detector: YoloPlates) -> None:
        self._detector = detector

    def find(self, frame: Frame) -> Sequence[PlateCorners]:
        """See PlateFinder."""
        found = self._detector.find(frame.image)
        rows = zip(found.xyxy.tolist(), found.scores.tolist(), strict=True)
        return each_once([_place((x1, y1, x2, y2), score) for (x1, y1, x2, y2), score in rows if score >= YOLO_SCORE])


class BoxReader:
    """Reads the box around each place."""

    def __init__(self, reader: CropReader) -> None:
        self._reader = reader

    def read(self, image: UInt8Array, places: Sequence[PlateCorners]) -> Sequence[TextRead]:
        """See TextReader."""
        return self._reader.read([_cut(image, place.xyxy) for place in places])


def open_plate_peers(folder: Path) -> list[PlateSystem]:
    """The peers of a folder that has fast_plate_ocr/ and ru_lprnet_stn_EgShes/.

    Raises:
        ConfigError: the detector is not there, or none of the readers.
        ModelError: ONNX Runtime is not installed.
    """
    finder = YoloPlateFinder(YoloPlates(open_session(folder / YOLO_FILE)))
    readers: dict[str, tuple[str, Callable[[InferenceSession], CropReader]]] = {
        "cct_xs_v2": (CCT_V2_FILE, CctReader),
        "Russian LPRNet": (LPRNET_FILE, LprnetReader),
    }
    found = [
        PlateSystem(name, finder, BoxReader(kind(open_session(folder / file))), _models(folder, YOLO_FILE, file))
        for name, (file, kind) in readers.items()
        if (folder / file).is_file()
    ]
    if not found:
        raise ConfigError(f"--peers: expected {CCT_V2_FILE} or {LPRNET_FILE} in {folder}, found neither")
    return found


def _models(folder: Path, *files: str) -> dict[str, str]:
    return {Path(file).name: sha256_of(folder / file) for file in files}


def _place(xyxy: Box, score: float) -> PlateCorners:
    return PlateCorners(place_of_box(xyxy).corners, score)


def _cut(image: UInt8Array, xyxy: Box) -> UInt8Array:
    height, width = image.shape[:2]
    x1, y1 = max(0, int(xyxy[0])), max(0, int(xyxy[1]))
    x2, y2 = min(width, max(x1 + 1, int(xyxy[2]))), min(height, max(y1 + 1, int(xyxy[3])))
    return image[y1:y2, x1:x2]
