import pytest
from scene.road_camera import RoadCamera


@pytest.fixture
def camera() -> RoadCamera:
    return RoadCamera()
