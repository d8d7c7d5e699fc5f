"""Everything that can be found wrong before a run: each thing that the config names is tried."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from traffic.config import CameraSettings, Config
from traffic.datatypes import VEHICLE_CLASSES
from traffic.detection.detector import DetectorSettings
from traffic.errors import ConfigError, EventsError, EvidenceError, ModelError, SourceError, StoreError, TrafficError
from traffic.events.settings import MqttSettings
from traffic.events.tail import Tail
from traffic.evidence.check import check_folder
from traffic.evidence.settings import EvidenceSettings
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import (
    ClassifierCard,
    DetectorCard,
    ModelCard,
    PlateLocatorCard,
    PlateReaderCard,
    load_model_card,
    verified_model_path,
)
from traffic.rules.judge import build_rules
from traffic.scene.calibration import Calibration
from traffic.scene.settings import Pair, RoadSettings, SceneSettings
from traffic.store.database import check_before_recording, sqlite_file
from traffic.store.settings import DatabaseSettings
from traffic.video.capture import probe
from traffic.video.source import SourceInfo, source_name

Level = Literal["ok", "warning", "error"]
BORDER_PX = 1.0
"""A point drawn on the very edge of the picture may lie this far outside."""
EXACT_POINTS = 4
"""So many points give a calibration without any contradiction."""
WORST_RESIDUAL_M = 0.5
GIGABYTE = 1_000_000_000
_EXTRAS = {"openvino": "openvino", "onnxruntime": "onnx", "tensorrt": "tensorrt"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at.

    Attributes:
        name: what was looked at, such as "camera north: source".
        level: "warning" is for what a run can live with, "error" for what it cannot.
        message: what was found.
        remedy: what mends it; empty where nothing needs to be done.
    """

    name: str
    level: Level
    message: str
    remedy: str = ""


def run_checks(config: Config) -> Iterator[CheckResult]:
    """Try everything, one after the other; what fails does not keep the rest from being tried.

    The evidence folder is made where it is missing; nothing else is changed.
    """
    for camera in config.cameras:
        yield from check_camera(camera)
    yield check_model(config.detector)
    yield check_further_model("types and colours", config.classifier.model, ClassifierCard)
    yield check_further_model("plate locator", config.plates.locator, PlateLocatorCard)
    yield check_further_model("plate reader", config.plates.reader, PlateReaderCard)
    yield check_backend(config.inference)
    yield check_record(config.database)
    yield check_evidence(config.evidence)
    yield check_broker(config.mqtt)


def check_camera(camera: CameraSettings) -> Iterator[CheckResult]:
    """Its source gives pictures, its scene lies inside them, its calibration fits, its rules have what they need."""
    info = None
    try:
        info = probe(camera.source)
        yield CheckResult(f"camera {camera.id}: source", "ok", _source_text(camera, info))
    except SourceError as error:
        yield _failed(f"camera {camera.id}: source", error)
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
        return _failed(name, error)
    judged = [rule for rule in type(camera.rules).model_fields if getattr(camera.rules, rule) is not None]
    return CheckResult(name, "ok", ", ".join(judged) or "none: vehicles are recorded, nothing is judged")


def check_model(detector: DetectorSettings) -> CheckResult:
    """The detector's model is the one that its card was written for, and tells our classes apart."""
    try:
        path = verified_model_path(detector.model)
        card = load_model_card(detector.model, DetectorCard)
    except ModelError as error:
        return _failed("model", error)
    unknown = sorted(set(card.classes) - set(VEHICLE_CLASSES))
    if unknown:
        return CheckResult(
            "model",
            "error",
            f"{detector.model}: expected classes out of {', '.join(VEHICLE_CLASSES)}, got {', '.join(unknown)}",
            "name a model that was trained for these classes in detector.model",
        )
    return CheckResult("model", "ok", f"{card.name}: {path.name} is as released; tells {', '.join(card.classes)} apart")


def check_further_model(name: str, card_path: Path | None, kind: type[ModelCard]) -> CheckResult:
    """A model that a run can do without is the one that its card was written for, and made for this task."""
    if card_path is None:
        return CheckResult(name, "ok", "none configured")
    try:
        path = verified_model_path(card_path)
        return CheckResult(name, "ok", f"{load_model_card(card_path, kind).name}: {path.name} is as released")
    except ModelError as error:
        return _failed(name, error)


def check_backend(inference: InferenceSettings) -> CheckResult:
    """The backend that runs the models is installed."""
    if importlib.util.find_spec(inference.backend) is None:
        remedy = f"pip install 'traffic[{_EXTRAS[inference.backend]}]'"
        return CheckResult("inference", "error", f"{inference.backend} is configured, but not installed", remedy)
    return CheckResult("inference", "ok", f"{inference.backend} is installed")


def check_record(database: DatabaseSettings) -> CheckResult:
    """The database is there, current and writable, or will be made by the first run."""
    file = sqlite_file(database)
    if file is not None and not file.exists():
        return _check_absent_file(file)
    try:
        return CheckResult("database", "ok", check_before_recording(database))
    except StoreError as error:
        return _failed("database", error)


def _check_absent_file(file: Path) -> CheckResult:
    folder = next(folder for folder in file.parents if folder.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return CheckResult(
            "database",
            "error",
            f"expected to make {file}, but nothing can be written in {folder}",
            "give another path in database.url, or let this user write there (chown or chmod)",
        )
    return CheckResult("database", "ok", f"{file} does not exist yet: the first run makes it")


def check_evidence(evidence: EvidenceSettings) -> CheckResult:
    """The evidence folder can be written and has space."""
    try:
        free = check_folder(evidence)
    except EvidenceError as error:
        return _failed("evidence", error)
    return CheckResult("evidence", "ok", f"{evidence.folder}: writable, {free / GIGABYTE:.1f} GB free")


def check_broker(mqtt: MqttSettings | None) -> CheckResult:
    """The broker lets us in; if not, that is but a warning, because events wait in the database until it does."""
    if mqtt is None:
        return CheckResult("broker", "ok", "none configured: events wait in the database until one is")
    try:
        with Tail(mqtt):
            return CheckResult("broker", "ok", f"{mqtt.host}:{mqtt.port} lets us in")
    except EventsError as error:
        return CheckResult("broker", "warning", f"{error.problem}; events wait until it does", error.remedy)


_SURVEY = "look for a slip in road.image_points and road.ground_points_m, or measure that point again"
_REDRAW = "draw the scene on a picture of this size, as the source delivers it"


def _failed(name: str, error: TrafficError) -> CheckResult:
    return CheckResult(name, "error", error.problem, error.remedy)


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
