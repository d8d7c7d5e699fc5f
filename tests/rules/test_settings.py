import pytest
from pydantic import ValidationError

from traffic.rules.settings import RulesSettings


def test_rules_as_a_config_writes_them():
    rules = RulesSettings.model_validate({"speeding": {"limit_kmh": 60}, "wrong_way": {}})
    assert (rules.speeding.limit_kmh, rules.speeding.tolerance_kmh) == (60.0, 0.0)
    assert rules.wrong_way.minimum_distance_m == 10.0
    assert RulesSettings().speeding is None


@pytest.mark.parametrize(
    ("what", "values", "message"),
    [
        ("no limit", {"speeding": {}}, "limit_kmh"),
        ("a limit of nothing", {"speeding": {"limit_kmh": 0}}, "greater than 0"),
        ("a negative tolerance", {"speeding": {"limit_kmh": 60, "tolerance_kmh": -1}}, "greater than or equal to 0"),
        ("no distance", {"wrong_way": {"minimum_distance_m": 0}}, "greater than 0"),
        ("a rule we do not know", {"red_light": {}}, "Extra inputs"),
    ],
)
def test_mistakes_are_named(what, values, message):
    with pytest.raises(ValidationError, match=message):
        RulesSettings.model_validate(values)
