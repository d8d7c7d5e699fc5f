from pathlib import Path

import numpy as np
import pytest
from builders import frame
from hypothesis import given, settings
from hypothesis import strategies as st
from plates.magenta import MAGENTA, MagentaFinder, PatchFinder

from traffic.datatypes import Frame, VehicleCrop
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import PlateLocatorCard, load_model_card, verified_model_path
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.plates.locator import PlateLocator, locator_of
from traffic.simulation.painter import view_vehicles
from traffic.simulation.scene import Scene
from traffic.simulation.spec import close_up_spec

SIZE = (256, 192)
SHIPPED = Path(__file__).parents[2] / "engines" / "plate_locator.yaml"


def locator(threshold: float = 0.5) -> PlateLocator:
    return PlateLocator(MagentaFinder(), SIZE, threshold)


def with_plate(x1: int, y1: int, x2: int, y2: int, *, index: int = 0, size: tuple[int, int] = (960, 540)) -> Frame:
    shown = frame(index, size=size)
    image = shown.image.copy()
    image[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)] = MAGENTA
    return Frame("north", "recording", index, shown.pts_ns, shown.captured_at, image)


@settings(max_examples=40, deadline=None)
@given(
    left=st.integers(0, 400),
    top=st.integers(0, 200),
    width=st.integers(60, 500),
    height=st.integers(60, 330),
    place=st.tuples(st.floats(0.1, 0.6), st.floats(0.1, 0.6)),
)
def test_corners_come_back_in_the_frames_pixels(left, top, width, height, place):
    x1, y1 = left + int(place[0] * width), top + int(place[1] * height)
    x2, y2 = x1 + width // 4, y1 + height // 5
    (plate,) = locator().locate([VehicleCrop(with_plate(x1, y1, x2, y2), (left, top, left + width, top + height))])
    shrunk = max(1.17 * width / SIZE[0], 1.17 * height / SIZE[1], 1.0)
    assert plate is not None
    np.testing.assert_allclose(plate.xyxy, (x1, y1, x2, y2), atol=2 * shrunk)
    assert plate.corners.dtype == np.float32
    assert plate.score == pytest.approx(0.9)


@pytest.mark.parametrize(("threshold", "found"), [(0.5, [True, False]), (0.95, [False, False]), (0.05, [True, True])])
def test_a_crop_whose_best_score_is_low_has_no_plate(threshold, found):
    box = (100.0, 100.0, 400.0, 300.0)
    crops = [VehicleCrop(with_plate(200, 200, 260, 220), box), VehicleCrop(frame(size=(960, 540)), box)]
    assert [plate is not None for plate in locator(threshold).locate(crops)] == found


def test_a_plate_just_outside_the_vehicles_box_is_still_seen():
    (plate,) = locator().locate([VehicleCrop(with_plate(200, 301, 260, 311), (100, 100, 400, 300))])
    assert plate is not None


@pytest.mark.parametrize(
    "box",
    [(-80, 200, 220, 400), (800, 200, 1040, 400), (100, -60, 400, 140), (100, 430, 400, 700), (-50, -50, 1100, 700)],
    ids=["left", "right", "top", "bottom", "all around"],
)
def test_a_vehicle_over_the_border_is_searched_where_the_frame_shows_it(box):
    x1, y1, x2, y2 = np.clip(box, 0, (960, 540, 960, 540))
    middle = int((x1 + x2) / 2), int((y1 + y2) / 2)
    where = (middle[0] - 25, middle[1] - 10, middle[0] + 25, middle[1] + 10)
    (plate,) = locator().locate([VehicleCrop(with_plate(*where), tuple(map(float, box)))])
    assert plate is not None
    np.testing.assert_allclose(plate.xyxy, where, atol=9)


@pytest.mark.parametrize(
    "box", [(1000, 100, 1200, 300), (-300, 100, -50, 300), (100, 100, 100, 300), (300, 300, 200, 200)]
)
def test_a_box_that_shows_nothing_has_no_plate_and_costs_no_inference(box):
    engine = MagentaFinder()
    crops = [VehicleCrop(frame(size=(960, 540)), tuple(map(float, box)))]
    assert PlateLocator(engine, SIZE, 0.5).locate(crops) == (None,)
    assert engine.batches == []


def test_no_crops_have_no_plates():
    assert locator().locate([]) == ()


def test_a_batch_is_run_at_once_and_keeps_its_order():
    engine = MagentaFinder()
    places = [(200, 200, 260, 220), (300, 150, 380, 180), (150, 250, 210, 265)]
    crops = [VehicleCrop(with_plate(*place, index=i), (100, 100, 450, 320)) for i, place in enumerate(places)]
    crops.insert(1, VehicleCrop(frame(size=(960, 540)), (2000, 0, 2100, 80)))
    found = PlateLocator(engine, SIZE, 0.5).locate(crops)
    assert engine.batches == [3]
    assert found[1] is None
    for plate, place in zip([found[0], *found[2:]], places, strict=True):
        np.testing.assert_allclose(plate.xyxy, place, atol=4)


