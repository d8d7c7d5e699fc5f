"""The picture of a passage that broke no rule by itself: kept where another camera may show later that it did.

The whole frame with the vehicle marked, and below it a bar with what was seen, the vehicle and its plate enlarged from
the frame's own pixels, so that both can be read when two such pictures are put side by side. All lengths of the bar
are given for a picture 1280 pixels wide and grow with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import cv2
import numpy as np

from traffic.datatypes import Case, EvidenceFile, Passage, Plate, UInt8Array
from traffic.errors import EvidenceError
from traffic.evidence.files import safe_name, write_durably
from traffic.evidence.settings import EvidenceSettings
from traffic.evidence.writer import NoRedactor, Redactor
from traffic.plates.display import display_text

SMALLEST_WIDTH = 960
"""A smaller frame is enlarged by a whole number, so that the bar can be read."""
DESIGN_WIDTH = 1280
BAR, PAD, LINE, TEXT_SIZE = 200, 20, 29, 20
VEHICLE_WIDTH, PLATE_WIDTH = 260, 260
CROP_MARGIN = 0.12
"""Road shown around a crop, as a share of its box."""
GROUND, TEXT, ACCENT = (26, 22, 20), (245, 244, 242), (40, 176, 255)

Box = tuple[float, float, float, float]


class PassagePictureWriter:
    """Keeps the pictures of passages in the evidence folder, as `camera/YYYY-MM-DD/passages/passage.jpg`.

    Args:
        settings: where, and how.
        redactor: sees every case before anything is drawn.
    """

    def __init__(self, settings: EvidenceSettings, redactor: Redactor | None = None) -> None:
        self._settings = settings
        self._redactor = redactor or NoRedactor()

    def write(self, case: Case) -> EvidenceFile:
        """Draw and write the picture of a passage; on return it is durable.

        The same case gives the same path and, with the same OpenCV, the same bytes; writing it again changes nothing.

        Raises:
            EvidenceError: it could not be written.
        """
        passage = case.passage
        day = f"{safe_name(passage.camera_id)}/{passage.started_at:%Y-%m-%d}"
        path = f"{day}/passages/{safe_name(passage.passage_id)}.jpg"
        return write_jpeg(self._settings, path, draw_passage(self._redactor.redact(case)))


def write_jpeg(settings: EvidenceSettings, path: str, image: UInt8Array) -> EvidenceFile:
    """Write a picture (h, w, 3) BGR to `path` below the evidence folder; on return it is durable.

    Raises:
        EvidenceError: it could not be written.
    """
    encoded, buffer = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, settings.jpeg_quality])
    if not encoded:
        raise EvidenceError(f"{path}: expected a JPEG, got none from OpenCV")
    data = bytes(buffer)
    write_durably(settings.folder, path, data)
    return EvidenceFile(path, hashlib.sha256(data).hexdigest(), len(data))


def draw_passage(case: Case) -> UInt8Array:
    """The picture of a passage, BGR (h, w, 3); the same case always gives the same pixels."""
    frame = case.shot.frame.image
    factor = max(1, -(-SMALLEST_WIDTH // frame.shape[1]))
    height, width = frame.shape[0] * factor, frame.shape[1] * factor
    unit = width / DESIGN_WIDTH
    canvas = np.full((height + round(BAR * unit), width, 3), GROUND, np.uint8)
    canvas[:height] = cv2.resize(frame, (width, height), interpolation=cv2.INTER_CUBIC) if factor > 1 else frame
    _mark(canvas[:height], [round(value * factor) for value in case.shot.xyxy], unit)
    right = width - round(PAD * unit)
    for crop, room in _insets(case):
        right = _inset(canvas, height, right, crop, round(room * unit)) - round(PAD * unit)
    write_lines(canvas, _words(case.passage, case.shot.frame.captured_at), (round(PAD * unit), height), right, unit)
    return canvas


def write_lines(canvas: UInt8Array, lines: Sequence[str], corner: tuple[int, int], right: int, unit: float) -> None:
    """Lines of text below each other from an upper left corner; one that would reach beyond `right` is cut."""
    face = cv2.FontFace("sans")
    x, top = corner
    pixels = round(TEXT_SIZE * unit)
    for number, line in enumerate(lines, start=1):
        text = line
        while len(text) > 1 and cv2.getTextSize((0, 0), text, (0, 0), face, pixels, 400)[2] > right - x:
            text = text[:-1]
        cv2.putText(canvas, text, (x, top + round((number * LINE + PAD / 3) * unit)), TEXT, face, pixels, 400)


def moment_text(moment: datetime) -> str:
    """UTC to the millisecond."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC"


def _words(passage: Passage, captured_at: datetime) -> tuple[str, ...]:
    plate = passage.plate
    colour = f"{passage.colour} " if passage.colour else ""
    return (
        f"Camera {passage.camera_id}",
        f"Picture {moment_text(captured_at)}",
        f"Seen {moment_text(passage.started_at)} to {passage.ended_at:%H:%M:%S}",
        f"Vehicle {colour}{passage.vehicle_type.replace('_', ' ')}",
        f"Plate {_plate_text(plate)}" if plate else "Plate not kept",
        f"Passage {passage.passage_id}",
    )


def _plate_text(plate: Plate) -> str:
    return f"{display_text(plate.text, plate.country, plate.format)} ({plate.probability:.0%})"


def _insets(case: Case) -> list[tuple[UInt8Array, int]]:
    """The vehicle, and its plate where this very frame was read; each with the width that it may take."""
    frame, plate = case.shot.frame, case.passage.plate
    insets = [(_crop(frame.image, case.shot.xyxy), VEHICLE_WIDTH)]
    if plate is not None and plate.best.pts_ns == frame.pts_ns:
        insets.append((_crop(frame.image, plate.best.xyxy), PLATE_WIDTH))
    return insets


def _mark(image: UInt8Array, box: Sequence[int], unit: float) -> None:
    thickness = max(1, round(2 * unit))
    x1, y1, x2, y2 = box
    cv2.rectangle(image, (x1 - thickness, y1 - thickness), (x2 + thickness, y2 + thickness), ACCENT, thickness)


def _crop(image: UInt8Array, box: Box) -> UInt8Array:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) * CROP_MARGIN, (y2 - y1) * CROP_MARGIN
    left, upper = min(max(int(x1 - dx), 0), width - 1), min(max(int(y1 - dy), 0), height - 1)
    right, lower = max(min(round(x2 + dx), width), left + 1), max(min(round(y2 + dy), height), upper + 1)
    return image[upper:lower, left:right]


def _inset(canvas: UInt8Array, top: int, right: int, crop: UInt8Array, room: int) -> int:
    """Fit a crop into the bar below `top`, at its right end; where its left edge came to lie."""
    space = canvas.shape[0] - top
    pad = space // 12
    scale = min(room / crop.shape[1], (space - 2 * pad) / crop.shape[0])
    width, height = max(1, int(crop.shape[1] * scale)), max(1, int(crop.shape[0] * scale))
    method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    upper = top + (space - height) // 2
    canvas[upper : upper + height, right - width : right] = cv2.resize(crop, (width, height), interpolation=method)
    return right - width
