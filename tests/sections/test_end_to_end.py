"""Two cameras on poles 3 km apart, vehicles of known speed between them, everything that errs in reality: boxes that
tremble, frames 40 ms apart, a surveyed distance that is wrong, clocks that differ. What ends up on record is held
against the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import numpy as np
import pytest
from builders import STARTED_AT, passage, reading
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.sections.project import Project
from tests.sections.samples import section
from traffic.datatypes import Plate, Trajectory
from traffic.evidence.passage_picture import write_jpeg
from traffic.scene.settings import LineSettings, SceneSettings
from traffic.scene.view import SceneView
from traffic.sections.runner import SectionRunner
from traffic.sections.settings import SectionSettings
from traffic.simulation.camera import Camera
from traffic.store.database import open_for_recording
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import TransitRow

IDS = UUID("5e0a3c52-31f2-4f57-8e4b-7f5b2c6d9e10")
CAMERA = Camera(1280, 720, 1400.0, 8.0, math.radians(14))
LINE_AT_M, NEAR_M, FAR_M = 30.0, 22.0, 75.0
DISTANCE_M = 3000.0
LIMIT_KMH = 90.0
VEHICLES = 40


@dataclass(frozen=True)
class Drive:
    """A vehicle that comes by the entry's line and changes its speed half way."""

    plate: str
    enters_s: float
    first_mps: float
    second_mps: float

    @property
    def average_kmh(self) -> float:
        return 3.6 * DISTANCE_M / (DISTANCE_M / 2 / self.first_mps + DISTANCE_M / 2 / self.second_mps)

    @property
    def leaves_s(self) -> float:
        return self.enters_s + DISTANCE_M / (self.average_kmh / 3.6)


def drives() -> list[Drive]:
    chance = np.random.default_rng(11)
    return [
        Drive(f"A{number:03d}AA77", 40.0 * number, *(chance.uniform(70, 115, 2) / 3.6)) for number in range(VEHICLES)
    ]


def seen(
    camera_id: str, drive: Drive, line_s: float, mps: float, clock_s: float, chance: np.random.Generator
) -> PassageRecord:
    """The passage that a camera records of a vehicle that is over its line `line_s` seconds after noon."""
    first_s, last_s = line_s - (LINE_AT_M - NEAR_M) / mps, line_s + (FAR_M - LINE_AT_M) / mps
    times_s = np.arange(first_s + chance.uniform(0, 0.04), last_s, 0.04)
    along_m = LINE_AT_M + (times_s - line_s) * mps
    ground = np.stack([np.full_like(along_m, 2.0), along_m, np.zeros_like(along_m)], axis=1)
    pixels = CAMERA.to_pixels(CAMERA.to_camera(ground)) + chance.normal(0, 1.5, (len(ground), 2))
    half = 1400.0 / along_m
    xyxy = np.stack([pixels[:, 0] - half, pixels[:, 1] - 2 * half, pixels[:, 0] + half, pixels[:, 1]], axis=1)
    pts_ns = np.round((times_s - times_s[0]) * 1e9).astype(np.int64)
    path = Trajectory(pts_ns, xyxy.astype(np.float32), (CAMERA.width, CAMERA.height))
    label = utc(times_s[0] + clock_s)
    plain = passage(
        path,
        camera_id=camera_id,
        passage_id=str(uuid5(IDS, f"{camera_id} {drive.plate}")),
        crossings=SceneView(scene()).crossings(path),
        plate=Plate(drive.plate, 0.97, 5, reading(drive.plate), "ru", "1", certain=True),
    )
    ended = label + timedelta(microseconds=int(pts_ns[-1]) // 1000)
    return PassageRecord(replace(plain, started_at=label, ended_at=ended))


def scene() -> SceneSettings:
    ends = np.array([[-8.0, LINE_AT_M, 0.0], [8.0, LINE_AT_M, 0.0]])
    (x1, y1), (x2, y2) = CAMERA.to_pixels(CAMERA.to_camera(ends)).tolist()
    return SceneSettings(lines=(LineSettings(name="end", points=((x1, y1), (x2, y2))),))


def utc(after_noon_s: float) -> datetime:
    return STARTED_AT + timedelta(seconds=float(after_noon_s))


def recorded(judged: SectionSettings, folder: Path, clock_s: float) -> dict[str, TransitRow]:
    """What a run has on record of the drives, by plate; the exit's clock is ahead by `clock_s`."""
    database = DatabaseSettings(url=f"sqlite:///{folder}/traffic.db")
    chance = np.random.default_rng(3)
    with open_for_recording(database) as engine:
        project = Project(engine, database, folder / "evidence")
        picture = write_jpeg(project.evidence, "picture.jpg", np.full((90, 160, 3), 90, np.uint8))
        records = []
        for drive in drives():
            entry = seen(judged.entry, drive, drive.enters_s, drive.first_mps, 0.0, chance)
            exit_ = seen(judged.exit, drive, drive.leaves_s, drive.second_mps, clock_s, chance)
            records += [replace(entry, picture=picture), replace(exit_, picture=picture)]
        Repository(engine, database).record(records)
        SectionRunner(engine, project.keeper(judged)).step(utc(50_000))
        with Session(engine) as session:
            return {str(row.plate_text): row for row in session.scalars(select(TransitRow))}


@pytest.mark.parametrize(
    ("line", "clock_s", "surveyed_m", "largest_error_kmh"),
    [
        ("end", 0.0, 3000.0, 0.3),
        ("end", 0.4, 3001.0, 0.8),
        ("end", -0.4, 2999.0, 0.8),
        (None, 0.4, 3000.0, 2.5),
    ],
    ids=["lines", "lines and a clock ahead", "lines and a clock behind", "no lines"],
)
def test_the_truth_lies_within_the_stated_uncertainty(
    line: str | None, clock_s: float, surveyed_m: float, largest_error_kmh: float, tmp_path: Path
) -> None:
    judged = section(
        entry_line=line,
        exit_line=line,
        distance_m=surveyed_m,
        distance_error_m=1.0,
        clock_error_s=0.25,
        limit_kmh=LIMIT_KMH,
    )
    rows = recorded(judged, tmp_path, clock_s)
    assert len(rows) == VEHICLES
    fined = 0
    for drive in drives():
        row = rows[drive.plate]
        error_kmh = 3.6 * row.speed_mps - drive.average_kmh
        assert abs(error_kmh) <= 3 * 3.6 * row.standard_error_mps
        assert 3 * 3.6 * row.standard_error_mps <= 3 * largest_error_kmh
        assert row.warning is None
        assert row.violation_id is None or drive.average_kmh > LIMIT_KMH
        assert row.violation_id is not None or drive.average_kmh <= LIMIT_KMH + 6 * 3.6 * row.standard_error_mps
        fined += row.violation_id is not None
    assert 5 < fined < VEHICLES - 5