NEAR_PLATE, FAR_PLATE = (400, 300, 480, 320), (200, 190, 240, 200)
NEAR, FAR = (120, 60, 700, 400), (150, 120, 290, 220)  # the far vehicle is seen in the near one's box


def two_plates() -> Frame:
    shown = with_plate(*NEAR_PLATE)
    image = shown.image.copy()
    x1, y1, x2, y2 = FAR_PLATE
    image[y1:y2, x1:x2] = MAGENTA
    return Frame("north", "recording", 0, shown.pts_ns, shown.captured_at, image)


@pytest.mark.parametrize("order", [(NEAR, FAR), (FAR, NEAR)])
def test_a_plate_that_two_crops_show_is_the_smaller_vehicles_and_the_other_gets_its_own(order):
    shown, expected = two_plates(), {NEAR: NEAR_PLATE, FAR: FAR_PLATE}
    plates = PlateLocator(PatchFinder(0.9, 0.8), SIZE, 0.5).locate([VehicleCrop(shown, box) for box in order])
    for box, plate in zip(order, plates, strict=True):
        np.testing.assert_allclose(plate.xyxy, expected[box], atol=6)


def test_a_second_find_that_is_much_less_sure_is_not_taken_for_the_larger_vehicles():
    crops = [VehicleCrop(two_plates(), NEAR)]
    crops.append(VehicleCrop(crops[0].frame, FAR))
    for plate in PlateLocator(PatchFinder(0.9, 0.45), SIZE, 0.4).locate(crops):
        np.testing.assert_allclose(plate.xyxy, FAR_PLATE, atol=6)


def test_a_second_find_beside_the_larger_vehicle_is_not_its_plate():
    shown, upper = two_plates(), (120, 60, 700, 290)  # the near plate lies below this box, in the room around it
    plates = PlateLocator(PatchFinder(0.9, 0.8), SIZE, 0.5).locate([VehicleCrop(shown, box) for box in (upper, FAR)])
    np.testing.assert_allclose(plates[0].xyxy, FAR_PLATE, atol=6)


def test_a_vehicle_alone_or_in_another_frame_keeps_its_best_plate():
    finder = PlateLocator(PatchFinder(0.9, 0.8), SIZE, 0.5)
    for crops in ([VehicleCrop(two_plates(), NEAR)], [VehicleCrop(two_plates(), NEAR), VehicleCrop(two_plates(), FAR)]):
        np.testing.assert_allclose(finder.locate(crops)[0].xyxy, FAR_PLATE, atol=6)


def test_where_there_is_one_plate_only_both_keep_it():
    shown = with_plate(*FAR_PLATE)
    for plate in locator().locate([VehicleCrop(shown, NEAR), VehicleCrop(shown, FAR)]):
        np.testing.assert_allclose(plate.xyxy, FAR_PLATE, atol=6)


LEFT, RIGHT, ALONE = (200, 190, 240, 200), (400, 300, 480, 320), (120, 60, 700, 400)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0.9, 0.8), [LEFT, RIGHT]),
        ((0.8, 0.9), [RIGHT, LEFT]),
        ((0.9, 0.3), [LEFT, RIGHT]),
        ((0.9, 0.2), [LEFT]),
        ((0.3, 0.4), [RIGHT, LEFT]),
        ((0.2, 0.2), []),
    ],
    ids=["both sure", "the other is surer", "one is unsure", "hopeless beside a sure one", "both unsure", "hopeless"],
)
def test_finds_are_what_may_be_a_plate_once_it_is_read(scores, expected):
    """At a threshold of .5 a score of .25 is the least that the surest text can make up for."""
    (found,) = PlateLocator(PatchFinder(*scores), SIZE, 0.5).finds([VehicleCrop(two_plates(), ALONE)])
    assert [plate.score for plate in found] == pytest.approx(sorted((s for s in scores if s > 0.25), reverse=True))
    for plate, place in zip(found, expected, strict=True):
        np.testing.assert_allclose(plate.xyxy, place, atol=6)


def test_cells_of_one_plate_are_one_find():
    class Several(MagentaFinder):
        def infer(self, images):
            cells = super().infer(images)
            cells[:, 0], cells[:, 1] = cells[:, 2], cells[:, 2]
            cells[:, :2, 0] = 0.7, 0.8
            return cells

    (found,) = PlateLocator(Several(), SIZE, 0.5).finds([VehicleCrop(with_plate(200, 200, 260, 220), NEAR)])
    assert [plate.score for plate in found] == pytest.approx([0.9])


