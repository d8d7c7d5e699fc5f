"""Readings of clips, of the built-in scenes and of photos: `python -m traffic.evaluation.passages_real OUT.npz`.

A photo is a passage of one reading: it tells what the grammar does, and what a single reading's probability is worth;
nothing in it can be called certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from traffic.config import Config
from traffic.datatypes import Float32Array, Frame, PlateReading, VehicleCrop
from traffic.detection.detector import VehicleDetector
from traffic.evaluation.classifier_evaluation import still_frame
from traffic.evaluation.detection import EXACT
from traffic.evaluation.detectors import detect_image, open_detector
from traffic.evaluation.formats.plate_list import LabelledPlate, PlatePhoto, read_plate_list
from traffic.evaluation.passages_clips import KnownPlate, clip_config, clip_plates, read_clip
from traffic.evaluation.passages_reading import HowSeen, open_plate_recognizer
from traffic.geometry import box_iou
from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path
from traffic.plates.reader import PlateReader
from traffic.plates.recorded import KnownPassage, write_known_passages
from traffic.simulation import SceneSpec, SceneTruth, build_scene, builtin_spec, close_up_spec, write_scene

SAME_PLATE_IOU = 0.3
PHOTOS = (
    ("photos, Russian", "plates_ru/plates.csv", "plates_ru/images", "ru"),
    ("photos, European", "plates_openalpr/eu.csv", "plates_openalpr/eu", "eu"),
    ("photos, Brazilian", "plates_openalpr/br.csv", "plates_openalpr/br", "br"),
)
SCENES = (("built-in scene", builtin_spec), ("built-in close-up", close_up_spec))
LEAST_SEEN_PX = 0.7


def main(
    out: Annotated[Path, typer.Argument(metavar="OUT.npz", help="Where the readings go.")],
    data: Annotated[Path, typer.Option(metavar="FOLDER", envvar="TRAFFIC_DATA", help="With video/ and the photos.")],
    engines: Annotated[Path, typer.Option(metavar="FOLDER", help="With the models' cards.")] = Path("engines"),
    *,
    scenes: Annotated[bool, typer.Option("--scenes/--no-scenes", help="Also the built-in scenes.")] = True,
    photos: Annotated[bool, typer.Option("--photos/--no-photos", help="Also the photos.")] = True,
) -> None:
    """Read all of them."""
    config = clip_config(engines.absolute())
    known = list(_clips(data / "video", config))
    known += list(_scenes(config)) if scenes else []
    known += list(_photos(data, engines)) if photos else []
    write_known_passages(out, known)
    typer.echo(f"{len(known)} passages with {sum(len(each.readings) for each in known)} readings: {out}")


def scene_plates(truth: SceneTruth) -> list[KnownPlate]:
    """The vehicles of a scene, each at the moment when it is seen largest."""
    plates = []
    for vehicle in truth.vehicles:
        seen = [
            (view.xyxy, frame.pts_ns)
            for frame in truth.frames
            for view in frame.vehicles
            if view.vehicle_id == vehicle.vehicle_id and view.visible_fraction >= LEAST_SEEN_PX
        ]
        if seen:
            (x1, y1, x2, y2), pts_ns = max(seen, key=lambda each: _area(each[0]))
            middle = (x1 + x2) / 2, (y1 + y2) / 2
            plates.append(KnownPlate(pts_ns * 1e-9, *middle, vehicle.plate, "ru", vehicle.speed_mps * 3.6))
    return plates


def read_photos(
    photos: Sequence[PlatePhoto],
    vehicles_of: Callable[[Frame], list[VehicleCrop]],
    reader: PlateReader,
    name: str,
    country: str,
) -> Iterator[KnownPassage]:
    """A passage of at most one reading for each labelled plate.

    Args:
        photos: with the labels.
        vehicles_of: finds the vehicles of a photo.
        reader: finds and reads their plates.
        name: of the group that the passages belong to.
        country: of the plates.
    """
    for photo in photos:
        read = reader.read(vehicles_of(still_frame(photo.path)))
        readings = [reading for reading in read if reading is not None]
        for plate in photo.plates:
            yield _of_label(f"{name}/{photo.path.name} {plate.text}", plate, readings, country)


def _of_label(name: str, plate: LabelledPlate, readings: Sequence[PlateReading], country: str) -> KnownPassage:
    boxes: Float32Array = np.array([each.xyxy for each in readings], np.float32).reshape(-1, 4)
    overlap = box_iou(np.array([plate.xyxy], np.float32), boxes)[0]
    rows = [int(overlap.argmax())] if overlap.size and overlap.max() >= SAME_PLATE_IOU else []
    height = plate.xyxy[3] - plate.xyxy[1]
    how = HowSeen("day", "toward", 0.0, height, 1, "unknown", "photo")
    return KnownPassage(name, plate.text, country, how.words(), tuple(readings[row] for row in rows))


def _clips(folder: Path, config: Config) -> Iterator[KnownPassage]:
    for clip, plates in clip_plates().items():
        yield from read_clip(folder / clip, plates, config, f"clip {clip.split('.')[0]}")


def _scenes(config: Config) -> Iterator[KnownPassage]:
    for name, spec in SCENES:
        yield from _scene(name, spec(), config)


def _scene(name: str, spec: SceneSpec, config: Config) -> list[KnownPassage]:
    with TemporaryDirectory(prefix="traffic-scene-") as folder:
        video = Path(folder) / "scene.mp4"
        truth = write_scene(build_scene(spec), video, Path(folder) / "scene.json")
        return read_clip(video, scene_plates(truth), config, name)


def _photos(data: Path, engines: Path) -> Iterator[KnownPassage]:
    path = engines / "vehicle_detector.yaml"
    card = load_model_card(path, DetectorCard)
    with (
        open_plate_recognizer(engines / "plate_locator.yaml", engines / "plate_reader.yaml") as reader,
        open_detector(verified_model_path(path), card.classes, card.input.default_size, EXACT) as detector,
    ):
        vehicles_of = partial(_vehicles, detector, card.score_threshold)
        for name, photos, images, country in PHOTOS:
            yield from read_photos(read_plate_list(data / photos, data / images), vehicles_of, reader, name, country)


def _vehicles(detector: VehicleDetector, score: float, frame: Frame) -> list[VehicleCrop]:
    found = detect_image(detector, frame.image)
    boxes = found.xyxy[found.scores >= score].tolist()
    return [VehicleCrop(frame, (x1, y1, x2, y2)) for x1, y1, x2, y2 in boxes]


def _area(xyxy: tuple[float, float, float, float]) -> float:
    return (xyxy[2] - xyxy[0]) * (xyxy[3] - xyxy[1])


if __name__ == "__main__":
    typer.run(main)
