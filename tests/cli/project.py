"""The project that the commands are tried on, and what a command answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from traffic.store.settings import DatabaseSettings

CAR, BUS, TRUCK = (f"aaaaaaa{n}-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
SPEEDING = "bbbbbbb3-0000-4000-8000-000000000003"
PICTURE = b"not really a JPEG"
PICTURE_PATH = "north/2026-05-04/speeding.jpg"


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """The folder of a config and what it names."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def database(self) -> DatabaseSettings:
        return DatabaseSettings(url=f"sqlite:///{self.folder}/data/traffic.db")

    @property
    def picture(self) -> Path:
        return self.folder / "data/evidence" / PICTURE_PATH

    def change(self, **parts: object) -> None:
        """Replace or add parts of the config, at its top."""
        document = yaml.safe_load(self.config.read_text()) | parts
        self.config.write_text(yaml.safe_dump(document))

    def change_camera(self, **parts: object) -> None:
        """The same of its camera."""
        camera = yaml.safe_load(self.config.read_text())["cameras"][0]
        self.change(cameras=[camera | parts])


Traffic = Callable[..., Answer]
"""Runs a command with these arguments."""
