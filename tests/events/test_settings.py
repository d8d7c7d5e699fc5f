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


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "broker_7.city", "брокер.рф"])
def test_hosts(host: str) -> None:
    assert MqttSettings(host=host).host == host


@pytest.mark.parametrize("host", ["", ".", "broker..city", "b" * 64])
def test_host_that_is_no_name(host: str) -> None:
    with pytest.raises(ValidationError, match="host"):
        MqttSettings(host=host)


def test_password_is_never_shown() -> None:
    assert "hush" not in repr(MqttSettings(username="box", password="hush"))
