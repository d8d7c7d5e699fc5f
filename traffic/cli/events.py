"""`traffic events`: what goes out to the broker."""

from __future__ import annotations

from typing import Annotated

import typer

from traffic.cli.entries import vehicle_text
from traffic.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from traffic.cli.output import local, remark
from traffic.config import load_config
from traffic.errors import ConfigError
from traffic.events.codec import Availability, encode
from traffic.events.payload import AnyEvent, HitEvent, PassageEvent, TransitEvent, ViolationEvent
from traffic.events.settings import MqttSettings
from traffic.events.tail import Tail
from traffic.plates.display import display_text

app = typer.Typer(help="Follow the events on their way to the broker.", no_args_is_help=True)


@app.command()
def tail(
    config: ConfigPath = DEFAULT_CONFIG,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, metavar="PORT", help="Follow the broker at this loopback port, not the config's."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print events as the broker passes them on, until Ctrl-C."""
    with Tail(listener_settings(load_config(config).mqtt, port)) as subscription:
        for received in subscription.events():
            if isinstance(received.event, Availability):
                remark(f"the publisher is {received.event.state}")
            else:
                typer.echo(encode(received.event) if as_json else event_text(received.event))


def listener_settings(mqtt: MqttSettings | None, port: int | None) -> MqttSettings:
    """The broker's settings for a second client: two clients of one id would throw each other out.

    Args:
        mqtt: the config's broker.
        port: of a broker on this machine that takes its place.

    Raises:
        ConfigError: no broker is configured, nor is a port given.
    """
    if port is not None:
        return MqttSettings(port=port, topic_prefix=mqtt.topic_prefix) if mqtt else MqttSettings(port=port)
    if mqtt is None:
        raise ConfigError(
            "expected a broker in the config, got no mqtt", remedy="add mqtt with host and port, or name a --port"
        )
    return mqtt.model_copy(update={"client_id": None})


def event_text(event: AnyEvent) -> str:
    """An event on one line for people."""
    if isinstance(event, PassageEvent):
        lines = [f"{crossing.line} {crossing.direction}" for crossing in event.crossings]
        return _line(local(event.ended_at), event.camera_id, "passage", *_vehicle(event), *lines)
    if isinstance(event, ViolationEvent):
        facts = [f"{fact.name} {fact.value:g} {fact.unit}" for fact in event.facts]
        return _line(local(event.occurred_at), event.camera_id, event.rule, *_vehicle(event), *facts)
    if isinstance(event, HitEvent):
        found = f"{event.kind} list {event.list_name}: {event.entry} ({event.match})"
        return _line(local(event.occurred_at), event.camera_id, found, *_vehicle(event), event.note)
    if isinstance(event, TransitEvent):
        return _transit(event)
    return _line(local(event.at), event.camera_id, event.severity, event.message)


def _transit(event: TransitEvent) -> str:
    plate = display_text(event.plate_text) if event.plate_text else ""
    speed = f"{event.speed_kmh:.1f} km/h on average"
    state = "" if event.state == "recorded" else event.state
    return _line(local(event.left_at), event.camera_id, f"section {event.section}", state, plate, speed, event.warning)


def _vehicle(event: PassageEvent | ViolationEvent | HitEvent) -> tuple[str, ...]:
    plate = event.plate.display or display_text(event.plate.text) if event.plate else ""
    speed = f"{event.speed.speed_kmh:.1f} km/h" if event.speed else ""
    return vehicle_text(event.vehicle_type, event.colour), plate, speed


def _line(*parts: str | None) -> str:
    return "  ".join(part for part in parts if part)
