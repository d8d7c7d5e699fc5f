import pytest
from builders import frame
from pydantic import ValidationError

from traffic.datatypes import VehicleCrop
from traffic.plates.reader import NoPlateReader, PlateSettings


def test_without_a_model_no_crop_has_a_plate():
    crops = [VehicleCrop(frame(i), (0, 0, 50, 50)) for i in range(3)]
    assert NoPlateReader().read(crops) == [None, None, None]


@pytest.mark.parametrize(
    "values",
    [
        {"maximum_readings": 0},
        {"minimum_interval_s": -1},
        {"certain_probability": 1.5},
        {"maximum_per_second": 0},
        {"minimum_quality": 2},
        {"countries": ()},
        {"countries": ("ru", "xx")},
    ],
)
def test_settings_out_of_range_are_refused(values):
    with pytest.raises(ValidationError):
        PlateSettings(**values)


def test_there_may_be_no_budget_and_no_fitted_figures():
    free = PlateSettings(maximum_per_second=None, consensus=None)
    assert (free.maximum_per_second, free.consensus) == (None, None)
