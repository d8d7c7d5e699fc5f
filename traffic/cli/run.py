"""`traffic run`: the main job."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from traffic.app import Run
from traffic.cli.options import DEFAULT_CONFIG, ConfigPath
from traffic.cli.output import print_json, remark, remarks
from traffic.config import CameraSettings, Config, load_config
from traffic.errors import ConfigError
from traffic.events.embedded_broker import embedded_broker
from traffic.events.settings import MqttSettings
from traffic.preview import Preview
from traffic.privacy.privatiser import Privatiser
from traffic.report import RunReport
from traffic.telemetry import configure_logging
from traffic.video.source import FileSource
from traffic.watchdog import Watchdog

CLIP_CAMERA = "clip"


def run(
    video: Annotated[
        Path | None,
        typer.Argument(metavar="[VIDEO]", help="Run on this file in place of the config's cameras, uncalibrated."),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    preview: Annotated[
        Path | None, typer.Option(metavar="OUT.mp4", help="Also write the annotated video of the first camera.")
    ] = None,
    *,
    synchronous: Annotated[
        bool, typer.Option("--synchronous", help="One thread for the whole chain: slower, the same result.")
    ] = False,
    broker: Annotated[
        bool, typer.Option("--broker", help="Start the development broker and publish there while the run lasts.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """Watch the cameras until they end, or until Ctrl-C: passages, violations, evidence and events."""
    settings = load_config(config) if video is None else _for_clip(video, config)
    configure_logging(settings.telemetry)
    stop = threading.Event()
    with _interruptible(stop) as received, ExitStack() as stack:
        if broker and settings.mqtt is not None:
            raise ConfigError(
                "--broker: expected a config without mqtt, got one: its events would go to the development broker only",
                remedy="leave out --broker, or take mqtt out of the config",
            )
        if broker:
            settings = _with_broker(settings, stack.enter_context(embedded_broker()))
        running = stack.enter_context(Run(settings, stop, synchronous=synchronous))
        stack.enter_context(Watchdog(os.environ, running.progress, running.is_idle))
        shown = None if preview is None else stack.enter_context(_preview(settings, preview))
        _watch(running, shown)
        report = running.report()
    _print_report(report, as_json=as_json)
    raise typer.Exit(_exit_code(report, received))


def _preview(settings: Config, path: Path) -> Preview:
    return Preview(settings.cameras[0], path, Privatiser(settings.privacy).case)


def _exit_code(report: RunReport, received: Sequence[int]) -> int:
    """1 when a camera failed; 128 and the signal's number when it cut a file short; else 0."""
    if any(camera.failure for camera in report.cameras.values()):
        return 1
    cut_short = not all(camera.complete for camera in report.cameras.values())
    return 128 + received[0] if cut_short and received else 0


def _for_clip(video: Path, config: Path) -> Config:
    """The config with one camera that plays `video` in place of its own."""
    source = FileSource(path=video.absolute())
    return load_config(config).model_copy(update={"cameras": (CameraSettings(id=CLIP_CAMERA, source=source),)})


def _with_broker(settings: Config, port: int) -> Config:
    remark(f"Development broker on mqtt://127.0.0.1:{port}: see it with `traffic events tail --port {port}`.")
    return settings.model_copy(update={"mqtt": MqttSettings(host="127.0.0.1", port=port)})


@contextmanager
def _interruptible(stop: threading.Event) -> Iterator[list[int]]:
    """The first Ctrl-C or SIGTERM ends the run cleanly, and its number is kept; the second one ends the process."""
    received: list[int] = []

    def on_signal(number: int, _frame: object) -> None:
        stop.set()
        received.append(number)
        signal.signal(number, signal.SIG_DFL)
        with suppress(OSError, RuntimeError):  # the terminal may be gone, or in the middle of a line
            remark("Stopping: what was seen is being recorded. Once more to leave at once.")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(running: Run, preview: Preview | None) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=remarks(), transient=True) as bar:
        task = bar.add_task("watching", total=None, speed="")
        for done in running:
            if preview is not None:
                preview.show(done)
            bar.update(task, advance=len(done.batch.frames), total=running.expected_frames(), speed=_speed(running))


def _speed(running: Run) -> str:
    waiting = " ".join(f"{stage} {depth}" for stage, depth in running.depths().items() if depth)
    return f"{running.frames_per_second():.0f} frames/s  {waiting and 'waiting: ' + waiting}"


def _print_report(report: RunReport, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    for camera_id, camera in report.cameras.items():
        lost = "".join(
            f", {count} {word}"
            for count, word in (
                (camera.dropped, "dropped"),
                (camera.broken, "broken"),
                (camera.reconnects, "reconnects"),
            )
            if count
        )
        remark(f"{camera_id}: {camera.frames} frames{lost}")
        if not camera.complete and not camera.failure:
            remark(f"{camera_id}: stopped before its end; run it again to record the rest")
        if camera.failure:
            remark(f"{camera_id}: {camera.failure}")
    again = f" ({report.already_recorded} passages were on record already)" if report.already_recorded else ""
    remark(f"{report.passages} passages, {report.violations} violations recorded{again}")
    if report.unsent_events:
        remark(f"{report.unsent_events} events wait in the outbox for the broker")
    frames = sum(camera.frames for camera in report.cameras.values())
    remark(f"{report.wall_s:.1f} s, {frames / max(report.wall_s, 1e-9):.1f} frames/s")
