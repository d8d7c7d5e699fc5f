from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from builders import STARTED_AT, frame
from plates.magenta import MAGENTA, MagentaFinder, PatchFinder

from traffic.datatypes import Frame, VehicleCrop
from traffic.inference.model_card import ImageInput, PlateReaderCard, Recipe
from traffic.plates.legibility import MINIMUM_QUALITY
from traffic.plates.locator import PlateLocator
from traffic.plates.ocr import PlateOcr
from traffic.plates.recognizer import PlateRecognizer, PlateStatistics
from traffic.plates.symbols import SYMBOLS

VEHICLE = (300.0, 150.0, 700.0, 450.0)
ALPHABET = "AB"
CARD = PlateReaderCard(
    name="reader",
    task="plate-reading",
    file="reader.onnx",
    sha256="0" * 64,
    licence="Apache-2.0",
    created=date(2026, 1, 1),
    input=ImageInput(name="images", letterbox="stretch", default_size=(160, 48)),
    data=(),
    recipe=Recipe(command="none", seed=0),
    alphabet=ALPHABET,
    slots=3,
    countries=("eu",),
)


DOUBTFUL = (255, 40, 255)
"""Is found as magenta is, but hardly to be read."""


class ShadeReader:
    """A reader's engine: AB if the picture's middle is magenta, with doubts if it is but nearly, else nothing."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def infer(self, images):
        self.batches.append(len(images))
        answers = np.zeros((len(images), 3, 3), np.float32)
        for row, image in enumerate(images):
            legible = image[24, 80, 1] < 60 and image[24, 80, 0] > 200
            symbols = (1, 0, 2) if legible else (0, 0, 0)
            answers[row, np.arange(3), symbols] = (0.4, 1.0, 0.1) if image[24, 80, 1] > 20 else (0.9, 1.0, 0.8)
        return np.concatenate([answers.reshape(len(images), -1), np.ones((len(images), 1), np.float32)], axis=1)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        pass


def recognizer(engine=None, finder=None, **options: float) -> PlateRecognizer:
    """Plain magenta has no quality at all, so a test that wants it refused says so."""
    ocr, locator = PlateOcr(engine or ShadeReader(), CARD), PlateLocator(finder or MagentaFinder(), (256, 192), 0.5)
    return PlateRecognizer(locator, ocr, **{"minimum_quality": 0.0} | options)


def with_magenta(*boxes: tuple[int, int, int, int], index: int = 0) -> Frame:
    image = np.full((540, 960, 3), 90, np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = MAGENTA
    return Frame("north", "recording", index, 40_000_000 * index, STARTED_AT, image)


FINE = (450, 350, 550, 375)
HOLLOW = ((450, 350, 458, 375), (542, 350, 550, 375))  # found as one box, but there is nothing to read in its middle


def test_a_reading_tells_text_probabilities_moment_and_place():
    (reading,) = recognizer().read([VehicleCrop(with_magenta(FINE, index=7), VEHICLE)])
    assert (reading.text, reading.pts_ns) == ("AB", 280_000_000)
    assert reading.probabilities == pytest.approx((0.9, 0.8))
    assert reading.xyxy == pytest.approx(FINE, abs=4)
    assert (reading.country, reading.country_probability) == ("eu", 1.0)


def test_a_reading_keeps_the_readers_whole_answer_in_the_symbols_of_all_plates():
    (reading,) = recognizer().read([VehicleCrop(with_magenta(FINE), VEHICLE)])
    assert reading.slots.shape == (3, SYMBOLS)
    assert [reading.slots[slot, column] for slot, column in ((0, 11), (1, 0), (2, 12))] == pytest.approx([0.9, 1, 0.8])
    assert not reading.slots.flags.writeable


def test_a_reading_tells_how_well_the_plate_was_seen():
    shown = with_magenta(FINE)
    striped = shown.image.copy()
    striped[355:370, 460:490:6] = striped[355:370, 510:540:6] = 0
    striped[355:370, 461:490:6] = striped[355:370, 511:540:6] = 0
    (plain,) = recognizer().read([VehicleCrop(shown, VEHICLE)])
    (lettered,) = recognizer().read([VehicleCrop(replace(shown, image=striped), VEHICLE)])
    assert plain.quality == 0.0
    assert 0.3 < lettered.quality <= 1.0


def test_a_plate_without_any_strokes_is_blurred_by_default():
    plates = recognizer(minimum_quality=MINIMUM_QUALITY)
    assert plates.read([VehicleCrop(with_magenta(FINE), VEHICLE)]) == [None]
    assert plates.statistics.outcomes() == {"read": 0, "blurred": 1}


@pytest.mark.parametrize(
    ("boxes", "vehicle", "reason"),
    [
        ([], VEHICLE, "no plate"),
        ([(450, 350, 520, 356)], VEHICLE, "too small"),
        (HOLLOW, VEHICLE, "empty text"),
        ([FINE], (2000.0, 0.0, 2100.0, 100.0), "no plate"),
    ],
    ids=["nothing magenta", "six pixels high", "nothing written", "the vehicle lies outside the frame"],
)
def test_what_is_not_read_is_counted_by_its_reason(boxes, vehicle, reason):
    plates = recognizer()
    assert plates.read([VehicleCrop(with_magenta(*boxes), vehicle)]) == [None]
    assert (plates.statistics.read, dict(plates.statistics.rejected)) == (0, {reason: 1})


def test_a_plate_over_the_border_is_not_read_in_part():
    class Beyond(MagentaFinder):
        def infer(self, images):
            cells = super().infer(images)
            cells[:, 2, [1, 7]] -= 30
            return cells

    plates = recognizer(finder=Beyond())
    crop = VehicleCrop(with_magenta((0, 350, 100, 375)), (0.0, 150.0, 400.0, 450.0))
    assert plates.read([crop]) == [None]
    assert plates.statistics.rejected == {"cut by the border": 1}


def test_corners_that_cross_are_no_plate():
    class Crossed(MagentaFinder):
        def infer(self, images):
            return super().infer(images)[:, :, [0, 1, 2, 5, 6, 3, 4, 7, 8]]

    plates = recognizer(finder=Crossed())
    assert plates.read([VehicleCrop(with_magenta(FINE), VEHICLE)]) == [None]
    assert plates.statistics.rejected == {"no plate": 1}


def test_only_plates_are_read_in_one_batch_and_each_keeps_its_place():
    ocr_engine = ShadeReader()
    plates = recognizer(ocr_engine)
    shown = [with_magenta(FINE), frame(1, size=(960, 540)), with_magenta(*HOLLOW, index=2), with_magenta(FINE, index=3)]
    readings = plates.read([VehicleCrop(one, VEHICLE) for one in shown])
    assert [reading and reading.pts_ns for reading in readings] == [0, None, None, 120_000_000]
    assert ocr_engine.batches == [3]
    assert plates.statistics.crops == 4


LEFT, RIGHT = (350, 350, 450, 375), (550, 350, 650, 375)


def two_patches(left: tuple[int, int, int], right: tuple[int, int, int]) -> VehicleCrop:
    image = np.full((540, 960, 3), 90, np.uint8)
    for (x1, y1, x2, y2), colour in ((LEFT, left), (RIGHT, right)):
        image[y1:y2, x1:x2] = colour
    return VehicleCrop(Frame("north", "recording", 0, 0, STARTED_AT, image), VEHICLE)


@pytest.mark.parametrize(
    ("scores", "colours", "place", "read"),
    [
        ((0.9, 0.6), (MAGENTA, MAGENTA), LEFT, [1]),
        ((0.9, 0.8), (MAGENTA, MAGENTA), LEFT, [1, 1]),
        ((0.7, 0.6), (DOUBTFUL, MAGENTA), RIGHT, [1, 1]),
        ((0.7, 0.4), (DOUBTFUL, MAGENTA), RIGHT, [1, 1]),
        ((0.4, 0.3), (MAGENTA, MAGENTA), LEFT, [1]),
        ((0.29, 0.1), (MAGENTA, MAGENTA), None, [1]),
        ((0.4, 0.35), (DOUBTFUL, MAGENTA), RIGHT, [1, 1]),
        ((0.2, 0.1), (MAGENTA, MAGENTA), None, []),
    ],
    ids=[
        "a sure plate: nothing else is read",
        "a rival that could have been better",
        "the rival reads better",
        "so does one under the threshold",
        "an unsure one that reads as a plate",
        "an unsure one that does not read surely enough",
        "the second of two unsure ones",
        "no text makes up for so little",
    ],
)
def test_what_reads_as_a_plate_is_the_plate(scores, colours, place, read):
    """The certainty of AB is .849, the least worth at a threshold of .5 is .25."""
    engine = ShadeReader()
    plates = recognizer(engine, PatchFinder(*scores))
    (reading,) = plates.read([two_patches(*colours)])
    assert engine.batches == read
    assert plates.statistics.outcomes() == ({"read": 1} if place else {"read": 0, "no plate": 1})
    if place:
        assert reading.text == "AB"
        assert reading.xyxy == pytest.approx(place, abs=4)
    else:
        assert reading is None


def test_a_find_over_the_threshold_that_does_not_read_as_a_plate_is_doubtful():
    plates = recognizer(finder=PatchFinder(0.9, 0.9))
    assert plates.read([two_patches(DOUBTFUL, DOUBTFUL)]) == [None]
    assert plates.statistics.outcomes() == {"read": 0, "doubtful text": 1}


@pytest.mark.parametrize(
    ("scores", "read", "outcomes"),
    [((0.9, 0.4), [], {"read": 0, "too small": 1}), ((0.45, 0.4), [1], {"read": 1})],
    ids=["it is the plate, too far away", "perhaps it is none"],
)
def test_beside_a_find_that_is_too_small_another_one_is_read_only_where_that_was_unsure(scores, read, outcomes):
    engine = ShadeReader()
    image = two_patches(MAGENTA, MAGENTA).frame.image.copy()
    image[356:375, 350:450] = 90  # six pixels high
    plates = recognizer(engine, PatchFinder(*scores))
    plates.read([VehicleCrop(Frame("north", "recording", 0, 0, STARTED_AT, image), VEHICLE)])
    assert engine.batches == read
    assert plates.statistics.outcomes() == outcomes


def test_second_finds_are_read_in_one_batch():
    engine = ShadeReader()
    colours = [(MAGENTA, MAGENTA), (DOUBTFUL, MAGENTA), (DOUBTFUL, MAGENTA)]
    found = recognizer(engine, PatchFinder(0.9, 0.6)).find([two_patches(*each) for each in colours])
    assert engine.batches == [3, 2]
    assert [each.plate.score for each in found] == pytest.approx([0.9, 0.6, 0.6])


def test_no_crops_give_no_readings():
    plates = recognizer()
    assert plates.read([]) == []
    assert plates.statistics.crops == 0


def test_how_small_a_plate_may_be_is_the_callers_choice():
    crop = VehicleCrop(with_magenta((450, 350, 520, 356)), VEHICLE)
    assert recognizer(minimum_height_px=3.0).read([crop])[0].text == "AB"


def test_every_crop_has_an_outcome():
    statistics = PlateStatistics(read=3)
    statistics.rejected["too small"] += 2
    assert statistics.outcomes() == {"read": 3, "too small": 2}
    assert sum(statistics.outcomes().values()) == statistics.crops
