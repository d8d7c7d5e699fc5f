import pytest

from traffic.evaluation.plate_systems import each_once, place_of_box, whole_probability
from traffic.plates.locator import PlateCorners


def test_of_places_that_overlap_the_surer_one_stays() -> None:
    def place(x: float, score: float) -> PlateCorners:
        return PlateCorners(place_of_box((x, 0, x + 40, 10)).corners, score)

    kept = each_once([place(0, 0.5), place(3, 0.9), place(100, 0.2)])
    assert [each.score for each in kept] == pytest.approx([0.9, 0.2])
    assert each_once([]) == []


def test_a_box_is_a_place_and_back() -> None:
    place = place_of_box((1, 2, 30, 12))
    assert place.corners.tolist() == [[1, 2], [30, 2], [30, 12], [1, 12]]
    assert place.xyxy == (1, 2, 30, 12)


@pytest.mark.parametrize(
    ("text", "probabilities", "expected"), [("AB", (0.5, 0.8), 0.4), ("A", (1.0,), 1), ("", (), 0)]
)
def test_a_text_is_right_if_every_character_is(text: str, probabilities: tuple[float, ...], expected: float) -> None:
    assert whole_probability(text, probabilities) == pytest.approx(expected)
