"""Writes evidence pictures."""

from __future__ import annotations

import hashlib

import cv2

from traffic.datatypes import Case, EvidenceFile, Violation
from traffic.errors import EvidenceError
from traffic.evidence.files import safe_name, write_durably
from traffic.evidence.picture import draw_evidence
from traffic.evidence.settings import EvidenceSettings


class EvidenceWriter:
    """The one owner of the evidence folder."""

    def __init__(self, settings: EvidenceSettings) -> None:
        self._settings = settings

    def write(self, case: Case, violation: Violation) -> EvidenceFile:
        """Draw and write the picture of one violation; on return it is durable.

        The same case gives the same path and, with the same OpenCV, the same bytes; writing it again changes nothing.

        Raises:
            EvidenceError: it could not be written.
        """
        data = self._encode(case, violation)
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
