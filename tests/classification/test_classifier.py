from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.builders import frame
from traffic.classification.classifier import MARGIN, VehicleClassifier, cut_out
from traffic.datatypes import VEHICLE_COLOURS, VEHICLE_TYPES, Float32Array, Frame, UInt8Array, VehicleCrop
from traffic.errors import ModelError

SIZE = (48, 32)
TYPES, COLOURS = ("car", "bus"), ("dark", "middle", "bright")


class MeanEngine:
    """Says "car" for wide dark pictures: the type is the share of bright pixels, the colour the mean's third."""

    def __init__(self, columns: int = 5) -> None:
        self.columns = columns
        self.calls: list[tuple[int, ...]] = []

    def infer(self, images: UInt8Array) -> Float32Array:
        self.calls.append(images.shape)
        rows = np.zeros((len(images), self.columns), np.float32)
        for row, image in zip(rows, images, strict=True):
            bright = float(image.mean()) / 255
            row[0], row[1] = 1 - bright, bright
            row[2 + min(int(bright * 3), 2)] = 1
        return rows

    def __enter__(self) -> MeanEngine:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def picture(width: int = 640, height: int = 384) -> Frame:
    """The left half black, the right half white."""
    plain = frame(size=(width, height))
    image = np.zeros((height, width, 3), np.uint8)
    image[:, width // 2 :] = 255
    return Frame("north", "recording", 0, 0, plain.captured_at, image)


def classifier(engine: MeanEngine) -> VehicleClassifier:
    return VehicleClassifier(engine, TYPES, COLOURS, SIZE)


def test_each_crop_gets_its_own_answer_in_one_call() -> None:
    engine, view = MeanEngine(), picture()
    dark, bright = classifier(engine).classify(
        [VehicleCrop(view, (10, 10, 200, 100)), VehicleCrop(view, (400, 10, 600, 100))]
    )
    assert engine.calls == [(2, 32, 48, 3)]
    assert (dark.type_probabilities.tolist(), dark.colour_probabilities.tolist()) == ([1, 0], [1, 0, 0])
    assert (bright.type_probabilities.tolist(), bright.colour_probabilities.tolist()) == ([0, 1], [0, 0, 1])
    assert dark.type_probabilities.dtype == dark.colour_probabilities.dtype == np.float32


def test_no_crop_asks_nothing_of_the_engine() -> None:
    engine = MeanEngine()
    assert classifier(engine).classify([]) == ()
    assert engine.calls == []


@pytest.mark.parametrize(
    "xyxy",
    [
        (100.2, 50.1, 100.4, 50.3),
        (100.0, 50.0, 100.0, 50.0),
        (639.5, 383.5, 640.0, 384.0),
        (-40.0, -30.0, 60.0, 50.0),
        (600.0, 350.0, 700.0, 500.0),
        (-90.0, -90.0, -10.0, -10.0),
        (700.0, 400.0, 800.0, 500.0),
        (0.0, 0.0, 640.0, 384.0),
    ],
    ids=["part of a pixel", "nothing", "last pixel", "cut above left", "cut below right", "above", "below", "whole"],
)
def test_no_box_is_too_small_or_too_far_out(xyxy: tuple[float, float, float, float]) -> None:
    (answer,) = classifier(MeanEngine()).classify([VehicleCrop(picture(), xyxy)])
    assert answer.type_probabilities.sum() == pytest.approx(1)


def test_a_crop_shows_the_box_and_its_margin_and_nothing_else() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[50:150, 100:200] = 90
    margin = round(100 * MARGIN)
    image[50 - margin : 150 + margin, 100 - margin : 200 + margin] = np.maximum(
        image[50 - margin : 150 + margin, 100 - margin : 200 + margin], 40
    )
    shown = cut_out(image, (100, 50, 200, 150), (100 + 2 * margin, 100 + 2 * margin))
    assert shown.min() == 40
    assert (shown == 90).sum() == 100 * 100 * 3


def test_a_crop_fills_the_input_whatever_its_shape() -> None:
    image = np.zeros((100, 400, 3), np.uint8)
    image[:, 200:] = 200
    shown = cut_out(image, (0, 0, 400, 100), SIZE, 0.0)
    assert shown.shape == (32, 48, 3)
    assert (shown[:, :23] == 0).all()
    assert (shown[:, 25:] == 200).all()


@pytest.mark.parametrize(("side", "interpolation"), [(90, cv2.INTER_AREA), (20, cv2.INTER_LINEAR)])
def test_large_boxes_are_averaged_and_small_ones_interpolated(side: int, interpolation: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    shown = cut_out(image, (0, 0, side, side), SIZE, 0.0)
    np.testing.assert_array_equal(shown, cv2.resize(image, SIZE, interpolation=interpolation))


def test_the_frame_is_left_as_it_is() -> None:
    view = picture()
    before = view.image.copy()
    classifier(MeanEngine()).classify([VehicleCrop(view, (10, 10, 200, 100))])
    np.testing.assert_array_equal(view.image, before)


def test_a_model_of_another_card_is_refused() -> None:
    with pytest.raises(ModelError, match=r"expected the classifier's output to be \(1, 5\), got \(1, 7\)"):
        classifier(MeanEngine(columns=7)).classify([VehicleCrop(picture(), (0, 0, 50, 50))])


def test_every_name_is_told_once() -> None:
    assert len(set(VEHICLE_TYPES)) == 7
    assert len(set(VEHICLE_COLOURS)) == 8
