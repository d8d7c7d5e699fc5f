"""The encrypted connection, and the messages that a broken one holds."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from tests.events.mosquitto import Mosquitto, Subscriber
from traffic.errors import EventsError
from traffic.events.sender import Sender
from traffic.events.settings import MqttSettings, TlsSettings
from traffic.events.tail import Tail


@pytest.mark.parametrize(("availability", "said"), [("traffic/availability", ["online", "offline"]), (None, [])])
def test_acknowledgements_carry_the_numbers_of_the_messages(
    mqtt: MqttSettings, subscriber: Subscriber, availability: str | None, said: list[str]
) -> None:
    wake = threading.Event()
    with Sender(mqtt, wake, availability) as sender:
        sender.start()
        sender.start()
        while not sender.connected:
            assert wake.wait(10)
        sent = [sender.publish("traffic/north/passage", f'{{"event_id": "{n}"}}') for n in range(5)]
        acknowledged: list[int] = []
        while len(acknowledged) < 5 + (availability is not None):
            wake.clear()
            acknowledged += sender.acknowledged()
            wake.wait(0.2)
    assert acknowledged[-5:] == sent
    assert subscriber.order == ["0", "1", "2", "3", "4"]
    assert [subscriber.other.get(timeout=10)[1] for _ in said] == said
    assert subscriber.other.empty()


def test_closing_says_nothing_and_the_broker_neither(mqtt: MqttSettings, subscriber: Subscriber) -> None:
    wake = threading.Event()
    with Sender(mqtt, wake, "traffic/availability") as leaver:
        leaver.start()
        assert subscriber.other.get(timeout=10)[1] == "online"
        leaver.close()
    with Sender(mqtt.model_copy(update={"topic_prefix": "t"}), wake, "traffic/next/availability") as sender:
        sender.start()
        assert subscriber.other.get(timeout=10)[:2] == ("traffic/next/availability", "online")


def test_sender_that_never_started_ends(mqtt: MqttSettings) -> None:
    with Sender(mqtt, threading.Event()) as sender:
        assert not sender.connected


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here: apt-get install openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=broker"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return key, certificate


def test_broker_with_tls(tmp_path: Path, broker: Mosquitto, certificate: tuple[Path, Path]) -> None:
    key, own = certificate
    with Mosquitto(tmp_path, f"allow_anonymous true\ncertfile {own}\nkeyfile {key}\n") as secure:
        settings = MqttSettings(port=secure.port, tls=TlsSettings(ca_file=own))
        with Tail(settings):
            pass


# paho leaves a socket whose handshake failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_broker_whose_certificate_nobody_vouches_for(
    tmp_path: Path, broker: Mosquitto, certificate: tuple[Path, Path]
) -> None:
    key, own = certificate
    with (
        Mosquitto(tmp_path, f"allow_anonymous true\ncertfile {own}\nkeyfile {key}\n") as secure,
        pytest.raises(EventsError, match="certificate"),
        Tail(MqttSettings(port=secure.port, tls=TlsSettings())),
    ):
        pass


def test_tls_file_that_is_not_there(mqtt: MqttSettings, tmp_path: Path) -> None:
    missing = mqtt.model_copy(update={"tls": TlsSettings(ca_file=tmp_path / "nothing.pem")})
    with pytest.raises(EventsError, match=r"nothing\.pem") as caught:
        Sender(missing, threading.Event())
    assert "mqtt.tls" in caught.value.remedy
