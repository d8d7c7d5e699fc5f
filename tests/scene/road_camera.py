"""A camera over a straight road, by trigonometry alone: what the calibration has to find out."""

from __future__ import annotations

import math

import numpy as np

from traffic.datatypes import Trajectory
from traffic.scene.settings import RoadSettings

SECOND = 1_000_000_000
KMH = 1 / 3.6


class RoadCamera:
    """6 m above the road, 12 degrees down, 1400 px of focal length, 1920x1080; y runs away from the camera."""

    frame_size = (1920, 1080)

    def project(self, points_m, *, above_road_m=0.0):
        x, y = np.asarray(points_m, float).T
        tilt = math.radians(12.0)
        below_camera = 6.0 - above_road_m
        depth = y * math.cos(tilt) + below_camera * math.sin(tilt)
        down = below_camera * math.cos(tilt) - y * math.sin(tilt)
        return np.stack([960 + 1400 * x / depth, 540 + 1400 * down / depth], axis=1)

    def road(self, **rest) -> RoadSettings:
        corners = [(-4.0, 20.0), (4.0, 20.0), (4.0, 50.0), (-4.0, 50.0)]
        pixels = [(float(x), float(y)) for x, y in self.project(corners)]
        return RoadSettings(image_points=pixels, ground_points_m=corners, **rest)

    def drive(self, pts_ns, points_m, *, noise_px=0.0, seed=0, half_width_m=0.9, height_m=1.5, above_road_m=0.0):
        """A box around a vehicle of constant size whose lower edge is over `points_m` at `pts_ns`."""
        points_m = np.asarray(points_m, float)
        contact = self.project(points_m, above_road_m=above_road_m)
        beside = np.array([half_width_m, 0.0])
        half = np.abs(self.project(points_m + beside, above_road_m=above_road_m)[:, 0] - contact[:, 0])
        rng = np.random.default_rng(seed)
        contact += rng.normal(0, noise_px, contact.shape) if noise_px else 0.0
        x, y = contact.T
        boxes = np.stack([x - half, y - half * height_m / half_width_m, x + half, y], axis=1)
        return Trajectory(np.asarray(pts_ns, np.int64), boxes.astype(np.float32), self.frame_size)


def steady(pts_ns, speed_kmh, *, start_m, x_m=1.5):
    """Road positions (n, 2) of a vehicle that comes from `start_m` towards the camera (negative speed: away)."""
    seconds = (np.asarray(pts_ns) - pts_ns[0]) / SECOND
    return np.stack([np.full(len(seconds), x_m), start_m - speed_kmh * KMH * seconds], axis=1)


def ticks(fps, seconds, *, jitter_ms=0.0, dropped=0.0, seed=0, start_ns=7 * SECOND):
    """Media times at a rate, shaken by up to +-jitter, with a share of the frames missing."""
    rng = np.random.default_rng(seed)
    count = int(seconds * fps) + 1
    times = start_ns + np.round(np.arange(count) * SECOND / fps + rng.uniform(-1, 1, count) * jitter_ms * 1e6)
    return times[rng.uniform(size=count) >= dropped].astype(np.int64)
