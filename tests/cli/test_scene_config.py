"""A config drawn from the truth of a simulated scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from traffic.checks.camera import check_rules, check_scene
from traffic.cli.scene_config import LINE, MARK, ZONE, require_replaceable, scene_config, write_scene_config
from traffic.cli.simulate import adapted
from traffic.config import CameraSettings, load_config
from traffic.errors import ConfigError
from traffic.scene.calibration import Calibration
from traffic.scene.settings import as_points
from traffic.simulation import SceneSpec, SceneTruth, build_scene, builtin_spec, random_spec, short_spec
from traffic.video.source import FileSource

CARD = Path("engines/vehicle_detector.yaml")


def brief(spec: SceneSpec) -> tuple[SceneSpec, SceneTruth]:
    """A few frames of a scene, and their truth; nothing is rendered."""
    spec = adapted(spec, seconds=8, fps=1, size=None, seed=None)
    return spec, build_scene(spec).truth()


def camera_of(spec: SceneSpec, truth: SceneTruth) -> CameraSettings:
    return scene_config(Path("road.mp4"), spec, truth, model=CARD).cameras[0]


@pytest.fixture(scope="module")
def short() -> tuple[SceneSpec, SceneTruth]:
    return brief(short_spec())


@pytest.mark.parametrize("spec", [builtin_spec(), short_spec(), *(random_spec(seed) for seed in range(6))])
def test_all_that_is_drawn_lies_in_the_picture_and_suits_the_rules(spec: SceneSpec) -> None:
    spec, truth = brief(spec)
    camera = camera_of(spec, truth)

    results = [*check_scene("simulated", camera.scene, (truth.width, truth.height)), check_rules(camera)]

    assert [result for result in results if result.level == "error"] == []
    assert camera.scene.lanes


def test_its_calibration_measures_as_the_camera_does(short: tuple[SceneSpec, SceneTruth]) -> None:
    spec, truth = short
    road = camera_of(spec, truth).scene.road
    assert road is not None
    points_m = np.array([[-3.0, 20.0], [0.0, 30.0], [4.0, 38.0]])

    measured = Calibration(road).homography.to_ground(spec.camera.ground_pixels(points_m))

    assert np.abs(measured - points_m).max() < 0.01


def test_each_lane_points_the_way_its_traffic_goes(short: tuple[SceneSpec, SceneTruth]) -> None:
    spec, truth = short
    lanes = camera_of(spec, truth).scene.lanes

    for lane, built in zip(lanes, spec.lanes, strict=True):
        start, end = spec.camera.ground_metres(as_points(lane.direction))
        assert np.sign(end[1] - start[1]) == built.direction
        assert np.abs([start[0] - built.x_m, end[0] - built.x_m]).max() < 0.1


def test_names_limit_and_time_come_from_the_truth(short: tuple[SceneSpec, SceneTruth]) -> None:
    camera = camera_of(*short)

    assert [line.name for line in camera.scene.lines] == [LINE]
    assert camera.scene.speed.zone == ZONE
    assert camera.rules.speeding is not None
    assert camera.rules.speeding.limit_kmh == short[1].speed_limit_kmh
    assert isinstance(camera.source, FileSource)
    assert camera.source.recorded_at == short[1].recorded_at


def test_the_file_loads_as_what_was_meant(short: tuple[SceneSpec, SceneTruth], tmp_path: Path) -> None:
    spec, truth = short
    file = tmp_path / "etc/config.yaml"
    file.parent.mkdir()

    write_scene_config(file, tmp_path / "road.mp4", spec, truth)

    config = load_config(file)
    source = config.cameras[0].source
    assert isinstance(source, FileSource)
    assert source.path.resolve() == tmp_path / "road.mp4"
    assert config.detector.model.resolve() == CARD.resolve()
    assert config.cameras[0].scene == camera_of(spec, truth).scene


def test_it_writes_over_its_own_file_and_over_no_other(short: tuple[SceneSpec, SceneTruth], tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    for _ in range(2):
        write_scene_config(file, tmp_path / "road.mp4", *short)
    assert file.read_text().startswith(MARK)

    file.write_text("cameras: []\n")
    with pytest.raises(ConfigError, match="--config-out"):
        require_replaceable(file)
    with pytest.raises(ConfigError, match="--config-out"):
        write_scene_config(file, tmp_path / "road.mp4", *short)
    assert file.read_text() == "cameras: []\n"
