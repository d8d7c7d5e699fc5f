"""What a simulated scene consists of: everything else follows from it and its seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from traffic.simulation.camera import Camera
from traffic.simulation.palette import Daylight


@dataclass(frozen=True)
class Lane:
    """A straight lane along y: the x of its middle and its width, metres; `direction` +1 away from the camera, -1
    toward.
    """

    x_m: float
    width_m: float
    direction: int


@dataclass(frozen=True)
class TrafficSpec:
    """How many vehicles cross the counting line, how many of them too fast, how many the wrong way; speeds vary by
    up to `acceleration_mps2` (0: constant speeds).
    """

    vehicles: int
    speeding: int = 0
    wrong_way: int = 0
    acceleration_mps2: float = 0.0


@dataclass(frozen=True)
class Timing:
    """When frames are taken: each up to `jitter_ms` late, and a share `drop_rate` of them missing."""

    jitter_ms: int = 0
    drop_rate: float = 0.0


@dataclass(frozen=True)
class SceneSpec:
    """A scene, complete. Lengths in metres; the counting line lies across the road at `line_y_m`, speed is measured
    between `zone_y_m[0]` and `zone_y_m[1]`; `noise` is the sensor's standard deviation, 0..255 a pixel.
    """

    seed: int
    fps: float
    duration_s: float
    camera: Camera
    lanes: tuple[Lane, ...]
    traffic: TrafficSpec
    daylight: Daylight = "day"
    noise: float = 2.5
    timing: Timing = Timing()
    speed_limit_kmh: float = 60.0
    line_y_m: float = 26.0
    zone_y_m: tuple[float, float] = (18.0, 48.0)


def two_way_lanes(away: int, toward: int, width_m: float = 3.5) -> tuple[Lane, ...]:
    """Lanes of a road with right-hand traffic, its middle at x = 0: `toward` lanes on the left, `away` lanes on the
    right.
    """
    left = [Lane(-(place + 0.5) * width_m - 0.15, width_m, -1) for place in range(toward)]
    return tuple(left[::-1] + [Lane((place + 0.5) * width_m + 0.15, width_m, 1) for place in range(away)])


def builtin_spec() -> SceneSpec:
    """The scene of the demonstration: 1920x1080, 25 fps, 36 s, 20 vehicles of all types, 3 too fast, 1 wrong way."""
    camera = Camera(1920, 1080, 1725.0, 8.0, np.deg2rad(15.5), np.deg2rad(-1.0), 0.8)
    return SceneSpec(
        seed=7,
        fps=25.0,
        duration_s=36.0,
        camera=camera,
        lanes=two_way_lanes(2, 2),
        traffic=TrafficSpec(vehicles=20, speeding=3, wrong_way=1),
    )


def short_spec() -> SceneSpec:
    """A small scene for tests: 640x384, 25 fps, 8 s, 5 vehicles, 1 too fast, 1 the wrong way."""
    camera = Camera(640, 384, 560.0, 7.5, np.deg2rad(16.0), 0.0, 0.5)
    return SceneSpec(
        seed=11,
        fps=25.0,
        duration_s=8.0,
        camera=camera,
        lanes=two_way_lanes(2, 2),
        traffic=TrafficSpec(vehicles=5, speeding=1, wrong_way=1),
        line_y_m=28.0,
        zone_y_m=(18.0, 40.0),
    )


def close_up_spec() -> SceneSpec:
    """A narrow view of two lanes in which plates can be read: 1920x1080, 25 fps, 12 s, 6 vehicles."""
    camera = Camera(1920, 1080, 3600.0, 6.5, float(np.deg2rad(15.0)), 0.0, 0.0)
    return SceneSpec(
        seed=5,
        fps=25.0,
        duration_s=12.0,
        camera=camera,
        lanes=two_way_lanes(1, 1),
        traffic=TrafficSpec(vehicles=6, speeding=1),
        line_y_m=25.0,
        zone_y_m=(21.0, 34.0),
    )


def random_spec(seed: int) -> SceneSpec:
    """A scene with a random camera, road, light, noise and size, for training."""
    rng = np.random.default_rng([seed, 0x5CE])
    width, height = ((640, 384), (640, 360), (768, 432), (960, 540), (640, 480))[rng.integers(5)]
    lanes = two_way_lanes(int(rng.integers(2, 5)), int(rng.integers(1, 4)), float(rng.uniform(3.2, 3.8)))
    daylight: Daylight = (("day", "overcast", "dusk", "night"))[rng.choice(4, p=[0.45, 0.27, 0.13, 0.15])]
    return SceneSpec(
        seed=seed,
        fps=25.0,
        duration_s=8.0,
        camera=_random_camera(rng, int(width), int(height)),
        lanes=lanes,
        traffic=TrafficSpec(vehicles=int(rng.integers(4, 9)), speeding=1, wrong_way=1),
        daylight=daylight,
        noise=float(rng.uniform(1.0, 7.0)),
    )


def _random_camera(rng: np.random.Generator, width: int, height: int) -> Camera:
    focal = width * float(rng.uniform(0.75, 1.7))
    half_view = np.arctan(height / 2 / focal)
    pitch = float(rng.uniform(0.55, 1.15) * half_view + np.deg2rad(rng.uniform(0.0, 4.0)))
    yaw = float(np.deg2rad(rng.uniform(-14.0, 14.0)))
    return Camera(width, height, focal, float(rng.uniform(5.5, 11.0)), pitch, yaw, float(rng.uniform(-7.0, 9.0)))


def with_timing(spec: SceneSpec, timing: Timing) -> SceneSpec:
    """The same scene with another frame timing."""
    return replace(spec, timing=timing)
