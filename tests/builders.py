"""Small real objects for tests, each with only what the test cares about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import numpy as np

from traffic.datatypes import Case, Detections, Frame, Passage, PlateReading, Shot, Trajectory

STARTED_AT = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
SECOND = 1_000_000_000


def frame(
    index: int = 0,
    *,
    camera_id: str = "north",
    fps: float = 25.0,
    size: tuple[int, int] = (640, 384),
    recording_id: str = "recording",
    shade: int = 90,
) -> Frame:
    """A plain grey frame of one camera at a steady rate."""
    width, height = size
    pts_ns = round(index * SECOND / fps)
    image = np.full((height, width, 3), shade, np.uint8)
    return Frame(camera_id, recording_id, index, pts_ns, STARTED_AT + timedelta(microseconds=pts_ns // 1000), image)


def detections(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    """Detections from rows of x1, y1, x2, y2, score, class id."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4].copy(), table[:, 4].copy(), table[:, 5].astype(np.int64))


def trajectory(
    boxes: Sequence[tuple[float, float, float, float]], *, fps: float = 25.0, frame_size: tuple[int, int] = (640, 384)
) -> Trajectory:
    """A trajectory at a steady rate."""
    pts_ns = np.array([round(i * SECOND / fps) for i in range(len(boxes))], np.int64)
    return Trajectory(pts_ns, np.array(boxes, np.float32).reshape(-1, 4), frame_size)


def reading(text: str, probability: float = 0.9, *, pts_ns: int = 0) -> PlateReading:
    """A reading whose characters are all equally probable."""
    return PlateReading(text, (probability,) * len(text), pts_ns, (10.0, 10.0, 60.0, 24.0))


def passage(
    path: Trajectory | None = None,
    *,
    camera_id: str = "north",
    track_id: int = 1,
    passage_id: str = "0b9d3f0e-8c0a-5d3e-9a53-3b1f7d1c2a11",
    vehicle_type: str = "car",
    **rest: object,
) -> Passage:
    """A passage of one car; `rest` overrides plate, speed, crossings and colour."""
    path = path or trajectory([(100, 100 + 5 * i, 180, 160 + 5 * i) for i in range(20)])
    start, end = int(path.pts_ns[0]), int(path.pts_ns[-1])
    values: dict[str, object] = {"colour": None, "plate": None, "speed": None, "crossings": ()} | rest
    return Passage(
        passage_id=passage_id,
        camera_id=camera_id,
        recording_id="recording",
        track_id=track_id,
        start_pts_ns=start,
        end_pts_ns=end,
        started_at=STARTED_AT + timedelta(microseconds=start // 1000),
        ended_at=STARTED_AT + timedelta(microseconds=end // 1000),
        vehicle_type=vehicle_type,
        vehicle_type_share=1.0,
        trajectory=path,
        **values,  # type: ignore[arg-type]
    )


def case(of: Passage | None = None) -> Case:
    """A case without violations, whose shot is the passage's first observation."""
    of = of or passage()
    x1, y1, x2, y2 = of.trajectory.xyxy[0].tolist()
    return Case(of, Shot(frame(camera_id=of.camera_id), (x1, y1, x2, y2)))
