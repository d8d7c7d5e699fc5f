"""What an evidence picture still shows: plates are magenta here, people cyan."""

from dataclasses import replace

import numpy as np
import pytest
from builders import frame, passage

from tests.plates.magenta import MAGENTA, MagentaFinder
from traffic.datatypes import Case, Plate, PlateReading, Shot
from traffic.plates.locator import PlateLocator
from traffic.privacy.privatiser import Privatiser
from traffic.privacy.redaction import PictureRedactor
from traffic.privacy.settings import PrivacySettings

CYAN = (255, 255, 0)
ACCUSED = (300.0, 150.0, 440.0, 270.0)
OWN_PLATE = (350, 240, 390, 252)
OTHER = (600.0, 150.0, 740.0, 270.0)
OTHER_PLATE = (650, 240, 690, 252)


class CyanPeople:
    """Finds the box around what is cyan."""

    def find(self, image):
        rows, columns = np.nonzero((image == CYAN).all(axis=2))
        found = [(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)] if len(rows) else []
        return np.array(found, np.float32).reshape(-1, 4)


def scene(*, plates=(), people=(), others=(), read_here=False, accused=ACCUSED):
    """Noise in dark shades, so that a block shows; people have a cyan outline."""
    image = np.random.default_rng(5).integers(0, 120, (540, 960, 3), dtype=np.uint8)
    for x1, y1, x2, y2 in people:
        body = image[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1].copy()
        image[y1:y2, x1:x2] = CYAN
        image[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1] = body
    for x1, y1, x2, y2 in plates:
        image[y1:y2, x1:x2] = MAGENTA
    of = replace(frame(10, size=(960, 540)), image=image)
    reading = PlateReading("A123BC77", (0.9,) * 8, of.pts_ns, tuple(map(float, OWN_PLATE)))
    plate = Plate("A123BC77", 0.9, 3, reading) if read_here else None
    return Case(passage(plate=plate), Shot(of, accused, np.array(others, np.float32).reshape(-1, 4)))


def redactor(*, locator=True, **settings):
    plates = PlateLocator(MagentaFinder(), (256, 192), 0.5) if locator else None
    return PictureRedactor(PrivacySettings(**settings), plates, CyanPeople())


def changed(before, after, box):
    """How much of a box is not as it was."""
    x1, y1, x2, y2 = (round(value) for value in box)
    part = np.s_[y1:y2, x1:x2]
    return float((before.shot.frame.image[part] != after.shot.frame.image[part]).any(axis=2).mean())


def colours(case, box):
    x1, y1, x2, y2 = (round(value) for value in box)
    return len(np.unique(case.shot.frame.image[y1:y2, x1:x2].reshape(-1, 3), axis=0))


def test_the_plate_of_another_vehicle_is_one_colour_and_the_accused_one_is_whole():
    case = scene(plates=[OWN_PLATE, OTHER_PLATE], others=[OTHER])
    result = redactor().redact(case)
    assert colours(result, OTHER_PLATE) == 1
    assert changed(case, result, ACCUSED) == 0
    assert changed(case, result, (0, 0, 960, 540)) < 0.01


def test_where_no_plate_is_found_the_part_where_it_must_be_is_hidden():
    case = scene(others=[OTHER])
    result = redactor().redact(case)
    assert changed(case, result, (625, 210, 715, 268)) > 0.95
    assert changed(case, result, (600, 150, 740, 200)) == 0


def test_what_is_found_where_no_plate_is_may_be_a_sign_so_that_part_is_hidden_as_well():
    sign = (650, 160, 690, 172)
    result = redactor().redact(scene(plates=[sign], others=[OTHER]))
    assert colours(result, sign) == 1
    assert changed(scene(plates=[sign], others=[OTHER]), result, (625, 210, 715, 268)) > 0.95


@pytest.mark.parametrize(
    ("cut", "edge"),
    [((0.0, 150.0, 140.0, 270.0), (0, 215, 14, 265)), ((820.0, 150.0, 960.0, 270.0), (946, 215, 960, 265))],
    ids=["left", "right"],
)
def test_where_the_picture_cuts_a_vehicle_its_plate_may_lie_at_the_very_side(cut, edge):
    case = scene(others=[cut])
    assert changed(case, redactor().redact(case), edge) > 0.95
    whole = scene(others=[OTHER])
    assert changed(whole, redactor().redact(whole), (600, 215, 614, 265)) == 0


