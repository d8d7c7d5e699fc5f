import pytest
from builders import frame
from pydantic import ValidationError

from traffic.datatypes import VehicleCrop
from traffic.plates.reader import NoPlateReader, PlateSettings


def test_without_a_model_no_crop_has_a_plate():
    crops = [VehicleCrop(frame(i), (0, 0, 50, 50)) for i in range(3)]
    assert NoPlateReader().read(crops) == [None, None, None]


@pytest.mark.parametrize("values", [{"maximum_readings": 0}, {"minimum_interval_s": -1}, {"certain_probability": 1.5}])
def test_settings_out_of_range_are_refused(values):
    with pytest.raises(ValidationError):
        PlateSettings(**values)
