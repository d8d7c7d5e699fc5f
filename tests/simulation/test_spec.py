import numpy as np
import pytest

from traffic.simulation.spec import SceneSpec, builtin_spec, close_up_spec, random_spec, short_spec, two_way_lanes


def test_right_hand_traffic_has_its_oncoming_lanes_on_the_left() -> None:
    lanes = two_way_lanes(away=2, toward=1, width_m=3.5)
    assert [lane.direction for lane in lanes] == [-1, 1, 1]
    assert [lane.x_m for lane in lanes] == pytest.approx([-1.9, 1.9, 5.4])


@pytest.mark.parametrize("spec", [builtin_spec(), short_spec(), close_up_spec()], ids=["builtin", "short", "close-up"])
def test_the_measured_stretch_is_in_the_picture(spec: SceneSpec) -> None:
    half = spec.lanes[-1].x_m + spec.lanes[-1].width_m / 2
    near, far = spec.zone_y_m
    pixels = spec.camera.ground_pixels(np.array([[-half, near], [half, near], [half, far], [-half, far]]))
    assert (pixels >= 0).all()
    assert (pixels <= [spec.camera.width, spec.camera.height]).all()
    assert near < spec.line_y_m < far


def test_seeds_give_different_cameras_and_lights() -> None:
    specs = [random_spec(seed) for seed in range(60)]
    assert len({spec.camera for spec in specs}) == 60
    assert {spec.daylight for spec in specs} == {"day", "overcast", "dusk", "night"}
    assert len({(spec.camera.width, spec.camera.height) for spec in specs}) >= 4
    assert random_spec(8) == random_spec(8)
