import pytest
from pydantic import ValidationError

from traffic.events.settings import MqttSettings


@pytest.mark.parametrize("prefix", ["traffic", "city/traffic", "город/камеры"])
def test_prefixes(prefix: str) -> None:
    assert MqttSettings(topic_prefix=prefix).topic_prefix == prefix


@pytest.mark.parametrize("prefix", ["", "/traffic", "traffic/", "a//b", "traffic/#", "traffic/+/x", "a b", "a\x00"])
def test_prefix_that_is_no_topic(prefix: str) -> None:
    with pytest.raises(ValidationError, match="topic_prefix"):
        MqttSettings(topic_prefix=prefix)


def test_password_is_never_shown() -> None:
    assert "hush" not in repr(MqttSettings(username="box", password="hush"))
