import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from traffic.events.client import make_client, refusal, unreachable
from traffic.events.settings import MqttSettings

SETTINGS = MqttSettings(host="broker.city", port=8883)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("Bad user name or password", "mqtt.password"),
        ("Not authorized", "mqtt.username"),
        ("Client identifier not valid", "mqtt.client_id"),
        ("Server busy", "log"),
    ],
)
def test_refusal_names_the_broker_and_the_remedy(reason: str, remedy: str) -> None:
    error = refusal(SETTINGS, ReasonCode(PacketTypes.CONNACK, reason))
    assert "broker.city:8883" in error.problem
    assert reason in error.problem
    assert remedy in error.remedy


def test_silence_names_the_broker_and_the_remedy() -> None:
    error = unreachable(SETTINGS, "timed out")
    assert "broker.city:8883" in error.problem
    assert "mqtt.host" in error.remedy


def test_clients_of_one_process_differ() -> None:
    ids = {make_client(SETTINGS, purpose)._client_id for purpose in ("tail", "publisher")}
    ids.add(make_client(SETTINGS.model_copy(update={"client_id": "box 7"}), "tail")._client_id)
    assert len(ids) == 3
    assert b"box 7" in ids