@pytest.mark.parametrize("first_is_the_whole", [True, False], ids=["the part is less sure", "the part is surer"])
def test_a_part_of_a_plate_is_no_other_plate(first_is_the_whole):
    class Nested(MagentaFinder):
        def infer(self, images):
            cells = super().infer(images)
            corners = cells[:, 2, 1:].reshape(-1, 4, 2)
            left = corners.copy()
            left[:, 1:3, 0] = corners[:, :1, 0] + 0.38 * (corners[:, 1:2, 0] - corners[:, :1, 0])
            cells[:, 0, 1:], cells[:, 1, 1:] = left.reshape(-1, 8), corners.reshape(-1, 8)
            cells[:, :, 0] = (0.7, 0.8, 0.1) if first_is_the_whole else (0.8, 0.7, 0.1)
            return cells

    (found,) = PlateLocator(Nested(), SIZE, 0.5).finds([VehicleCrop(with_plate(200, 200, 260, 220), NEAR)])
    assert [plate.score for plate in found] == pytest.approx([0.8])


def test_no_more_finds_than_two():
    shown = two_plates()
    shown.image.flags.writeable = True
    shown.image[100:112, 550:610] = MAGENTA
    (found,) = PlateLocator(PatchFinder(0.6, 0.7, 0.8), SIZE, 0.5).finds([VehicleCrop(shown, ALONE)])
    assert [plate.score for plate in found] == pytest.approx([0.8, 0.7])


def test_the_first_find_is_what_is_located():
    locator, shown = PlateLocator(PatchFinder(0.9, 0.8), SIZE, 0.5), two_plates()
    crops = [VehicleCrop(shown, box) for box in (NEAR, FAR)]
    for plate, (first, *_) in zip(locator.locate(crops), locator.finds(crops), strict=True):
        np.testing.assert_array_equal(plate.corners, first.corners)


@pytest.mark.parametrize("far", [0.9, 0.3], ids=["sure", "unsure"])
def test_what_a_smaller_vehicle_shows_best_is_no_other_find_of_a_larger_one(far):
    """The larger one's own plate is the surer one, or the only one on it."""
    shown = two_plates()
    of_near, of_far = PlateLocator(PatchFinder(far, 0.95), SIZE, 0.5).finds(
        [VehicleCrop(shown, NEAR), VehicleCrop(shown, FAR)]
    )
    assert [len(of_near), len(of_far)] == [1, 1]
    np.testing.assert_allclose(of_near[0].xyxy, NEAR_PLATE, atol=6)
    np.testing.assert_allclose(of_far[0].xyxy, FAR_PLATE, atol=6)


def test_an_unsure_find_beside_the_vehicle_is_none():
    upper = (120, 60, 700, 290)  # the near plate lies below this box, in the room around it
    for scores, count in (((0.2, 0.4), 0), ((0.2, 0.6), 1)):
        (found,) = PlateLocator(PatchFinder(*scores), SIZE, 0.5).finds([VehicleCrop(two_plates(), upper)])
        assert len(found) == count


def test_crops_that_show_nothing_have_no_finds():
    crops = [VehicleCrop(frame(size=(960, 540)), (1000.0, 100.0, 1200.0, 300.0))]
    assert locator().finds(crops) == ((),)
    assert locator().finds([]) == ()


def test_a_model_of_another_task_is_refused():
    class Classifier(MagentaFinder):
        def infer(self, images):
            return np.zeros((len(images), 14), np.float32)

    with pytest.raises(ModelError, match=r"\(n, cells, 9\), got \(1, 14\)"):
        PlateLocator(Classifier(), SIZE, 0.5).locate([VehicleCrop(frame(), (0, 0, 100, 100))])


@pytest.mark.skipif(not SHIPPED.exists(), reason="no plate locator is shipped")
def test_the_shipped_locator_finds_the_plates_of_a_drawn_scene():
    scene = Scene(close_up_spec())
    card = load_model_card(SHIPPED, PlateLocatorCard)
    settings = InferenceSettings(precision="f32", threads=1)
    crops, quads = zip(*(pair for index in range(40, 300, 20) for pair in readable(scene, index)), strict=True)
    with OpenVinoEngine(verified_model_path(SHIPPED), card.input.default_size, settings) as engine:
        plates = locator_of(engine, card).locate(crops)
    assert len(crops) >= 8
    errors = [
        np.linalg.norm(plate.corners - quad, axis=1).mean() / np.linalg.norm(quad[3] - quad[0])
        for plate, quad in zip(plates, quads, strict=True)
        if plate is not None
    ]
    assert len(errors) >= 0.9 * len(crops)
    assert np.median(errors) < 0.25  # heights of the plate


def readable(scene: Scene, index: int) -> list[tuple[VehicleCrop, np.ndarray]]:
    """The clear vehicles of a frame that show a plate, with its corners in the frame."""
    camera, vehicles = scene.spec.camera, scene.place_vehicles(index)
    shown = frame(index)
    picture = Frame("north", "recording", index, shown.pts_ns, shown.captured_at, scene.render(index))
    pairs = []
    for view in view_vehicles(vehicles, camera):
        facing = [plate for plate in view.vehicle.design.mesh.plates if plate[0, 1] * view.vehicle.heading < 0]
        for plate in facing:
            quad = camera.project(view.vehicle.to_world(plate))
            inside = (quad > 0).all() and (quad < (camera.width, camera.height)).all()
            if view.visible_fraction > 0.95 and inside:
                pairs.append((VehicleCrop(picture, view.xyxy), quad))
    return pairs
