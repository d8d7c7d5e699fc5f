"""Drawn roads with three vehicles near enough to be read, and what our own models read on them.

`python -m tests.privacy.drawn_road 60` says how many plates of others are read before and after the redaction.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from builders import frame, passage

from traffic.datatypes import Case, Shot, UInt8Array, VehicleCrop
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import PlateLocatorCard, PlateReaderCard, load_model_card
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.locator import PlateLocator, locator_of
from traffic.plates.ocr import PlateOcr
from traffic.plates.recognizer import PlateRecognizer
from traffic.privacy.redaction import PictureRedactor
from traffic.privacy.settings import PrivacySettings
from traffic.simulation.camera import Camera
from traffic.simulation.fleet import PlacedVehicle, design_vehicle
from traffic.simulation.painter import Painter, view_vehicles
from traffic.simulation.spec import SceneSpec, random_spec, two_way_lanes

ENGINES = Path(__file__).parents[2] / "engines"
EXACT = InferenceSettings(precision="f32", threads=1)
VISIBLE = 0.5
LONGEST_SHARED = 3
"""So many characters in a row may be read by chance."""


@dataclass(frozen=True)
class DrawnRoad:
    """A case, and the plates of the vehicles in it: the accused one's first, then the others' in order."""

    case: Case
    plates: tuple[str, ...]

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """The vehicles in the same order."""
        return [self.case.shot.xyxy, *(tuple(box) for box in self.case.shot.others.tolist())]


@dataclass(frozen=True)
class PlateModels:
    """The models that are shipped."""

    locator: PlateLocator
    recognizer: PlateRecognizer

    def texts(self, road: DrawnRoad, case: Case) -> list[str]:
        """What is read on each of the road's vehicles in the frame of a case; empty where nothing is."""
        crops = [VehicleCrop(case.shot.frame, box) for box in road.boxes]
        return [reading.text if reading else "" for reading in self.recognizer.read(crops)]


def draw_road(seed: int) -> DrawnRoad:
    """Three cars or vans on neighbouring lanes, 15 to 22 m away; plates are 40 to 75 pixels wide."""
    spec, vehicles = _road(seed)
    image = Painter(spec).paint(vehicles, 0, 0.0)
    views = [view for view in view_vehicles(vehicles, spec.camera) if view.visible_fraction > VISIBLE]
    boxes = np.array([view.xyxy for view in views], np.float32)
    of = replace(frame(size=(1280, 720)), image=image)
    x1, y1, x2, y2 = boxes[0].tolist()
    return DrawnRoad(
        Case(passage(), Shot(of, (x1, y1, x2, y2), boxes[1:].copy())),
        tuple(view.vehicle.design.plate for view in views),
    )


def draw_film(seed: int, frames: int) -> tuple[list[UInt8Array], tuple[str, ...]]:
    """The same vehicles on their way at 12 m/s, 25 frames a second, and their plates."""
    spec, vehicles = _road(seed)
    painter, pictures = Painter(spec), []
    for number in range(frames):
        moved = tuple(
            replace(vehicle, y_m=vehicle.y_m + vehicle.heading * (number / 25 - 0.5) * 12.0) for vehicle in vehicles
        )
        pictures.append(painter.paint(moved, number, number / 25))
    return pictures, tuple(vehicle.design.plate for vehicle in vehicles)


def _road(seed: int) -> tuple[SceneSpec, tuple[PlacedVehicle, ...]]:
    rng = np.random.default_rng([seed, 0xB1])
    camera = Camera(1280, 720, 1900.0, 6.0, float(np.arctan2(5.0, 17.0)), 0.0, 0.0)
    spec = replace(random_spec(seed), camera=camera, lanes=two_way_lanes(2, 2), daylight="day", noise=2.0)
    return spec, tuple(
        PlacedVehicle(
            place, design_vehicle(str(rng.choice(["car", "van"])), rng), x_m, 15.0 + float(rng.uniform(0, 7)), heading
        )
        for place, (x_m, heading) in enumerate([(-1.9, -1), (1.9, 1), (-5.2, -1)], start=1)
    )


@contextmanager
def plate_models() -> Iterator[PlateModels]:
    """The shipped locator and reader."""
    locating = load_model_card(ENGINES / "plate_locator.yaml", PlateLocatorCard)
    reading = load_model_card(ENGINES / "plate_reader.yaml", PlateReaderCard)
    with ExitStack() as stack:
        engines = [
            stack.enter_context(OpenVinoEngine(ENGINES / card.file, card.input.default_size, EXACT))
            for card in (locating, reading)
        ]
        locator = locator_of(engines[0], locating)
        yield PlateModels(locator, PlateRecognizer(locator, PlateOcr(engines[1], reading), minimum_height_px=4.0))


def shared(first: str, second: str) -> int:
    """The length of the longest run of characters that both have."""
    runs = (
        end - start
        for start in range(len(first))
        for end in range(start + 1, len(first) + 1)
        if first[start:end] in second
    )
    return max(runs, default=0)


def main(roads: int) -> None:
    """Count over so many roads."""
    total = before = after = hinted = own = own_after = 0
    with plate_models() as models:
        redactor = PictureRedactor(PrivacySettings(blur_people=False), models.locator, None)
        for seed in range(roads):
            road = draw_road(seed)
            was, now = models.texts(road, road.case), models.texts(road, redactor.redact(road.case))
            own += was[0] == road.plates[0]
            own_after += now[0] == was[0] == road.plates[0]
            total += len(road.plates) - 1
            before += sum(text == plate for text, plate in zip(was[1:], road.plates[1:], strict=True))
            after += sum(text == plate for text, plate in zip(now[1:], road.plates[1:], strict=True))
            hinted += sum(
                shared(text, plate) > LONGEST_SHARED for text, plate in zip(now[1:], road.plates[1:], strict=True)
            )
    sys.stdout.write(
        f"{roads} roads, {total} other vehicles: read exactly before {before}, after {after}, in part after {hinted}\n"
        f"the accused vehicle: read exactly before {own}, and still after {own_after}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
