"""Which broker gets the events."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from traffic.settings import Settings

TOPIC_PREFIX = re.compile(r"[^/+#\s\x00]+(/[^/+#\s\x00]+)*")


class TlsSettings(Settings):
    """How the broker is recognised, and how we show who we are."""

    ca_file: Path | None = None
    """PEM file of the authority that signed the broker's certificate; the system's authorities where absent."""
    certificate_file: Path | None = None
    """PEM file of our own certificate, where the broker asks for one."""
    key_file: Path | None = None
    """PEM file of our certificate's key."""


class MqttSettings(Settings):
    """The MQTT broker, and how the outbox is drained into it."""

    host: str = Field(default="127.0.0.1", min_length=1)
    """The broker's name or address."""
    port: int = Field(default=1883, ge=1, le=65535)
    """The broker's port; 8883 is usual with TLS."""
    username: str | None = None
    """Who we are to the broker; none for a broker that lets everybody in."""
    password: SecretStr | None = None
    """The password of `username`."""
    tls: TlsSettings | None = None
    """Absent: no encryption."""
    client_id: str | None = None
    """Must differ between all clients of a broker; made from the host's name and the process where absent. Of several
    processes on one database only the one that publishes bears it."""
    topic_prefix: str = "traffic"
    """Events go to `{topic_prefix}/{camera_id}/passage`, `/violation` and `/health`."""
    keepalive_s: int = Field(default=30, ge=5, le=65535)
    """A broker that is silent for one and a half times as long counts as gone."""
    in_flight: int = Field(default=100, ge=1, le=10_000)
    """How many events are on their way at once, sent and not yet acknowledged."""
    reconnect_first_s: int = Field(default=1, ge=1)
    """The first pause before the broker is tried again; each further one is twice as long."""
    reconnect_longest_s: int = Field(default=60, ge=1)
    """The longest pause."""
    keep_sent_days: float = Field(default=7.0, ge=0)
    """How long a sent event stays in the outbox, for those who look for it."""
    keep_sent_at_most: int = Field(default=100_000, ge=0)
    """How many sent events stay in the outbox at most."""

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, host: str) -> str:
        try:
            host.encode("idna")
        except UnicodeError as error:
            raise ValueError(f"expected a host's name or address, got {host!r}") from error
        return host

    @field_validator("topic_prefix")
    @classmethod
    def _is_a_topic(cls, prefix: str) -> str:
        if not TOPIC_PREFIX.fullmatch(prefix):
            raise ValueError(f"expected words parted by single '/', without '+', '#' and blanks, got {prefix!r}")
        return prefix
