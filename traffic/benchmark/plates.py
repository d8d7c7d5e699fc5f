"""What reading plates costs the chain when ten vehicles are always in view, with the plate budget and without."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from traffic.app import Run
from traffic.benchmark.chain import recording_in
from traffic.benchmark.lap import MILLISECONDS, Lap, Stopwatch
from traffic.config import CameraSettings, Config
from traffic.datatypes import VEHICLE_CLASSES, UInt8Array
from traffic.detection.detector import DetectorSettings
from traffic.errors import SourceError
from traffic.plates.reader import PlateSettings
from traffic.simulation.camera import Camera
from traffic.simulation.fleet import PlacedVehicle, VehicleDesign, design_vehicle
from traffic.simulation.painter import Painter
from traffic.simulation.spec import Lane, SceneSpec, TrafficSpec, two_way_lanes
from traffic.simulation.timing import TICKS_PER_SECOND
from traffic.video.source import FileSource
from traffic.video.writer import VideoWriter

FPS, VEHICLES = 25, 10
NEAR_M, FAR_M = 17.0, 52.0
SPEEDS_MPS = (9.0, 14.0)
KIND_SHARES = (0.7, 0.15, 0.05, 0.08, 0.02)
EVERY_FRAME = 1_000_000


@dataclass(frozen=True, slots=True)
class PlateLoad:
    """How one variant of the chain fared.

    Attributes:
        name: which.
        frames_per_second, wall_ms, cpu_ms: of the whole chain; milliseconds a frame, CPU's of all threads.
        vehicles: tracked boxes a frame.
        read_per_second: plates read in a second of video.
    """

    name: str
    frames_per_second: float
    wall_ms: float
    cpu_ms: float
    vehicles: float
    read_per_second: float

    @property
    def core_frames_per_second(self) -> float:
        """What one core that does nothing else could do, by the CPU time: unlike the wall's, it bears other load."""
        return MILLISECONDS / self.cpu_ms

    @property
    def keeps_up(self) -> bool:
        """Whether one such core is as fast as the camera."""
        return self.core_frames_per_second >= FPS


def plate_variants(given: PlateSettings) -> dict[str, PlateSettings]:
    """The settings to compare: no plates, as given, and every vehicle read in every frame, each with and without the
    budget.
    """
    eager = given.model_copy(
        update={
            "minimum_interval_s": 0.0,
            "maximum_readings": EVERY_FRAME,
            "readings_alike": EVERY_FRAME,
            "certain_readings": EVERY_FRAME,
        }
    )
    return {
        "plates not read": given.model_copy(update={"locator": None, "reader": None}),
        "as shipped": given,
        "as shipped, no budget": given.model_copy(update={"maximum_per_second": None}),
        "every vehicle in every frame, with the budget": eager,
        "every vehicle in every frame, no budget": eager.model_copy(update={"maximum_per_second": None}),
    }


def time_plates(
    video: Path,
    folder: Path,
    model: Path,
    variants: Mapping[str, PlateSettings],
    rounds: int,
    tell: Callable[[str], None],
) -> list[PlateLoad]:
    """Run every variant over a video, in turn, round after round; of each the round with the median CPU time.

    Args:
        video: see film_crowd.
        folder: where records go.
        model: the vehicle detector's card.
        variants: the plate settings to compare, with absolute paths; see plate_variants.
        rounds: how often.
        tell: called with a line on what is being done.
    """
    laps: dict[str, list[tuple[Lap, int]]] = {name: [] for name in variants}
    for number in range(1, rounds + 1):
        for name, plates in variants.items():
            tell(f"round {number} of {rounds}: {name}")
            laps[name].append(_lap(_config(video, model, plates), folder))
    return [_load(name, mine) for name, mine in laps.items()]


