"""A few frames of the built-in scene as a video, and a config that plays them."""

from __future__ import annotations

from pathlib import Path

import pytest

from traffic.config import CameraSettings, Config
from traffic.datatypes import UInt8Array
from traffic.detection.detector import DetectorSettings
from traffic.inference.engine import InferenceSettings
from traffic.simulation import build_scene, builtin_spec
from traffic.video.source import FileSource
from traffic.video.writer import VideoWriter

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
BUSY_FROM, FRAMES = 150, 5


@pytest.fixture(scope="session")
def pictures() -> list[UInt8Array]:
    """FRAMES frames (720, 1280, 3) in a row, with several vehicles in them."""
    scene = build_scene(builtin_spec())
    return [scene.render(BUSY_FROM + index) for index in range(FRAMES)]


@pytest.fixture(scope="session")
def clip(pictures: list[UInt8Array], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "scene.mp4"
    with VideoWriter(path, (1280, 720), 25.0, 1000) as writer:
        for index, picture in enumerate(pictures):
            writer.write(picture, 40 * index)
    return path


@pytest.fixture(scope="session")
def config(clip: Path) -> Config:
    """Plays the clip; float32, for then both detectors compute the same."""
    camera = CameraSettings(id="clip", source=FileSource(path=clip))
    inference = InferenceSettings(precision="f32")
    return Config(cameras=(camera,), detector=DetectorSettings(model=CARD), inference=inference)


@pytest.fixture(scope="session")
def model() -> Path:
    """The ONNX file that all of them run."""
    return CARD.with_suffix(".onnx")
