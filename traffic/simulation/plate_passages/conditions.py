"""Under which conditions a passage is filmed: all that stays the same from its first frame to its last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from traffic.simulation.palette import Daylight

Daytime = Literal["day", "night"]
SPEEDS_KMH = (20.0, 120.0)
PLATE_HEIGHTS_PX = (10.0, 60.0)


@dataclass(frozen=True, slots=True)
class Conditions:
    """One passage's camera, light, speed and picture quality.

    Attributes:
        daytime: "day" or "night".
        light: the scene's light, one of traffic.simulation.palette.LIGHTS.
        heading: +1 away from the camera (the rear plate is seen), -1 toward it (the front plate).
        speed_kmh: constant.
        plate_height_px: of a plate 112 mm high where the vehicle is nearest, without foreshortening; other plates
            are seen at the same scale.
        nearest_m: distance along the road from the camera's pole to the vehicle's plate there.
        camera_height_m, camera_x_m: where the camera hangs, metres above the road and to the right of the vehicle.
        exposure_s: how long the shutter is open.
        defocus_px: standard deviation of the lens' blur, pixels.
        read_noise, shot_noise: the sensor's noise has the variance read_noise ** 2 + shot_noise * value, 0..255.
        smooths: whether the camera's noise reduction smears its noise over the neighbouring pixels.
        is_monochrome: an infrared picture without colour.
        plate_gain: how bright a white plate is at its mean distance, 1 is full scale: beyond it is overexposed.
        veil: light scattered from the plate and the lamps in the lens, as a share of their own.
        flicker: standard deviation of the exposure's relative change from frame to frame.
        quality: of the compression, as JPEG counts it.
        askew_deg: how the plate is turned on its vehicle.
    """

    daytime: Daytime
    light: Daylight
    heading: int
    speed_kmh: float
    plate_height_px: float
    nearest_m: float
    camera_height_m: float
    camera_x_m: float
    exposure_s: float
    defocus_px: float
    read_noise: float
    shot_noise: float
    smooths: bool
    is_monochrome: bool
    plate_gain: float
    veil: float
    flicker: float
    quality: float
    askew_deg: float

    @property
    def speed_mps(self) -> float:
        """Metres a second."""
        return self.speed_kmh / 3.6


def random_conditions(rng: np.random.Generator, plate_height_px: float | None = None) -> Conditions:
    """Draw the conditions of one passage; day and night are as frequent.

    The shutter is open for 1/4000 to 1/800 s by day and 1/1000 to 1/250 s by night: an installation for reading
    plates, not an overview camera. By night an illuminator beside the camera makes the retro-reflecting plate
    brighter than its vehicle, sometimes too bright.

    Args:
        rng: decides everything.
        plate_height_px: instead of a random one.
    """
    is_night = bool(rng.random() < 0.5)
    height = plate_height_px or log_uniform(rng, *PLATE_HEIGHTS_PX)
    return Conditions(
        daytime="night" if is_night else "day",
        light="night" if is_night else ("day" if rng.random() < 0.6 else "overcast"),
        heading=1 if rng.random() < 0.5 else -1,
        speed_kmh=float(rng.uniform(*SPEEDS_KMH)),
        plate_height_px=height,
        nearest_m=float(rng.uniform(12.0, 30.0)),
        camera_height_m=float(rng.uniform(3.5, 8.0)),
        camera_x_m=float(rng.choice([-1.0, 1.0]) * rng.uniform(0.0, 6.0)),
        exposure_s=1 / log_uniform(rng, 250.0, 1000.0) if is_night else 1 / log_uniform(rng, 800.0, 4000.0),
        defocus_px=float(0.45 + rng.gamma(1.2, 0.35)),
        read_noise=float(rng.uniform(3.0, 9.0) if is_night else rng.uniform(1.0, 3.0)),
        shot_noise=float(rng.uniform(0.2, 1.0) if is_night else rng.uniform(0.02, 0.15)),
        smooths=bool(rng.random() < 0.6),
        is_monochrome=is_night and bool(rng.random() < 0.5),
        plate_gain=log_uniform(rng, 0.45, 1.5) if is_night else log_uniform(rng, 0.5, 1.1),
        veil=float(rng.uniform(0.03, 0.2) if is_night else rng.uniform(0.0, 0.05)),
        flicker=float(rng.uniform(0.005, 0.06)),
        quality=float(rng.uniform(35.0, 92.0)),
        askew_deg=float(rng.normal(0.0, 1.2)),
    )


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Between two bounds, as often within a factor anywhere."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
