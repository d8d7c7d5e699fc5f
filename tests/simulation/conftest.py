"""One small scene for the whole room: building and judging it takes a second."""

import pytest

from traffic.simulation.scene import Scene, build_scene
from traffic.simulation.spec import short_spec
from traffic.simulation.truth import SceneTruth


@pytest.fixture(scope="session")
def scene() -> Scene:
    return build_scene(short_spec())


@pytest.fixture(scope="session")
def truth(scene: Scene) -> SceneTruth:
    return scene.truth()
