from __future__ import annotations

import numpy as np
import pytest
from builders import frame

from traffic.detection.detector import DetectorSettings, VehicleDetector
from traffic.detection.yolox import make_grid
from traffic.errors import ModelError

WIDE, SQUARE = (640, 384), (416, 416)


class ShadeEngine:
    """Reports one vehicle whose anchor is the picture's first grey value, so that pictures can be told apart."""

    def __init__(self, size):
        self.anchors = len(make_grid(size)[0])
        self.batches: list[int] = []
        self.closed = False

    def infer(self, images):
        self.batches.append(len(images))
        output = np.zeros((len(images), self.anchors, 7), np.float32)
        for row, image in enumerate(images):
            output[row, image[0, 0, 0]] = [0.5, 0.5, 1.0, 1.0, 0.9, 0.1, 0.9]
        return output

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True


@pytest.fixture
def engines():
    return {}


@pytest.fixture
def detector(engines):
    def open_engine(size):
        engines[size] = ShadeEngine(size)
        return engines[size]

    sizes = {"north": WIDE, "south": WIDE, "gate": SQUARE}
    with VehicleDetector(DetectorSettings(), ("car", "bus"), sizes, open_engine) as opened:
        yield opened


def test_frames_of_one_input_size_are_one_batch_and_results_keep_the_frames_order(detector, engines):
    frames = [frame(camera_id=c, shade=s) for c, s in [("north", 1), ("gate", 2), ("south", 3), ("north", 4)]]
    found = detector.detect(frames)
    assert engines[WIDE].batches == [3]
    assert engines[SQUARE].batches == [1]
    centres = [float(d.xyxy[0, [0, 2]].mean()) for d in found]
    # the cell's number is the shade; half a cell of 8 px on; the square input is 640/416 times smaller
    assert centres == pytest.approx([12.0, 20.0 * 640 / 416, 28.0, 36.0], abs=0.01)


def test_class_columns_become_vehicle_classes(detector):
    assert detector.detect([frame()])[0].class_ids.tolist() == [2]


def test_no_frame_gives_nothing(detector):
    assert detector.detect([]) == []


def test_the_engines_are_closed_with_the_detector(engines):
    def open_engine(size):
        engines[size] = ShadeEngine(size)
        return engines[size]

    with VehicleDetector(DetectorSettings(), ("car",), {"north": WIDE, "gate": SQUARE}, open_engine):
        assert not any(engine.closed for engine in engines.values())
    assert all(engine.closed for engine in engines.values())


def test_a_model_that_tells_other_things_apart_is_refused():
    with pytest.raises(ModelError, match=r"names \['tram'\]"):
        VehicleDetector(DetectorSettings(), ("car", "tram"), {"north": WIDE}, ShadeEngine)
