"""Writes evidence pictures."""

from __future__ import annotations

import hashlib
from typing import Protocol

import cv2

from traffic.datatypes import Case, EvidenceFile, Violation
from traffic.errors import EvidenceError
from traffic.evidence.files import safe_name, write_durably
from traffic.evidence.picture import draw_evidence
from traffic.evidence.settings import EvidenceSettings


class Redactor(Protocol):
    """Hides in a frame what an evidence picture must not show."""

    def redact(self, case: Case) -> Case:
        """The same case, its frame with those parts hidden for good; the same case gives the same pixels."""
        ...


class NoRedactor:
    """Stands where nothing is to be hidden."""

    def redact(self, case: Case) -> Case:
        """The case itself."""
        return case


class EvidenceWriter:
    """The one owner of the evidence folder.

    Args:
        settings: where, and how.
        redactor: sees every case before anything is drawn.
    """

    def __init__(self, settings: EvidenceSettings, redactor: Redactor | None = None) -> None:
        self._settings = settings
        self._redactor = redactor or NoRedactor()

    def write(self, case: Case, violation: Violation) -> EvidenceFile:
        """Draw and write the picture of one violation; on return it is durable.

        The same case gives the same path and, with the same OpenCV, the same bytes; writing it again changes nothing.

        Raises:
            EvidenceError: it could not be written.
        """
        data = self._encode(self._redactor.redact(case), violation)
        path = (
            f"{safe_name(violation.camera_id)}/{violation.occurred_at:%Y-%m-%d}/{safe_name(violation.violation_id)}.jpg"
        )
        write_durably(self._settings.folder, path, data)
        return EvidenceFile(path, hashlib.sha256(data).hexdigest(), len(data))

    def _encode(self, case: Case, violation: Violation) -> bytes:
        quality = [cv2.IMWRITE_JPEG_QUALITY, self._settings.jpeg_quality]
        encoded, data = cv2.imencode(".jpg", draw_evidence(case, violation), quality)
        if not encoded:
            raise EvidenceError(f"violation {violation.violation_id}: expected a JPEG, got none from OpenCV")
        return bytes(data)
