"""The development broker: MQTT without installing one. Production runs mosquitto."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

from traffic.errors import EventsError

if TYPE_CHECKING:
    from amqtt.broker import Broker

LOOPBACK = "127.0.0.1"
START_WITHIN_S = 15.0
INSTALL = 'pip install "traffic[broker]"'


@contextlib.contextmanager
def embedded_broker(port: int = 0, host: str = LOOPBACK) -> Iterator[int]:
    """A broker that lets everybody in, in a thread of its own; keeps nothing when it ends.

    Args:
        port: 0 takes a free one.
        host: the address to listen on; by default this machine alone can connect.

    Yields:
        The port.

    Raises:
        EventsError: the port is taken, or amqtt is not installed.
    """
    port = _free_port(host, port)
    started: Future[None] = Future()
    stop = threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(_serve(host, port, started, stop),), name="broker", daemon=True)
    thread.start()
    try:
        started.result(START_WITHIN_S)
        yield port
    finally:
        stop.set()
        thread.join()


def _free_port(host: str, port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = "give another port, or use the broker that runs there already"
            raise EventsError(f"expected {host}:{port} to be free, got: {error}", remedy=remedy) from error
        return int(probe.getsockname()[1])


async def _serve(host: str, port: int, started: Future[None], stop: threading.Event) -> None:
    try:
        broker = await _start(host, port)
    except EventsError as error:
        started.set_exception(error)
        return
    started.set_result(None)
    await asyncio.to_thread(stop.wait)
    await broker.shutdown()


async def _start(host: str, port: int) -> Broker:
    try:
        from amqtt.broker import Broker
        from amqtt.errors import BrokerError
    except ImportError as error:
        raise EventsError(
            f"expected the package amqtt for the embedded broker, got: {error}", remedy=INSTALL
        ) from error
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    broker = Broker({"listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}}, "plugins": plugins})
    try:
        await broker.start()
    except BrokerError as error:
        raise EventsError(f"expected a broker on {host}:{port}, got: {error}", remedy="give another port") from error
    return broker
