import numpy as np
import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.geometry import box_iou
from traffic.training.detector.pasting import VehiclePile, with_pasted, with_shadow

GREY, RED = 120, (0, 0, 255)


def road(*cars: tuple[float, float, float, float], types: list[list[str]] | None = None) -> LabelledImage:
    names = types or [["car", "van"]] * len(cars)
    boxes = np.array(cars, np.float32).reshape(-1, 4)
    return LabelledImage("road", np.full((240, 400, 3), GREY, np.uint8), boxes, class_mask(names))


@pytest.fixture
def pile() -> VehiclePile:
    """One red bus."""
    return VehiclePile([], {"bus": [np.full((100, 80, 3), RED, np.uint8)]})


@pytest.mark.parametrize(
    ("what", "box", "types", "patches"),
    [
        ("a clear bus", (50, 50, 120, 120), ["bus"], 1),
        ("a car", (50, 50, 120, 120), ["car"], 0),
        ("a type left open", (50, 50, 120, 120), ["bus", "truck"], 0),
        ("a bus cut by the border", (0, 50, 70, 120), ["bus"], 0),
        ("a bus too small to see", (50, 50, 69, 69), ["bus"], 0),
    ],
)
def test_what_is_cut_out(what: str, box: tuple[float, float, float, float], types: list[str], patches: int) -> None:
    assert len(VehiclePile([road(box, types=[types])], {})) == patches, what


def test_a_bus_behind_another_vehicle_is_not_cut_out() -> None:
    assert len(VehiclePile([road((50, 50, 120, 120), (100, 50, 170, 120), types=[["bus"], ["car"]])], {})) == 0


@pytest.mark.parametrize("seed", range(8))
def test_a_pasted_bus_is_labelled_where_it_stands_and_covers_no_other(pile: VehiclePile, seed: int) -> None:
    picture = road((20, 150, 60, 190), (300, 140, 340, 180))
    pasted = with_pasted(picture, pile, 1, np.random.default_rng(seed))
    assert len(pasted.xyxy) == 3
    np.testing.assert_array_equal(pasted.xyxy[:2], picture.xyxy)
    assert pasted.allowed[2].tolist() == [name == "bus" for name in VEHICLE_CLASSES]
    assert box_iou(pasted.xyxy[2:], picture.xyxy).max() < 0.15
    rows, columns = np.nonzero(pasted.image[..., 2].astype(int) - pasted.image[..., 1] > 60)
    found = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
    assert box_iou(found, pasted.xyxy[2:])[0, 0] > 0.85
    assert 45 < pasted.xyxy[2, 3] - pasted.xyxy[2, 1] < 120  # 1.8 times the cars' 40, more or less
    assert (picture.image == GREY).all()


def test_a_road_without_vehicles_tells_no_size_and_stays_as_it_is(pile: VehiclePile) -> None:
    picture = road()
    assert with_pasted(picture, pile, 3, np.random.default_rng(0)) is picture


def test_a_full_road_has_no_room(pile: VehiclePile) -> None:
    picture = road((0, 0, 400, 240))
    np.testing.assert_array_equal(with_pasted(picture, pile, 3, np.random.default_rng(0)).image, picture.image)


@pytest.mark.parametrize("seed", range(4))
def test_a_shadow_darkens_the_road_beside_a_vehicle_and_is_labelled_as_nothing(seed: int) -> None:
    picture = road((150, 100, 210, 160))
    shaded = with_shadow(picture, np.random.default_rng(seed))
    dark = shaded.image[..., 0] < GREY - 20
    assert dark.sum() > 200
    assert not dark[101:159, 151:209].any()
    np.testing.assert_array_equal(shaded.xyxy, picture.xyxy)
    np.testing.assert_array_equal(shaded.allowed, picture.allowed)


def test_a_road_of_small_vehicles_gets_no_shadow() -> None:
    picture = road((150, 100, 160, 110))
    assert with_shadow(picture, np.random.default_rng(0)) is picture
