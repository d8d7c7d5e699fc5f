"""The evidence of a section: the pictures of the two passages side by side over one bar with the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np

from traffic.datatypes import EvidenceFile, Plate, UInt8Array, Violation
from traffic.errors import EvidenceError
from traffic.evidence.check import verify_file
from traffic.evidence.files import safe_name
from traffic.evidence.passage_picture import (
    ACCENT,
    DESIGN_WIDTH,
    GROUND,
    LINE,
    PAD,
    moment_text,
    write_jpeg,
    write_lines,
)
from traffic.evidence.settings import EvidenceSettings
from traffic.evidence.words import DISCLAIMER
from traffic.plates.display import display_text

KMH_PER_MPS = 3.6


@dataclass(frozen=True, slots=True, eq=False)
class PairSeen:
    """One of the two passages, as the picture tells it.

    Attributes:
        camera_id: where.
        at: UTC, when the vehicle was at the section's end.
        image: the passage's picture (h, w, 3), BGR.
    """

    camera_id: str
    at: datetime
    image: UInt8Array


class PairPictureWriter:
    """Puts two passages' pictures together, and keeps the result in the evidence folder."""

    def __init__(self, settings: EvidenceSettings) -> None:
        self._settings = settings

    def read(self, file: EvidenceFile) -> UInt8Array:
        """The picture of a passage (h, w, 3), BGR, as it was written.

        Raises:
            EvidenceError: it is missing, altered or no picture.
        """
        verify_file(self._settings.folder, file)
        path = self._settings.folder / file.path
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise EvidenceError(f"{path}: expected the JPEG of a passage, got no picture", remedy="restore the file")
        return np.asarray(image, np.uint8)

    def write(self, violation: Violation, plate: Plate | None, entry: PairSeen, exit_: PairSeen) -> EvidenceFile:
        """Draw and write the evidence of a section's violation; on return it is durable.

        The same arguments give the same path and, with the same OpenCV, the same bytes.

        Args:
            violation: with the facts average_speed, standard_error, limit, tolerance, distance and duration.
            plate: None where it may not be kept.
            entry, exit_: the two passages.

        Raises:
            EvidenceError: it could not be written.
        """
        image = draw_pair((entry.image, exit_.image), _words(violation, plate, entry, exit_))
        folder = f"{safe_name(violation.camera_id)}/{violation.occurred_at:%Y-%m-%d}"
        return write_jpeg(self._settings, f"{folder}/{safe_name(violation.violation_id)}.jpg", image)


def draw_pair(pictures: tuple[UInt8Array, UInt8Array], lines: tuple[str, ...]) -> UInt8Array:
    """Two pictures side by side, as high as the higher one, over a bar with lines of text; BGR (h, w, 3)."""
    height = max(picture.shape[0] for picture in pictures)
    scaled = [_as_high(picture, height) for picture in pictures]
    width = sum(picture.shape[1] for picture in scaled)
    unit = width / 2 / DESIGN_WIDTH
    bar = round((len(lines) * LINE + 2 * PAD) * unit)
    canvas = np.full((height + bar, width, 3), GROUND, np.uint8)
    canvas[:height] = np.hstack(scaled)
    canvas[height : height + max(2, round(4 * unit))] = ACCENT
    write_lines(canvas, lines, (round(PAD * unit), height), width - round(PAD * unit), unit)
    return canvas


def _as_high(picture: UInt8Array, height: int) -> UInt8Array:
    if picture.shape[0] == height:
        return picture
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _words(violation: Violation, plate: Plate | None, entry: PairSeen, exit_: PairSeen) -> tuple[str, ...]:
    facts = {fact.name: fact.value for fact in violation.facts}
    kmh = {name: facts[name] * KMH_PER_MPS for name in ("average_speed", "standard_error", "limit", "tolerance")}
    rule = violation.rule.replace("_", " ").replace(":", " ").capitalize()
    return (
        f"{rule}: {kmh['average_speed']:.1f} km/h on average, limit {kmh['limit']:.0f} km/h",
        f"One standard error {kmh['standard_error']:.2f} km/h, tolerance {kmh['tolerance']:.0f} km/h, "
        f"{facts['distance']:.1f} m in {facts['duration']:.2f} s",
        f"Entered at {entry.camera_id} {moment_text(entry.at)}, left at {exit_.camera_id} {moment_text(exit_.at)}",
        f"Plate {display_text(plate.text, plate.country, plate.format)}" if plate else "Plate kept as its hash only",
        f"Violation {violation.violation_id}",
        DISCLAIMER,
    )
