"""`traffic bench` and its commands put together."""

from __future__ import annotations

import typer

from traffic.cli import bench, bench_device, bench_models, bench_plates, bench_tracker

app = typer.Typer()
app.callback(invoke_without_command=True)(bench.bench)
app.command("tracker")(bench_tracker.tracker)
app.command("plates")(bench_plates.plates)
app.command("device")(bench_device.device)
app.command("models")(bench_models.models)
