import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import frame, passage, trajectory

from traffic.datatypes import Case, Fact, Frame, Plate, PlateReading, Shot, Violation

PLATE_BOX = (340.0, 240.0, 400.0, 254.0)


def textured_frame(size: tuple[int, int], index: int) -> Frame:
    """A frame in which no two places look alike."""
    width, height = size
    image = np.random.default_rng(4).integers(0, 120, (height, width, 3), dtype=np.uint8)
    return replace(frame(index, size=size), image=image)


def make_case(*, plate_index: int | None = None, index: int = 10, size: tuple[int, int] = (960, 540)) -> Case:
    """A speeding car; its plate was read in frame `plate_index`."""
    shot = Shot(textured_frame(size, index), (300.0, 150.0, 440.0, 270.0))
    plate = None
    if plate_index is not None:
        reading = PlateReading("A123BC77", (0.9,) * 8, plate_index * 40_000_000, PLATE_BOX)
        plate = Plate("A123BC77", 0.93, 7, reading)
    path = trajectory([(330, 15 * i, 410, 60 + 15 * i) for i in range(20)], frame_size=size)
    of = passage(path, plate=plate)
    violation = Violation(
        violation_id="19f25c25-735c-5d27-9e8b-69a03d38ad60",
        passage_id=of.passage_id,
        camera_id=of.camera_id,
        rule="speeding",
        pts_ns=400_000_000,
        occurred_at=shot.frame.captured_at,
        facts=(Fact("speed", 25.53, "m/s"), Fact("limit", 60 / 3.6, "m/s"), Fact("distance", 31.24, "m")),
    )
    return Case(of, shot, (violation,))


@pytest.fixture
def speeding_case() -> Callable[..., Case]:
    return make_case


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small disk needs root and the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
