import numpy as np

from traffic.simulation.plate_drawing.capture import captured

EDGE = np.full((24, 100, 3), 220, np.uint8)
EDGE[:, 50:] = 30


def test_a_captured_picture_has_the_same_size_and_the_scene_is_still_in_it() -> None:
    for seed in range(60):
        seen = captured(EDGE, np.random.default_rng(seed))
        assert seen.shape == EDGE.shape
        assert seen.dtype == np.uint8
        assert seen[:, 5:40].mean() > seen[:, 60:95].mean()


def test_some_cameras_blur_and_some_have_no_colour() -> None:
    coloured = EDGE.copy()
    coloured[:, :50] = (60, 120, 220)
    seen = [captured(coloured, np.random.default_rng(seed)).astype(int) for seed in range(200)]
    sharpness = [np.abs(np.diff(picture.mean(axis=(0, 2)))).max() for picture in seen]
    assert min(sharpness) < 0.4 * max(sharpness)
    spread = [np.ptp(picture[:, 5:40].mean(axis=(0, 1))) / picture[:, 5:40].mean() for picture in seen]
    assert 5 < sum(value < 0.35 for value in spread) < 100


def test_the_same_seed_gives_the_same_picture_and_the_scene_is_left_alone() -> None:
    before = EDGE.copy()
    first, second = (captured(EDGE, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(EDGE, before)
