from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import pytest

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import ImageInput, PlateReaderCard, Recipe, load_model_card, verified_model_path
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.ocr import ALPHABET, PLATE_MARGIN, SIZE, SLOTS, PlateOcr, plate_corners
from traffic.simulation.plate_drawing import neighbours, russia
from traffic.simulation.plate_drawing.drawing import draw_plate
from traffic.simulation.plate_drawing.faces import LATIN, RUSSIAN
from traffic.simulation.plate_drawing.plate import Plate

SHIPPED = Path(__file__).parents[2] / "engines/plate_reader.yaml"
COUNTRIES = ("ru", "eu")


def card(letterbox: str = "stretch", slots: int = SLOTS) -> PlateReaderCard:
    return PlateReaderCard(
        name="reader",
        task="plate-reading",
        file="reader.onnx",
        sha256="0" * 64,
        licence="Apache-2.0",
        created=date(2026, 1, 1),
        input=ImageInput.model_validate({"name": "images", "letterbox": letterbox, "stride": 16, "default_size": SIZE}),
        data=(),
        recipe=Recipe(command="-", seed=0),
        alphabet=ALPHABET,
        slots=slots,
        countries=COUNTRIES,
    )


class ToldEngine:
    """Answers what it was told, whatever it sees, and keeps what it saw."""

    def __init__(self, answers: Sequence[Float32Array]) -> None:
        self._answers = np.stack(answers)
        self.seen: list[UInt8Array] = []

    def infer(self, images: UInt8Array) -> Float32Array:
        self.seen.append(images)
        return self._answers[: len(images)]

    def __enter__(self) -> ToldEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def answer(
    slots: Sequence[dict[str, float]], countries: Sequence[float] = (0.9, 0.1), room: int = SLOTS
) -> Float32Array:
    """The model's answer: what each slot gives to which character; what is left belongs to the blank."""
    symbols = np.zeros((room, len(ALPHABET) + 1), np.float32)
    for index in range(room):
        given = slots[index] if index < len(slots) else {}
        for character, probability in given.items():
            symbols[index, ALPHABET.index(character) + 1] = probability
        symbols[index, 0] = 1 - sum(given.values())
    return np.concatenate([symbols.ravel(), np.array(countries, np.float32)])


PICTURE = np.zeros((40, 150, 3), np.uint8)


def test_each_slot_gives_its_likeliest_character_and_blanks_fall_away() -> None:
    told = answer([{"A": 0.9}, {"1": 0.6, "7": 0.3}, {"2": 0.2}, {"3": 0.8}])
    (reading,) = PlateOcr(ToldEngine([told]), card()).read([PICTURE])
    assert reading.text == "A13"
    assert reading.probabilities == pytest.approx((0.9, 0.6, 0.8))
    assert (reading.country, reading.country_probability) == ("ru", pytest.approx(0.9))


@pytest.mark.parametrize(
    ("country", "text"), [((0.9, 0.1), "OHM"), ((0.1, 0.9), "QNW")], ids=["Russian has no Q, N, W", "European has"]
)
def test_letters_that_a_country_lacks_are_read_as_their_look_alikes(country: tuple[float, float], text: str) -> None:
    told = answer([{"Q": 0.8}, {"N": 0.7}, {"W": 0.9}], country)
    (reading,) = PlateOcr(ToldEngine([told]), card()).read([PICTURE])
    assert reading.text == text
    assert reading.probabilities == pytest.approx((0.8, 0.7, 0.9))


def test_look_alikes_add_up_in_a_country_that_has_only_one_of_them() -> None:
    (reading,) = PlateOcr(ToldEngine([answer([{"Q": 0.3, "O": 0.3, "8": 0.4}])]), card()).read([PICTURE])
    assert (reading.text, reading.probabilities) == ("O", pytest.approx((0.6,)))


def test_a_plate_that_nobody_can_read_is_an_empty_text() -> None:
    (reading,) = PlateOcr(ToldEngine([answer([])]), card()).read([PICTURE])
    assert (reading.text, reading.probabilities) == ("", ())


def test_an_empty_batch_asks_no_model() -> None:
    engine = ToldEngine([answer([])])
    assert PlateOcr(engine, card()).read([]) == ()
    assert engine.seen == []


def test_pictures_of_any_size_go_to_the_model_in_one_batch_of_its_own() -> None:
    engine = ToldEngine([answer([{"1": 0.9}]), answer([{"2": 0.9}]), answer([{"3": 0.9}])])
    pictures = [np.full((height, width, 3), 77, np.uint8) for height, width in ((10, 40), (48, 160), (200, 900))]
    readings = PlateOcr(engine, card()).read(pictures)
    assert [reading.text for reading in readings] == ["1", "2", "3"]
    (batch,) = engine.seen
    assert (batch.shape, batch.dtype) == ((3, SIZE[1], SIZE[0], 3), np.uint8)
    assert (batch == 77).all()


def test_a_model_that_keeps_the_picture_s_shape_is_refused() -> None:
    with pytest.raises(ModelError, match="letterbox stretch, got top-left"):
        PlateOcr(ToldEngine([answer([])]), card("top-left"))


def test_an_output_of_another_length_is_refused() -> None:
    with pytest.raises(ModelError, match="expected 335 numbers a plate"):
        PlateOcr(ToldEngine([answer([])]), card(slots=9)).read([PICTURE])


def test_a_plate_warped_to_its_corners_keeps_the_margin_around_it() -> None:
    width, height = 224, 112
    corners = plate_corners(width, height)
    np.testing.assert_allclose(corners, [[12, 6], [212, 6], [212, 106], [12, 106]])
    assert corners[0, 0] / (corners[1, 0] - corners[0, 0]) == pytest.approx(PLATE_MARGIN)
    plate = np.full((50, 100, 3), 200, np.uint8)
    into = cv2.getPerspectiveTransform(np.array([[0, 0], [100, 0], [100, 50], [0, 50]], np.float32), corners)
    rows, columns = np.nonzero(cv2.warpPerspective(plate, into, (width, height))[:, :, 0])
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == pytest.approx((12, 211, 6, 105), abs=3)


@pytest.mark.parametrize(
    "plate",
    [
        russia.private_plate("A123BC77"),
        russia.private_plate("X905MK799"),
        russia.square_plate("K482TP50"),
        russia.taxi_plate("BE73116"),
        russia.motorcycle_plate("4718AP62"),
        russia.police_plate("O264577"),
        neighbours.kazakh_plate("573FDA02"),
        neighbours.belarusian_plate("8314KM7"),
    ],
    ids=lambda plate: f"{plate.country} {plate.kind}",
)
def test_the_shipped_reader_reads_a_clean_rectified_plate_of_each_kind(plate: Plate) -> None:
    pytest.importorskip("openvino", reason="pip install 'traffic[openvino]'")
    clean = draw_plate(plate, LATIN if plate.country == "kz" else RUSSIAN).picture
    height, width = clean.shape[:2]
    there = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    into = cv2.getPerspectiveTransform(there, plate_corners(*SIZE))
    soft = cv2.GaussianBlur(clean, (0, 0), 1.5)
    upright = cv2.warpPerspective(soft, into, SIZE, borderMode=cv2.BORDER_CONSTANT, borderValue=(90, 90, 90))
    shipped = load_model_card(SHIPPED, PlateReaderCard)
    with OpenVinoEngine(verified_model_path(SHIPPED), SIZE, InferenceSettings(precision="f32", threads=1)) as engine:
        (reading,) = PlateOcr(engine, shipped).read([upright])
    assert (reading.text, reading.country) == (plate.text, plate.country)
    assert min(reading.probabilities) > 0.5
