"""The log of a training run: a JSON object a line, shown as it is written."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import typer


def write_line(path: Path, values: Mapping[str, float]) -> None:
    """Add a line of figures to a log, and show it."""
    line = json.dumps({name: round(value, 6) for name, value in values.items()})
    with path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    typer.echo(line)


class StepLog:
    """Tells, every so many steps, how quickly they went and the mean of their losses.

    Args:
        path: the log.
        every: steps a line.
        batch: pictures a step.
        pictures: what they are called.
    """

    def __init__(self, path: Path, every: int, batch: int, pictures: str = "images") -> None:
        self._path = path
        self._every = every
        self._batch = batch
        self._speed = f"{pictures}_per_s"
        self._losses: list[Mapping[str, float]] = []
        self._started = time.monotonic()

    def add(self, step: int, losses: Mapping[str, float], **now: float) -> None:
        """Take in what a step lost.

        Args:
            step: counts from 1.
            losses: by name, the same names at each step.
            now: further figures of a step that writes a line, like the learning rate.
        """
        self._losses.append(losses)
        if step % self._every:
            return
        count = len(self._losses)
        speed = count * self._batch / (time.monotonic() - self._started)
        means = {name: sum(each[name] for each in self._losses) / count for name in losses}
        write_line(self._path, {"step": step, **now, self._speed: speed, **means})
        self._losses, self._started = [], time.monotonic()
