from pathlib import Path

import pytest

from traffic.benchmark.looks_work import crops_work, looks_work

ENGINES = Path(__file__).parents[2] / "engines"


def test_crops_by_hand():
    """A vehicle of 320 x 240 shrunk to 96 x 96 and to 256 x 192, a plate to 160 x 48; four bytes a number written."""
    read = 3 * (320 * 240 + 320 * 240 + 160 * 48)
    written = 12 * (96 * 96 + 256 * 192 + 160 * 48)
    assert crops_work([(96, 96), (256, 192), (160, 48)], 1).bytes == read + written
    assert crops_work([(96, 96), (256, 192), (160, 48)], 4).bytes == 4 * (read + written)


def test_a_small_input_does_not_look_at_every_pixel_of_a_vehicle():
    assert crops_work([(96, 96), (32, 24), (160, 48)], 1).bytes < crops_work([(96, 96), (256, 192), (160, 48)], 1).bytes


def test_the_shipped_models_are_counted_once_for_all_vehicles():
    one, four = looks_work(ENGINES, 1), looks_work(ENGINES, 4)
    assert [each.name for each in one] == [
        "crops for classifier and plates",
        "vehicle classifier",
        "plate locator",
        "plate reader",
    ]
    for single, batch in zip(one[1:], four[1:], strict=True):
        assert batch.dense_flop == pytest.approx(4 * single.dense_flop)
        assert single.bytes < batch.bytes < 4 * single.bytes  # the weights are read once
