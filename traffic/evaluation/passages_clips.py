"""Clips with known plates through the whole pipeline: what was read on the way, passage by passage.

The plates of clips were read by eye, in the frames where they are largest. Those of China begin with the province, a
Chinese character that no reader here knows: the table has a question mark for it.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traffic.config import CameraSettings, Config
from traffic.datatypes import Case, Passage, PlateReading, VehicleCrop
from traffic.evaluation.passages_reading import HowSeen
from traffic.models import build_detector, build_plate_reader
from traffic.passages.identifier import IdentifierSettings, NoClassifier, PassageIdentifier
from traffic.pipeline import Batch, Pipeline
from traffic.plates.reader import PlateReader
from traffic.plates.recorded import KnownPassage
from traffic.scene.view import SceneView
from traffic.tracking.bytetrack import Tracker
from traffic.video.capture import open_capture
from traffic.video.source import FileSource

TABLE = Path(__file__).with_name("passages_clips.csv")
NANOSECONDS = 1_000_000_000
NEAR_NS = NANOSECONDS // 4


@dataclass(frozen=True, slots=True)
class KnownPlate:
    """A vehicle whose plate is known: where it is at some moment, a point (x, y) in its box, pixels.

    Attributes:
        seconds: media time.
        country: of the plate, one of the reader's, or another.
        speed_kmh: 0 where it is not known.
    """

    seconds: float
    x: float
    y: float
    text: str
    country: str = "cn"
    speed_kmh: float = 0.0


class KeptReadings:
    """A plate reader that keeps what it reads.

    Args:
        reader: reads.
    """

    def __init__(self, reader: PlateReader) -> None:
        self._reader = reader
        self._kept: dict[tuple[int, tuple[float, float, float, float]], PlateReading | None] = {}

    def read(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateReading | None]:
        """See PlateReader."""
        readings = self._reader.read(crops)
        for crop, reading in zip(crops, readings, strict=True):
            self._kept[crop.frame.pts_ns, crop.xyxy] = reading
        return readings

    def of(self, passage: Passage) -> list[PlateReading | None]:
        """What it made of the vehicle of a passage, in order of time."""
        trajectory = passage.trajectory
        places = zip(trajectory.pts_ns.tolist(), map(tuple, trajectory.xyxy.tolist()), strict=True)
        return [self._kept[place] for place in places if place in self._kept]


def clip_plates(table: Path = TABLE) -> dict[str, list[KnownPlate]]:
    """The known plates of each clip, by the clip's file name."""
    found: dict[str, list[KnownPlate]] = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            plate = KnownPlate(float(row["seconds"]), float(row["x"]), float(row["y"]), row["text"])
            found.setdefault(row["clip"], []).append(plate)
    return found


def read_clip(video: Path, plates: Sequence[KnownPlate], config: Config, name: str) -> list[KnownPassage]:
    """Take a video through detector, tracker and plate reader.

    Args:
        video: to be read.
        plates: those that are known in it; a vehicle that no passage was made of counts as one without readings.
        config: with absolute paths; its cameras are not heeded.
        name: of the group that the passages belong to.
    """
    with ExitStack() as stack:
        reader = KeptReadings(build_plate_reader(config, stack))
        pipeline = _pipeline(config, reader, stack)
        passages = [case.passage for batch in _batches(video) for case in pipeline.process(batch).cases]
        return [_known(plate, _of_plate(plate, passages), reader, name) for plate in plates]


def clip_config(engines: Path) -> Config:
    """As shipped, for the models of a folder; standing vehicles make passages too."""
    base = Config(cameras=(CameraSettings(id="clip", source=FileSource(path=Path("clip.mp4"))),))
    plates = base.plates.model_copy(
        update={"locator": engines / "plate_locator.yaml", "reader": engines / "plate_reader.yaml"}
    )
    return base.model_copy(
        update={
            "detector": base.detector.model_copy(update={"model": engines / "vehicle_detector.yaml"}),
            "plates": plates.model_copy(update={"consensus": None, "certain_readings": 1_000_000}),
            "passages": base.passages.model_copy(update={"minimum_travel_boxes": 0.0}),
        }
    )


class _Idle:
    """Judges nothing and records nothing."""

    def judge(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """See Judge."""
        return tuple(cases)

    def record(self, cases: Sequence[Case]) -> None:
        """See Recorder."""


def _pipeline(config: Config, reader: PlateReader, stack: ExitStack) -> Pipeline:
    camera = config.cameras[0]
    identifier = PassageIdentifier(
        {camera.id: SceneView(camera.scene)},
        NoClassifier(),
        reader,
        IdentifierSettings(passages=config.passages, classifier=config.classifier, plates=config.plates),
    )
    idle = _Idle()
    return Pipeline(build_detector(config, stack), {camera.id: Tracker(camera.tracker)}, identifier, idle, idle)


def _batches(video: Path) -> Iterator[Batch]:
    source = FileSource(path=video.absolute())
    with open_capture("clip", source, stop=threading.Event(), on_health=lambda _: None) as capture:
        for frame in capture:
            yield Batch((frame,))
    yield Batch((), ("clip",))


def _of_plate(plate: KnownPlate, passages: Sequence[Passage]) -> Passage | None:
    """The passage whose box has the plate's point at its moment; of several the longest."""
    fitting = [passage for passage in passages if _has(passage, plate)]
    return max(fitting, key=lambda passage: len(passage.trajectory), default=None)


def _has(passage: Passage, plate: KnownPlate) -> bool:
    trajectory = passage.trajectory
    apart = np.abs(trajectory.pts_ns - round(plate.seconds * NANOSECONDS))
    row = int(apart.argmin())
    x1, y1, x2, y2 = trajectory.xyxy[row].tolist()
    return bool(apart[row] <= NEAR_NS and x1 <= plate.x <= x2 and y1 <= plate.y <= y2)


def _known(plate: KnownPlate, passage: Passage | None, reader: KeptReadings, name: str) -> KnownPassage:
    found = reader.of(passage) if passage is not None else []
    readings = tuple(reading for reading in found if reading is not None)
    how = HowSeen(
        daytime="day",
        heading="toward",
        speed_kmh=plate.speed_kmh,
        height_px=max((each.xyxy[3] - each.xyxy[1] for each in readings), default=0.0),
        views=len(found),
        vehicle=passage.vehicle_type if passage is not None else "unknown",
        kind="clip",
    )
    return KnownPassage(f"{name}/{plate.text}", plate.text, plate.country, how.words(), readings)
