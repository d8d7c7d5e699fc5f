"""Checks of a camera: its source, its scene, its rules."""

from __future__ import annotations

from collections.abc import Iterator

from traffic.checks.result import CheckResult, Level, failed
from traffic.config import CameraSettings
from traffic.errors import ConfigError, SourceError
from traffic.rules.judge import build_rules
from traffic.scene.calibration import Calibration
from traffic.scene.settings import Pair, RoadSettings, SceneSettings
from traffic.video.capture import probe
from traffic.video.source import SourceInfo, source_name

BORDER_PX = 1.0
"""A point drawn on the very edge of the picture may lie this far outside."""
EXACT_POINTS = 4
"""So many points give a calibration without any contradiction."""
WORST_RESIDUAL_M = 0.5


def check_camera(camera: CameraSettings) -> Iterator[CheckResult]:
    """Its source gives pictures, its scene lies inside them, its calibration fits, its rules have what they need."""
    info = None
    try:
        info = probe(camera.source)
        yield CheckResult(f"camera {camera.id}: source", "ok", _source_text(camera, info))
    except SourceError as error:
        yield failed(f"camera {camera.id}: source", error)
    yield from check_scene(camera.id, camera.scene, None if info is None else (info.width, info.height))
    if camera.scene.road is not None:
        yield check_calibration(camera.id, camera.scene.road)
    yield check_rules(camera)


def check_scene(camera_id: str, scene: SceneSettings, frame_size: tuple[int, int] | None) -> Iterator[CheckResult]:
    """Every line, zone, lane and calibration point lies inside the picture of (width, height) pixels, if that is known.

    A calibration point outside is but a warning: a plan of the road may reach further than the picture.
    """
    name = f"camera {camera_id}: scene"
    if frame_size is None:
        yield CheckResult(name, "warning", "not compared with the picture: the source gave none", "mend the source")
        return
    width, height = frame_size
    problems = [
        CheckResult(name, level, f"{thing}: ({x:g}, {y:g}) is outside the picture of {width}x{height}", _REDRAW)
        for thing, level, points in _drawn(scene)
        for x, y in points
        if not (-BORDER_PX <= x <= width + BORDER_PX and -BORDER_PX <= y <= height + BORDER_PX)
    ]
    yield from problems
    if not problems:
        yield CheckResult(name, "ok", _scene_text(scene))


def check_calibration(camera_id: str, road: RoadSettings) -> CheckResult:
    """Its points agree with each other: each lands near its place on the ground."""
    name = f"camera {camera_id}: calibration"
    points = len(road.image_points)
    if points == EXACT_POINTS:
        return CheckResult(name, "ok", f"exact: {points} points, no more to check them by")
    residuals_m = Calibration(road).residuals_m
    worst = int(residuals_m.argmax())
    message = f"{points} points; the worst is number {worst + 1}, {residuals_m[worst]:.2f} m from its place"
    if residuals_m[worst] > WORST_RESIDUAL_M:
        return CheckResult(name, "warning", f"{message}, expected {WORST_RESIDUAL_M} m at most", _SURVEY)
    return CheckResult(name, "ok", message)


def check_rules(camera: CameraSettings) -> CheckResult:
    """Its rules find in the scene what they need."""
    name = f"camera {camera.id}: rules"
    try:
        build_rules(camera.rules, camera.scene)
    except ConfigError as error:
        return failed(name, error)
    judged = [rule for rule in type(camera.rules).model_fields if getattr(camera.rules, rule) is not None]
    return CheckResult(name, "ok", ", ".join(judged) or "none: vehicles are recorded, nothing is judged")


_SURVEY = "look for a slip in road.image_points and road.ground_points_m, or measure that point again"
_REDRAW = "draw the scene on a picture of this size, as the source delivers it"


def _drawn(scene: SceneSettings) -> Iterator[tuple[str, Level, tuple[Pair, ...]]]:
    for line in scene.lines:
        yield f"line {line.name}", "error", line.points
    for zone in scene.zones:
        yield f"zone {zone.name}", "error", zone.points
    for lane in scene.lanes:
        yield f"lane {lane.name}", "error", lane.points
        yield f"lane {lane.name}, direction", "error", lane.direction
    if scene.road is not None:
        yield "road", "warning", scene.road.image_points


def _source_text(camera: CameraSettings, info: SourceInfo) -> str:
    rate = "" if info.fps is None else f", {info.fps:.4g} frames a second"
    return f"{source_name(camera.source)}: {info.width}x{info.height}{rate}, {info.codec}"


def _scene_text(scene: SceneSettings) -> str:
    parts = [(len(scene.lines), "lines"), (len(scene.zones), "zones"), (len(scene.lanes), "lanes")]
    calibrated = "calibrated" if scene.road is not None else "not calibrated: no speeds"
    return ", ".join([*(f"{count} {kind}" for count, kind in parts if count), calibrated])
