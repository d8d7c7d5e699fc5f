"""A small project on disk: a config, a video of a few frames, a model with its card, and passages on record."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import STARTED_AT, passage, reading

from tests.cli.files import write_model, write_video
from tests.cli.project import BUS, CAR, PICTURE, PICTURE_PATH, SPEEDING, TRUCK, Answer, Project, Traffic
from tests.events.mosquitto import PROGRAM, Mosquitto, free_port
from traffic.__main__ import main
from traffic.datatypes import (
    EvidenceFile,
    Fact,
    LineCrossing,
    ListHit,
    Passage,
    Plate,
    PlateAlternative,
    SpeedEstimate,
    Violation,
)
from traffic.store.database import open_for_recording
from traffic.store.records import PassageRecord, ViolationRecord
from traffic.store.repository import Repository


@pytest.fixture
def traffic(capsys: pytest.CaptureFixture[str]) -> Traffic:
    """Runs a command in this process, as `traffic` does."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five grey frames of 160x96 pixels at 10 frames a second."""
    return write_video(tmp_path_factory.mktemp("video") / "road.mp4")


@pytest.fixture
def project(tmp_path: Path, video: Path) -> Project:
    """All is well in it; the database does not exist yet."""
    shutil.copy(video, tmp_path / "road.mp4")
    write_model(tmp_path / "engines", classes=["car", "bus"])
    project = Project(tmp_path)
    project.config.write_text("cameras: [{id: north, source: {kind: file, path: road.mp4}}]\n")
    return project


@pytest.fixture(scope="session")
def three_on_record(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The database and the evidence that `recorded` starts with."""
    project = Project(tmp_path_factory.mktemp("recorded"))
    project.picture.parent.mkdir(parents=True)
    project.picture.write_bytes(PICTURE)
    evidence = EvidenceFile(PICTURE_PATH, hashlib.sha256(PICTURE).hexdigest(), len(PICTURE))
    late = STARTED_AT + timedelta(minutes=20)
    facts = (Fact("speed", 22.0, "m/s"), Fact("limit", 60 / 3.6, "m/s"), Fact("distance", 30.0, "m"))
    violation = Violation(SPEEDING, TRUCK, "north", "speeding", 400_000_000, late, facts)
    records = [
        PassageRecord(
            _passage(CAR, 0, plate="A123BC77", speed_mps=13.5, crossings=(LineCrossing("stop", "forward", 1),)),
            hits=(ListHit("stolen", "watch", "A1*", "pattern"),),
        ),
        PassageRecord(_passage(BUS, 10, camera_id="south", vehicle_type="bus")),
        PassageRecord(
            _passage(TRUCK, 20, vehicle_type="truck", plate="K777KK199", speed_mps=22.0),
            (ViolationRecord(violation, evidence),),
        ),
    ]
    with open_for_recording(project.database) as engine:
        Repository(engine, project.database).record(records)
    return project


@pytest.fixture
def recorded(project: Project, three_on_record: Project) -> Project:
    """A car with a plate, a bus ten minutes later, and a truck that was too fast after ten more, with its evidence."""
    shutil.copytree(three_on_record.folder / "data", project.folder / "data")
    return project


@pytest.fixture(scope="session")
def broker_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A running broker on a free loopback port."""
    if PROGRAM is None:
        pytest.skip("mosquitto is not here: apt-get install mosquitto")
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker.port


@pytest.fixture
def closed_port() -> int:
    """A loopback port where nobody listens."""
    return free_port()


def _passage(
    passage_id: str,
    minute: int,
    *,
    camera_id: str = "north",
    vehicle_type: str = "car",
    plate: str | None = None,
    speed_mps: float | None = None,
    crossings: tuple[LineCrossing, ...] = (),
) -> Passage:
    other = PlateAlternative("A128BC77", 0.02)
    read = plate and Plate(plate, 0.97, 4, reading(plate), "ru", "1", certain=True, alternatives=(other,))
    speed = speed_mps and SpeedEstimate(speed_mps, 0.25, 0.0, 30.0, 0, 1_500_000_000)
    at = STARTED_AT + timedelta(minutes=minute)
    plain: Passage = passage(
        passage_id=passage_id,
        camera_id=camera_id,
        vehicle_type=vehicle_type,
        plate=read,
        speed=speed,
        crossings=crossings,
    )
    return replace(plain, started_at=at, ended_at=at + timedelta(seconds=4))
