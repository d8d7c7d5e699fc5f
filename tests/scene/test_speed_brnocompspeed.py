"""Speeds of real cars from the tracks of another detector, against the LIDAR gates of BrnoCompSpeed.

Sochor et al., "Comprehensive data set for automatic single camera visual speed measurement", 2018.
"""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

from traffic.scene.calibration import Calibration
from traffic.scene.settings import RoadSettings, SpeedSettings
from traffic.scene.speed import measured_speed

FOLDER = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / "speed_brnocompspeed"
CORNERS = np.array([[400, 400], [1500, 400], [1700, 1000], [200, 1000]], float)
LOWEST_WHOLE_Y = 1060
"""Below this the frame's border cuts the boxes and the contact point is lost."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no {FOLDER}: set TRAFFIC_DATA")


def load(session, kind):
    with gzip.open(FOLDER / f"{session}_{kind}.json.gz") as file:
        return json.load(file)


def road_plane(camera, surveyed):
    """Image to metres from two vanishing points, at the scale that the surveyed distances give."""
    centre, first, second = (np.array(camera[key]) for key in ("pp", "vp1", "vp2"))
    focal = np.sqrt(-(first - centre) @ (second - centre))
    along, across = (np.array([*(point - centre), focal]) for point in (first, second))
    along, across = along / np.linalg.norm(along), across / np.linalg.norm(across)
    normal = np.cross(along, across)

    def to_plane(points):
        rays = np.concatenate([points - centre, np.full((len(points), 1), focal)], axis=1)
        hits = rays / np.abs(rays @ normal)[:, None]
        return np.stack([hits @ across, hits @ along], axis=1)

    lengths = [np.linalg.norm(np.subtract(*to_plane(np.array([m["p1"][:2], m["p2"][:2]])))) for m in surveyed]
    scale = np.mean([m["distance"] / length for m, length in zip(surveyed, lengths, strict=True)])
    return lambda points: scale * to_plane(points)


def crossing_times(seconds, points, lines):
    """Line number to the time at which a track first went over it."""
    side = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ np.array(lines).T
    times = {}
    for line in range(len(lines)):
        over = np.flatnonzero((side[:-1, line] < 0) != (side[1:, line] < 0))
        if len(over):
            i = over[0]
            share = side[i, line] / (side[i, line] - side[i + 1, line])
            times[line] = seconds[i] + share * (seconds[i + 1] - seconds[i])
    return times


def same_car(car, times):
    """Whether a track passed the gates when the car did."""
    gaps = [
        abs(times[gate["measurementLineId"]] - gate["videoTime"])
        for gate in car["intersections"]
        if gate["measurementLineId"] in times
    ]
    return bool(gaps) and max(gaps) < 0.15


def errors_kmh(session):
    truth, seen = load(session, "gt"), load(session, "tracks")
    to_metres = road_plane(seen["camera_calibration"], truth["distanceMeasurement"])
    calibration = Calibration(
        RoadSettings(image_points=CORNERS.tolist(), ground_points_m=to_metres(CORNERS).tolist(), pixel_sigma_px=1.5)
    )
    tracks = []
    for track in seen["cars"]:
        frames, first = np.unique(track["frames"], return_index=True)
        points = np.stack([track["posX"], track["posY"]], axis=1)[first]
        tracks.append(
            (frames / truth["fps"], points, crossing_times(frames / truth["fps"], points, truth["measurementLines"]))
        )
    for car in truth["cars"]:
        matching = [track for track in tracks if same_car(car, track[2])]
        if not car["valid"] or len(matching) != 1:
            continue
        seconds, points, _ = matching[0]
        whole = points[:, 1] < LOWEST_WHOLE_Y
        pts_ns = np.round(seconds[whole] * 1e9).astype(np.int64)
        told = measured_speed(pts_ns, points[whole], calibration, SpeedSettings())
        if told is not None:
            yield told.speed_mps * 3.6 - car["speed"]


@pytest.mark.parametrize(
    ("session", "least_cars", "mean_error_kmh"),
    [("session0_center", 30, 0.8), ("session0_right", 28, 1.3), ("session3_left", 160, 0.6)],
)
def test_mean_absolute_error_against_the_gates(session, least_cars, mean_error_kmh):
    errors = np.abs(list(errors_kmh(session)))
    assert len(errors) >= least_cars
    assert errors.mean() < mean_error_kmh
