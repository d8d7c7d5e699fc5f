import pytest
from pydantic import ValidationError

from traffic.classification.settings import ClassifierSettings


@pytest.mark.parametrize(
    "values", [{"maximum_looks": 0}, {"minimum_interval_s": -1}, {"minimum_vehicle_height_px": 0}, {"colour": "red"}]
)
def test_settings_out_of_range_are_refused(values):
    with pytest.raises(ValidationError):
        ClassifierSettings(**values)
