"""An occlusion survived, as a small moving picture: `python -m traffic.evaluation.tracking_clip FILE.webp`.

A lorry meets two cars and hides one after the other; drawn, found by the shipped detector, followed by the tracker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from traffic.datatypes import Tracks, UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.tracking_drawn import CARD, Detect, shipped_detector
from traffic.simulation.camera import Camera
from traffic.simulation.intersection import CAR, IntersectionScene, frame_times
from traffic.simulation.intersection_painter import IntersectionPainter
from traffic.simulation.intersection_route import route, schedule
from traffic.simulation.intersection_traffic import Actor
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

LORRY = (2.5, 8.4, 3.6)
FPS, SHOWN_EVERY, SEED = 12.5, 2, 5
VIEW = Camera(1280, 720, 1050.0, 8.5, float(np.deg2rad(12.5)))
CROP = (slice(240, 480), slice(0, 1280))
SIZE = (720, 135)
QUALITY = 60
PALETTE = ((80, 220, 80), (60, 160, 255), (255, 150, 80), (220, 110, 230))


def main(path: Annotated[Path, typer.Argument(help="a .webp or .gif")]) -> None:
    """Write the clip."""
    with shipped_detector(CARD, 1) as detect:
        pictures = list(story(meeting(), detect))[::SHOWN_EVERY]
    write_animation(path, pictures, SHOWN_EVERY / FPS)


def meeting() -> IntersectionScene:
    """A lorry meets two cars on the far side of a cross street."""
    cars = [_driver(1 + k, CAR, 0, [(-43.0 + 14 * k, 40.5), (75.0, 40.5)], 6.5) for k in (0, 1)]
    lorry = _driver(3, LORRY, 3, [(14.0, 35.0), (-75.0, 35.0)], 2.0)
    return IntersectionScene(VIEW, (*cars, lorry), 10.4)


def story(scene: IntersectionScene, detect: Detect) -> Iterator[UInt8Array]:
    """The scene's pictures with what the tracker tells drawn in; scores as the detector gives them, as in a run."""
    tracker = Tracker(TrackerSettings())
    for frame in IntersectionPainter(scene, SEED).film(frame_times(FPS, scene.duration_s)):
        yield _drawn(frame.image, tracker.update(detect(frame.image), frame.pts_ns))


def write_animation(path: Path, pictures: list[UInt8Array], seconds_each: float) -> None:
    """Write pictures (h, w, 3) as one that moves.

    Raises:
        ConfigError: OpenCV cannot write such a file.
    """
    animation = cv2.Animation()
    animation.frames = pictures
    animation.durations = [round(1000 * seconds_each)] * len(pictures)
    is_known = path.suffix in (".webp", ".gif") and path.parent.is_dir()
    if not is_known or not cv2.imwriteanimation(str(path), animation, [cv2.IMWRITE_WEBP_QUALITY, QUALITY]):
        raise ConfigError(f"expected a path that ends in .webp or .gif in a folder that exists, got {path}")


def _driver(
    number: int, size: tuple[float, float, float], kind: int, way: Sequence[tuple[float, float]], speed_mps: float
) -> Actor:
    return Actor(number, kind, size, route(way), schedule(0.0, [(12.0, speed_mps)], speed_mps))


def _drawn(image: UInt8Array, tracks: Tracks) -> UInt8Array:
    canvas = image.copy()
    for track_id, box in zip(tracks.track_ids.tolist(), tracks.xyxy.astype(int).tolist(), strict=True):
        colour = PALETTE[track_id % len(PALETTE)]
        cv2.rectangle(canvas, (box[0], box[1]), (box[2], box[3]), colour, 3)
        cv2.putText(canvas, str(track_id), (box[0], box[1] - 8), cv2.FONT_HERSHEY_SIMPLEX, 1.1, colour, 3)
    return np.asarray(cv2.resize(canvas[CROP], SIZE, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    typer.run(main)
