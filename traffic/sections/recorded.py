"""A recorded passage as the chain knew it, as far as the record tells: for events about it that come later."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Passage, Plate, PlateReading, Trajectory
from traffic.store.tables import PassageRow

UNKNOWN_BOX = (0.0, 0.0, 0.0, 0.0)


def recorded_passage(row: PassageRow) -> Passage:
    """The passage of a row with its path.

    Its trajectory has no boxes but the thinned ground points, each as a box without extent; its speed in the camera's
    view, whose stretch is not on record, and its crossings are left out.
    """
    points = row.path
    xyxy = np.array([(point.x, point.y, point.x, point.y) for point in points], np.float32).reshape(-1, 4)
    pts_ns = np.array([point.pts_ns for point in points], np.int64)
    return Passage(
        passage_id=row.passage_id,
        camera_id=row.camera_id,
        recording_id=row.recording_id,
        track_id=row.track_id,
        start_pts_ns=row.start_pts_ns,
        end_pts_ns=row.end_pts_ns,
        started_at=row.started_at,
        ended_at=row.ended_at,
        vehicle_type=row.vehicle_type,
        vehicle_type_share=row.vehicle_type_share,
        colour=row.colour,
        plate=_plate(row),
        speed=None,
        crossings=(),
        trajectory=Trajectory(pts_ns, xyxy, (0, 0)),
        plate_hash=row.plate_hash,
        plate_certain=row.plate_certain if row.plate_text is None else None,
    )


def _plate(row: PassageRow) -> Plate | None:
    if row.plate_text is None:
        return None
    probability = row.plate_probability or 0.0
    reading = PlateReading(row.plate_text, (probability,) * len(row.plate_text), row.start_pts_ns, UNKNOWN_BOX)
    return Plate(
        text=row.plate_text,
        probability=probability,
        readings=row.plate_readings or 0,
        best=reading,
        country=row.plate_country,
        format=row.plate_format,
        certain=bool(row.plate_certain),
        alternatives=row.plate_alternatives or (),
    )