def test_what_is_found_at_the_very_side_may_be_anything_so_the_part_where_plates_are_is_hidden_as_well():
    case = scene(plates=[(0, 240, 10, 246)], others=[(0.0, 150.0, 140.0, 270.0)])
    assert changed(case, redactor().redact(case), (25, 210, 115, 268)) > 0.95


def test_without_a_locator_that_part_of_every_other_vehicle_is_hidden():
    case = scene(plates=[OTHER_PLATE], others=[OTHER])
    assert changed(case, redactor(locator=False).redact(case), OTHER_PLATE) == 1


def test_a_vehicle_too_far_away_to_be_read_stays():
    case = scene(others=[(600.0, 150.0, 660.0, 200.0)])
    assert redactor().redact(case) is case


def test_a_lorry_behind_the_accused_car_does_not_cost_its_plate():
    case = scene(plates=[OWN_PLATE], others=[(280.0, 20.0, 460.0, 262.0)])
    assert changed(case, redactor().redact(case), ACCUSED) == 0


def test_a_car_in_front_is_hidden_though_it_overlaps():
    front = (380.0, 200.0, 520.0, 330.0)
    case = scene(plates=[(430, 300, 470, 312)], others=[front])
    result = redactor().redact(case)
    assert colours(result, (430, 300, 470, 312)) == 1


def test_the_plate_of_a_car_in_front_is_not_taken_for_the_accused_one():
    front = (310.0, 180.0, 450.0, 300.0)
    case = scene(plates=[OWN_PLATE], others=[front])
    assert colours(redactor().redact(case), OWN_PLATE) == 1


def test_where_the_plate_was_read_in_this_frame_it_stays_whatever_covers_it():
    case = scene(others=[(310.0, 180.0, 450.0, 300.0)], people=[(340, 200, 400, 300)], read_here=True)
    result = redactor(locator=False, blur_occupants=True).redact(case)
    assert changed(case, result, OWN_PLATE) == 0
    assert changed(case, result, (340, 255, 400, 290)) > 0.9


def test_a_second_box_around_the_accused_vehicle_hides_nothing():
    case = scene(others=[(302.0, 152.0, 438.0, 268.0)])
    assert redactor().redact(case) is case


@pytest.mark.parametrize(
    ("who", "person", "settings", "hidden"),
    [
        ("on the pavement", (100, 100, 130, 190), {}, True),
        ("on the pavement", (100, 100, 130, 190), {"blur_people": False}, False),
        ("the accused driver", (380, 170, 400, 195), {}, False),
        ("the accused driver", (380, 170, 400, 195), {"blur_occupants": True}, True),
        ("before the accused car", (380, 180, 410, 300), {}, True),
        ("the driver of another car", (680, 170, 700, 195), {}, True),
    ],
)
def test_people(who, person, settings, hidden):
    case = scene(people=[person])
    result = redactor(**settings).redact(case)
    assert (changed(case, result, person) > 0.9) == hidden
    assert (changed(case, result, person) == 0) != hidden
    if hidden:
        assert colours(result, person) <= 36


def test_plates_of_others_may_be_left_as_they_are():
    case = scene(plates=[OTHER_PLATE], others=[OTHER])
    assert redactor(blur_others=False).redact(case) is case


def test_everything_but_the_frame_is_as_it_was():
    case = scene(plates=[OTHER_PLATE], others=[OTHER])
    result = redactor().redact(case)
    assert result.passage is case.passage
    assert (result.shot.xyxy, result.shot.frame.pts_ns) == (case.shot.xyxy, case.shot.frame.pts_ns)
    assert not result.shot.frame.image.flags.writeable


def test_the_same_case_gives_the_same_pixels_anywhere():
    case = scene(plates=[OTHER_PLATE], people=[(100, 100, 130, 190)], others=[OTHER])
    first, second = (redactor().redact(case).shot.frame.image for _ in range(2))
    assert (first == second).all()


def test_a_case_of_two_violations_is_looked_at_once():
    looked = []

    class Counting(CyanPeople):
        def find(self, image):
            looked.append(image)
            return super().find(image)

    one = PictureRedactor(PrivacySettings(), None, Counting())
    case = scene(people=[(100, 100, 130, 190)])
    assert one.redact(case) is one.redact(case)
    assert len(looked) == 1
    one.redact(scene())
    assert len(looked) == 2


def test_it_goes_well_with_the_privatiser():
    case = scene(plates=[OWN_PLATE], others=[OTHER], read_here=True)
    private = Privatiser(PrivacySettings(plates_without_violation="drop")).case(case)
    assert changed(case, redactor().redact(private), OWN_PLATE) == 0