def film_crowd(path: Path, seconds: float, vehicles: int = VEHICLES, seed: int = 5) -> None:
    """Write 1920x1080 frames in which so many vehicles drive along four lanes, all wide enough for their plates to be
    looked for; who leaves the view comes back as another at its other end.
    """
    with VideoWriter(path, (1920, 1080), FPS, TICKS_PER_SECOND) as writer:
        for index, image in enumerate(crowd_frames(seconds, vehicles, seed)):
            writer.write(image, index * TICKS_PER_SECOND // FPS)


def crowd_frames(seconds: float, vehicles: int, seed: int) -> Iterator[UInt8Array]:
    """The frames of film_crowd."""
    spec = _road(seed)
    painter, rng = Painter(spec), np.random.default_rng([seed, 0xC0])
    numbers = count(vehicles)
    drivers = [_Driver.new(number, spec.lanes[number % len(spec.lanes)], rng) for number in range(vehicles)]
    for place, driver in enumerate(drivers):
        driver.y_m = NEAR_M + (FAR_M - NEAR_M) * (place // len(spec.lanes) + 0.5) / -(-vehicles // len(spec.lanes))
    for index in range(round(seconds * FPS)):
        yield painter.paint(tuple(driver.placed() for driver in drivers), index, index / FPS)
        drivers = [driver.moved(1 / FPS, numbers, rng) for driver in drivers]


@dataclass(slots=True)
class _Driver:
    number: int
    design: VehicleDesign
    lane: Lane
    y_m: float
    speed_mps: float

    @classmethod
    def new(cls, number: int, lane: Lane, rng: np.random.Generator) -> _Driver:
        """At the end of the view from which its lane leads."""
        kind = str(rng.choice(VEHICLE_CLASSES, p=KIND_SHARES))
        speed = SPEEDS_MPS[0] if lane.direction > 0 else SPEEDS_MPS[1]
        return cls(number, design_vehicle(kind, rng), lane, NEAR_M if lane.direction > 0 else FAR_M, speed)

    def placed(self) -> PlacedVehicle:
        return PlacedVehicle(self.number, self.design, self.lane.x_m, self.y_m, self.lane.direction)

    def moved(self, seconds: float, numbers: Iterator[int], rng: np.random.Generator) -> _Driver:
        """Itself a moment later, or who comes after it."""
        self.y_m += self.lane.direction * self.speed_mps * seconds
        return self if NEAR_M <= self.y_m <= FAR_M else _Driver.new(next(numbers), self.lane, rng)


def _lap(config: Config, folder: Path) -> tuple[Lap, int]:
    """The chain once over the video, and how many plates it read."""
    stop, frames, tracked = threading.Event(), 0, 0
    with Run(recording_in(config, folder), stop) as running:
        watch = Stopwatch()
        for done in running:
            frames += len(done.batch.frames)
            tracked += sum(map(len, done.tracks))
        wall_s, cpu_s = watch.elapsed_s()
    failures = [camera.failure for camera in running.report().cameras.values() if camera.failure]
    if failures:
        raise SourceError(failures[0])
    return Lap(frames, tracked, wall_s, cpu_s, running.report().stage_s), _plates_read(running)


def _plates_read(running: Run) -> int:
    samples = [sample for family in running.metrics.plate_crops.collect() for sample in family.samples]
    return round(sum(sample.value for sample in samples if "read" in sample.labels.values()))


def _road(seed: int) -> SceneSpec:
    camera = Camera(1920, 1080, 2650.0, 8.0, float(np.deg2rad(15.0)), 0.0, 0.0)
    return SceneSpec(seed, float(FPS), 8.0, camera, two_way_lanes(2, 2), TrafficSpec(vehicles=VEHICLES))


def _config(video: Path, model: Path, plates: PlateSettings) -> Config:
    camera = CameraSettings(id="crowd", source=FileSource(path=video.absolute()))
    return Config(cameras=(camera,), detector=DetectorSettings(model=model.absolute()), plates=plates)


def _load(name: str, laps: Sequence[tuple[Lap, int]]) -> PlateLoad:
    lap, read = sorted(laps, key=lambda each: each[0].cpu_s)[len(laps) // 2]
    return PlateLoad(
        name=name,
        frames_per_second=lap.frames / lap.wall_s,
        wall_ms=lap.wall_ms_a_frame,
        cpu_ms=lap.cpu_ms_a_frame,
        vehicles=lap.tracked_boxes / lap.frames,
        read_per_second=read / (lap.frames / FPS),
    )
