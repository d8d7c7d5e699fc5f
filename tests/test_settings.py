import pytest
from pydantic import ValidationError

from traffic.settings import Settings


class Speed(Settings):
    limit_kmh: float = 60.0
    """What the sign says."""


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Speed().limit_kmh = 70.0


@pytest.mark.parametrize("values", [{"limit": 60}, {"limit_kmh": float("nan")}, {"limit_kmh": "fast"}])
def test_unknown_keys_and_values_that_are_no_number_are_refused(values):
    with pytest.raises(ValidationError):
        Speed(**values)


def test_the_line_under_a_field_is_its_description_in_the_schema():
    assert Speed.model_json_schema()["properties"]["limit_kmh"]["description"] == "What the sign says."
