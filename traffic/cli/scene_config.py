"""A config.yaml for a simulated scene, drawn from its truth: what an operator would draw on the picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

import traffic
from traffic.config import CameraSettings, Config
from traffic.datatypes import Float64Array
from traffic.detection.detector import DetectorSettings
from traffic.errors import ConfigError
from traffic.rules.settings import RulesSettings, SpeedingSettings, WrongWaySettings
from traffic.scene.settings import (
    LaneSettings,
    LineSettings,
    Pair,
    RoadSettings,
    SceneSettings,
    SpeedSettings,
    ZoneSettings,
)
from traffic.simulation import SceneSpec, SceneTruth
from traffic.simulation.spec import Lane
from traffic.simulation.truth import LaneTruth
from traffic.video.source import FileSource

CAMERA_ID = "simulated"
ZONE, LINE = "measuring-zone", "counting-line"
MARK = "# Written by `traffic simulate`; it may be overwritten."
LANE_FAR_M = 90.0
_SAMPLES = 400


def write_scene_config(path: Path, video: Path, spec: SceneSpec, truth: SceneTruth) -> None:
    """Write the config, with paths relative to its folder.

    Raises:
        ConfigError: a file is there that this did not write.
    """
    require_replaceable(path)
    folder = path.resolve().parent
    config = scene_config(Path(os.path.relpath(video.resolve(), folder)), spec, truth, model=_model_from(folder))
    document = config.model_dump(mode="json", exclude_unset=True)
    text = yaml.safe_dump(document, sort_keys=False, default_flow_style=None, allow_unicode=True, width=110)
    path.write_text(f"{MARK}\n{text}", encoding="utf-8")


def require_replaceable(path: Path) -> None:
    """Refuse to write over what people wrote.

    Raises:
        ConfigError: a file is there that this did not write.
    """
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        raise ConfigError(
            f"expected no file at {path}, or one that `traffic simulate` wrote, got another",
            remedy="name another file with --config-out",
        )


def scene_config(video: Path, spec: SceneSpec, truth: SceneTruth, *, model: Path) -> Config:
    """One camera that plays `video`, calibrated, with the scene's lines, lanes, measuring zone and rules."""
    lanes = tuple(_lanes(spec, truth))
    camera = CameraSettings(
        id=CAMERA_ID,
        source=FileSource(kind="file", path=video, recorded_at=truth.recorded_at),
        scene=SceneSettings(
            road=RoadSettings(
                image_points=tuple(_rounded(point.image) for point in truth.road_points),
                ground_points_m=tuple(_rounded(point.metres) for point in truth.road_points),
                camera_height_m=spec.camera.height_m,
            ),
            lines=tuple(_counting_line(truth)),
            zones=(ZoneSettings(name=ZONE, points=_inside_frame(truth.measure_zone, truth)),),
            lanes=lanes,
            speed=SpeedSettings(zone=ZONE),
        ),
        rules=RulesSettings(
            speeding=SpeedingSettings(limit_kmh=truth.speed_limit_kmh),
            wrong_way=WrongWaySettings() if lanes else None,
        ),
    )
    return Config(version=1, cameras=(camera,), detector=DetectorSettings(model=model))


def _model_from(folder: Path) -> Path:
    """The model of the folder that the command is given in; elsewhere the one that is shipped."""
    here = DetectorSettings().model
    model = here if here.exists() else Path(traffic.__file__).parent.parent / here
    return Path(os.path.relpath(model.resolve(), folder))


def _counting_line(truth: SceneTruth) -> Iterator[LineSettings]:
    visible = _visible_part(np.array(truth.counting_line), truth)
    if visible is not None:
        yield LineSettings(name=LINE, points=visible)


def _lanes(spec: SceneSpec, truth: SceneTruth) -> Iterator[LaneSettings]:
    for lane, drawn in zip(spec.lanes, truth.lanes, strict=True):
        arrow = _arrow(lane, spec, truth)
        if arrow is not None and len(drawn.polygon) >= 3:
            yield _lane(drawn, arrow, truth)


def _lane(drawn: LaneTruth, arrow: tuple[Pair, Pair], truth: SceneTruth) -> LaneSettings:
    return LaneSettings(name=drawn.name, points=_inside_frame(drawn.polygon, truth), direction=arrow)


def _arrow(lane: Lane, spec: SceneSpec, truth: SceneTruth) -> tuple[Pair, Pair] | None:
    """Along the middle of the lane, as far as it is in the picture."""
    ends = spec.camera.ground_pixels(np.array([[lane.x_m, spec.zone_y_m[0]], [lane.x_m, LANE_FAR_M]]))
    visible = _visible_part(ends, truth)
    return visible if visible is None or lane.direction > 0 else (visible[1], visible[0])


def _visible_part(ends: Float64Array, truth: SceneTruth) -> tuple[Pair, Pair] | None:
    """The part of the segment (2, 2) that is in the picture, None where there is none to speak of."""
    points = np.linspace(ends[0], ends[1], _SAMPLES)
    inside = points[np.all((points >= 0) & (points <= [truth.width, truth.height]), axis=1)]
    return (_rounded(inside[0]), _rounded(inside[-1])) if len(inside) > 1 else None


def _inside_frame(polygon: tuple[Pair, ...], truth: SceneTruth) -> tuple[Pair, ...]:
    clipped = np.clip(np.array(polygon), 0, [truth.width, truth.height])
    return tuple(_rounded(point) for point in clipped)


def _rounded(point: Pair | Float64Array) -> Pair:
    return round(float(point[0]), 2), round(float(point[1]), 2)
