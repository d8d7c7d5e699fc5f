"""The plate detector of open-image-models as a teacher and as the peer to race: where it lies in the data folder."""

from __future__ import annotations

from pathlib import Path

from traffic.evaluation.peer_models import PLATE_MODELS, YOLO_FILE, YoloPlates, open_session

TEACHER_FILE = Path(PLATE_MODELS) / YOLO_FILE


def open_teacher(data: Path, threads: int = 1) -> YoloPlates:
    """The teacher.

    Args:
        data: the data folder that holds TEACHER_FILE.
        threads: of the CPU.

    Raises:
        ConfigError: it is not there.
    """
    return YoloPlates(open_session(data / TEACHER_FILE, threads))
