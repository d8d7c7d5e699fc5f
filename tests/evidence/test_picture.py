"""What is on an evidence picture, by its pixels."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from traffic.evidence.picture import ACCENT, BAR, DESIGN_WIDTH, draw_evidence


def draw(case):
    return draw_evidence(case, case.violations[0])


def contains(picture, template):
    """How well the best place in the picture matches, 1 = the same."""
    return float(cv2.matchTemplate(picture, template, cv2.TM_CCOEFF_NORMED).max())


def enlarged(image, box, height):
    x1, y1, x2, y2 = (int(value) for value in box)
    inner = image[y1:y2, x1:x2]
    return cv2.resize(inner, None, fx=height, fy=height, interpolation=cv2.INTER_CUBIC)


def test_the_frame_stays_as_it_was_but_for_box_and_path(speeding_case):
    case = speeding_case()
    frame, picture = case.shot.frame.image, draw(case)
    assert picture.shape == (540 + round(BAR * 960 / DESIGN_WIDTH), 960, 3)
    changed = (picture[:540] != frame).any(axis=2)
    assert changed.mean() < 0.02
    assert not changed[150:270, 300:440].any()


def test_the_box_is_drawn_around_the_vehicle(speeding_case):
    picture = draw(speeding_case())
    for x, y in [(299, 200), (441, 200), (370, 149), (370, 271)]:
        assert picture[y, x].tolist() == list(ACCENT)


def test_the_path_is_drawn_outside_the_vehicle(speeding_case):
    case = speeding_case()
    x, y = case.passage.trajectory.ground_points[3].astype(int)
    assert draw(case)[y, x].min() > 200


def test_the_caller_frame_is_not_touched(speeding_case):
    case = speeding_case()
    before = case.shot.frame.image.copy()
    draw(case)
    assert (case.shot.frame.image == before).all()


def test_the_bar_shows_the_vehicle_enlarged(speeding_case):
    case = speeding_case()
    bar = draw(case)[545:]
    best = max(contains(bar, enlarged(case.shot.frame.image, (310, 160, 430, 260), k / 100)) for k in range(100, 130))
    assert best > 0.8


@pytest.mark.parametrize(
    ("what", "plate_index", "shown"),
    [("read in this frame", 10, True), ("read in another frame", 4, False), ("not read", None, False)],
)
def test_the_plate_is_shown_only_where_this_frame_was_read(speeding_case, what, plate_index, shown):
    with_plate, without = draw(speeding_case(plate_index=plate_index)), draw(speeding_case())
    plate_place = np.s_[540 + 60 : 540 + 120, 560:730]
    assert bool((with_plate[plate_place] != without[plate_place]).mean() > 0.3) == shown


def test_another_violation_is_another_picture(speeding_case):
    case = speeding_case()
    other = replace(case.violations[0], violation_id="29f25c25-735c-5d27-9e8b-69a03d38ad60")
    assert (draw(case) != draw_evidence(case, other)).any()


@pytest.mark.parametrize(
    ("what", "size", "expected_width"),
    [("a small camera", (320, 240), 960), ("a portrait", (270, 480), 1080), ("4K", (3840, 2160), 3840)],
)
def test_any_frame_size_has_a_bar_that_can_be_read(speeding_case, what, size, expected_width):
    picture = draw(speeding_case(plate_index=10, size=size))
    frame_height = size[1] * expected_width // size[0]
    assert picture.shape == (frame_height + round(BAR * expected_width / DESIGN_WIDTH), expected_width, 3)


@pytest.mark.parametrize(
    ("where", "box"),
    [
        ("over the left edge", (-20.0, 150.0, 90.0, 270.0)),
        ("over the lower right corner", (900.0, 500.0, 1000.0, 560.0)),
        ("of one pixel", (500.0, 300.0, 501.0, 301.0)),
        ("as large as the frame", (0.0, 0.0, 960.0, 540.0)),
    ],
)
def test_a_vehicle(speeding_case, where, box):
    case = speeding_case()
    assert draw(replace(case, shot=replace(case.shot, xyxy=box))).shape[1] == 960


def test_a_long_camera_name_and_many_facts_stay_left_of_the_vehicle(speeding_case):
    case = speeding_case()
    facts = case.violations[0].facts * 6
    long = replace(case.violations[0], camera_id="n" * 200, facts=facts)
    short = draw(case)
    told = draw_evidence(case, long)
    vehicle = np.s_[545:, 960 - round(330 * 960 / DESIGN_WIDTH) :]
    assert (told[vehicle] == short[vehicle]).all()
