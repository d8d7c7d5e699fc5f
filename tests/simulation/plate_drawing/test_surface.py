import numpy as np

from traffic.simulation.plate_drawing.surface import smooth_noise, weathered

PLATE = np.full((56, 260, 3), 230, np.uint8)
PLATE[20:40, 50:60] = 20


def test_weather_changes_most_plates_and_leaves_the_clean_one_alone() -> None:
    before = PLATE.copy()
    worn = [weathered(PLATE, np.random.default_rng(seed)) for seed in range(40)]
    np.testing.assert_array_equal(PLATE, before)
    assert sum(bool((picture != PLATE).any()) for picture in worn) > 20
    assert all(picture.shape == PLATE.shape and picture.dtype == np.uint8 for picture in worn)


def test_ink_stays_darker_than_its_ground_nearly_always() -> None:
    darker = []
    for seed in range(100):
        worn = weathered(PLATE, np.random.default_rng(seed)).astype(float)
        darker.append(worn[22:38, 52:58].mean() < worn[22:38, 62:90].mean())
    assert np.mean(darker) > 0.95


def test_the_same_seed_gives_the_same_wear() -> None:
    first, second = (weathered(PLATE, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_noise_lies_between_0_and_1_and_is_smooth() -> None:
    noise = smooth_noise(60, 120, (3, 4), np.random.default_rng(0))
    assert noise.shape == (60, 120)
    assert 0 <= noise.min() < noise.max() <= 1
    assert np.abs(np.diff(noise, axis=1)).max() < 0.15
