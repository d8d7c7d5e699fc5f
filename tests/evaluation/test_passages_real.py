from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import Frame, PlateReading, VehicleCrop
from traffic.evaluation.formats.plate_list import LabelledPlate, PlatePhoto
from traffic.evaluation.passages_real import read_photos, scene_plates
from traffic.simulation import build_scene, short_spec


def test_each_vehicle_of_a_scene_is_pointed_at_where_it_is_largest() -> None:
    scene = build_scene(short_spec())
    truth = scene.truth()
    plates = scene_plates(truth)
    by_text = {vehicle.plate: vehicle for vehicle in truth.vehicles}
    assert {plate.text for plate in plates} <= set(by_text)
    for plate in plates:
        frame = min(truth.frames, key=lambda each: abs(each.pts_ns * 1e-9 - plate.seconds))
        number = by_text[plate.text].vehicle_id
        x1, y1, x2, y2 = next(view.xyxy for view in frame.vehicles if view.vehicle_id == number)
        assert x1 < plate.x < x2
        assert y1 < plate.y < y2
        assert plate.speed_kmh == by_text[plate.text].speed_mps * 3.6


def test_a_photo_gives_a_passage_of_one_reading_at_most(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    cv2.imwrite(str(photo), np.zeros((100, 200, 3), np.uint8))
    labels = (LabelledPlate((10.0, 10.0, 60.0, 20.0), "A1", ""), LabelledPlate((100.0, 50.0, 150.0, 60.0), "B2", ""))

    def vehicles(frame: Frame) -> list[VehicleCrop]:
        return [VehicleCrop(frame, (0.0, 0.0, 90.0, 90.0))]

    class Reads:
        def read(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateReading | None]:
            assert len(crops) == 1
            return [PlateReading("A1", (0.9, 0.9), 0, (11.0, 10.0, 60.0, 21.0))]

    found, missed = read_photos([PlatePhoto(photo, labels)], vehicles, Reads(), "photos", "eu")
    assert (found.name, found.country, [each.text for each in found.readings]) == ("photos/a.png A1", "eu", ["A1"])
    assert missed.text == "B2"
    assert missed.readings == ()
