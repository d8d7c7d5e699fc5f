"""An MQTT client with our settings, and what a broker's refusal means."""

from __future__ import annotations

import os
import socket
import ssl

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from traffic.errors import EventsError
from traffic.events.settings import MqttSettings, TlsSettings

_CREDENTIALS = "give the right mqtt.username and mqtt.password, or let this user in at the broker"
_REFUSALS = {
    "Bad user name or password": _CREDENTIALS,
    "Not authorized": _CREDENTIALS,
    "Client identifier not valid": "give another mqtt.client_id",
}


def make_client(settings: MqttSettings, purpose: str) -> Client:
    """A client that is not yet connected; `purpose` tells this process's clients apart.

    Raises:
        EventsError: a TLS file is missing or unfit.
    """
    client_id = settings.client_id or f"traffic-{purpose}-{socket.gethostname()}-{os.getpid()}"
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
    if settings.username is not None:
        password = settings.password.get_secret_value() if settings.password else None
        client.username_pw_set(settings.username, password)
    if settings.tls is not None:
        _use_tls(client, settings.tls)
    client.reconnect_delay_set(
        settings.reconnect_first_s, max(settings.reconnect_first_s, settings.reconnect_longest_s)
    )
    client.max_inflight_messages_set(0)
    return client


def close_client(client: Client) -> None:
    """Disconnects and ends the client's thread.

    paho closes its last sockets when the client is freed, which a callback of its owner would put off.
    """
    client.disconnect()
    client.loop_stop()
    client.on_connect = client.on_connect_fail = client.on_disconnect = None
    client.on_publish = client.on_subscribe = client.on_message = None


def broker_name(settings: MqttSettings) -> str:
    """The broker as an error names it."""
    return f"the broker at {settings.host}:{settings.port}"


def refusal(settings: MqttSettings, reason: ReasonCode) -> EventsError:
    """What the broker's answer to CONNECT means and what to do about it."""
    name = reason.getName()
    remedy = _REFUSALS.get(name, "look into the broker's log")
    return EventsError(f"expected {broker_name(settings)} to let us in, got: {name}", remedy=remedy)


def unreachable(settings: MqttSettings, came: str) -> EventsError:
    """Nobody answers there."""
    remedy = "start the broker (systemctl start mosquitto), or give its mqtt.host and mqtt.port"
    return EventsError(f"expected {broker_name(settings)} to answer, got: {came}", remedy=remedy)


def _use_tls(client: Client, tls: TlsSettings) -> None:
    try:
        client.tls_set(
            ca_certs=str(tls.ca_file) if tls.ca_file else None,
            certfile=str(tls.certificate_file) if tls.certificate_file else None,
            keyfile=str(tls.key_file) if tls.key_file else None,
        )
    except (OSError, ValueError, ssl.SSLError) as error:
        remedy = "give PEM files that exist and belong together in mqtt.tls"
        raise EventsError(f"expected TLS files {tls}, got: {error}", remedy=remedy) from error
