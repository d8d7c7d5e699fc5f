"""Logs and metrics: what a run tells of itself."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server
from pydantic import Field

from traffic.errors import ConfigError
from traffic.settings import Settings


class TelemetrySettings(Settings):
    """Logs and metrics."""

    log_format: Literal["text", "json"] = "text"
    """text for people, json for programs; always on standard error."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important message that is written."""

    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """Loopback port that serves Prometheus metrics; left out, none are served."""


class Metrics:
    """The counters of one run, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames = Counter("traffic_frames", "Frames processed.", ["camera"], registry=self.registry)
        self.dropped_frames = Counter(
            "traffic_dropped_frames", "Frames of a live stream dropped undetected.", ["camera"], registry=self.registry
        )
        self.passages = Counter("traffic_passages", "Passages recorded.", ["camera"], registry=self.registry)
        self.violations = Counter(
            "traffic_violations", "Violations recorded.", ["camera", "rule"], registry=self.registry
        )
        self.health_events = Counter(
            "traffic_health_events", "Health events.", ["camera", "kind"], registry=self.registry
        )
        self.stage_seconds = Gauge(
            "traffic_stage_seconds", "Wall seconds spent in a stage.", ["stage"], registry=self.registry
        )
        self.queue_depth = Gauge(
            "traffic_queue_depth", "Batches waiting before a stage.", ["stage"], registry=self.registry
        )
        self.plate_crops = Gauge(
            "traffic_plate_crops",
            "Vehicle crops searched for a plate, by what came of it.",
            ["outcome"],
            registry=self.registry,
        )
        self.plates = Gauge(
            "traffic_plates",
            "Passages by what is on record of their plates.",
            ["outcome"],
            registry=self.registry,
        )
        self.list_hits = Gauge("traffic_list_hits", "Plates on a list.", ["list", "match"], registry=self.registry)
        self.list_entries = Gauge("traffic_list_entries", "Lines of a list.", ["list"], registry=self.registry)
        self.list_reloads = Gauge(
            "traffic_list_reloads", "Changed lists that were taken.", ["list"], registry=self.registry
        )
        self.list_refusals = Gauge(
            "traffic_list_refusals", "Changed lists that could not be read.", ["list"], registry=self.registry
        )
        self.exempted_violations = Gauge(
            "traffic_exempted_violations",
            "Violations dropped: exempt vehicles.",
            ["rule", "reason"],
            registry=self.registry,
        )
        self.unsent_events = Gauge("traffic_unsent_events", "Events in the outbox.", registry=self.registry)

    def serve(self, port: int) -> None:
        """Serve the metrics over HTTP on the loopback interface until the process ends.

        Raises:
            ConfigError: the port is taken.
        """
        try:
            start_http_server(port, addr="127.0.0.1", registry=self.registry)
        except OSError as error:
            raise ConfigError(
                f"telemetry.metrics_port: expected a free port, but {port}: {error.strerror}",
                remedy="choose another port, or stop the program that holds it",
            ) from error


class _ForgivingStream:
    """Standard error that may be full or gone: a message that cannot be written must not end the watching."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            return sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure_logging(settings: TelemetrySettings) -> None:
    """Send structlog's messages to standard error in the configured format; a full or closed one is put up with."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, _ForgivingStream())),
        cache_logger_on_first_use=False,
    )
