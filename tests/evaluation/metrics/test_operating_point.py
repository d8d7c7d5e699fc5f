import numpy as np
import pytest

from traffic.evaluation.average_precision import Judged
from traffic.evaluation.metrics.operating_point import OperatingPoint, believed, operating_point, score_curve

LEFT, RIGHT, FAR = (0, 0, 40, 40), (100, 0, 140, 40), (300, 0, 340, 40)
HALF_LEFT = (0, 0, 40, 24)
"""IoU .6 with LEFT."""
Box = tuple[int, int, int, int]


def picture(truth: list[Box], found: list[tuple[Box, float]], ignore: list[Box] | None = None) -> Judged:
    def boxes(each: list[Box]) -> np.ndarray:
        return np.array(each, np.float32).reshape(-1, 4)

    scores = np.array([score for _, score in found], np.float32)
    return Judged(boxes([box for box, _ in found]), scores, boxes(truth), boxes(ignore or []))


@pytest.mark.parametrize(
    ("judged", "iou", "score", "expected"),
    [
        pytest.param(picture([LEFT], [(LEFT, 0.9)]), 0.5, 0.3, (1, 0, 0), id="found"),
        pytest.param(picture([LEFT], [(LEFT, 0.2)]), 0.5, 0.3, (0, 1, 0), id="too weak"),
        pytest.param(picture([LEFT], [(LEFT, 0.3)]), 0.5, 0.25, (1, 0, 0), id="just strong enough"),
        pytest.param(picture([LEFT], [(HALF_LEFT, 0.9)]), 0.5, 0.3, (1, 0, 0), id="near enough"),
        pytest.param(picture([LEFT], [(HALF_LEFT, 0.9)]), 0.7, 0.3, (0, 1, 1), id="not near enough: missed and false"),
        pytest.param(picture([LEFT], [(LEFT, 0.9), (HALF_LEFT, 0.8)]), 0.5, 0.3, (1, 0, 1), id="told twice"),
        pytest.param(picture([], [(FAR, 0.9)], [FAR]), 0.5, 0.3, (0, 0, 0), id="in a region that counts for nothing"),
        pytest.param(picture([], []), 0.5, 0.3, (0, 0, 0), id="an empty road"),
    ],
)
def test_what_is_found(judged: Judged, iou: float, score: float, expected: tuple[int, int, int]) -> None:
    point = operating_point([judged], iou, score)
    assert (point.found, point.missed, point.false) == expected


def test_pictures_add_up() -> None:
    point = operating_point([picture([LEFT], [(LEFT, 0.9)]), picture([RIGHT, FAR], [(LEFT, 0.9)])], 0.5, 0.3)
    assert point == OperatingPoint.of_counts(found=1, missed=2, false=1)
    assert (point.precision, point.recall) == pytest.approx((1 / 2, 1 / 3))
    assert point.f1 == pytest.approx(2 / 5)


def test_no_share_of_nothing() -> None:
    nothing = OperatingPoint.of_counts(found=0, missed=0, false=0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)


def test_the_curve_goes_through_the_operating_points() -> None:
    rng = np.random.default_rng(5)
    pictures = []
    for _ in range(30):
        truth = np.tile(rng.uniform(0, 300, (4, 2)), 2) + np.array([0, 0, 40, 40])
        found = truth + rng.normal(0, 6, (4, 4))
        pictures.append(
            Judged(
                found.astype(np.float32), rng.random(4).astype(np.float32), truth.astype(np.float32), np.zeros((0, 4))
            )
        )
    scores = (0.05, 0.4, 0.8)

    curve = score_curve(pictures, 0.5, scores)

    points = [operating_point(pictures, 0.5, score) for score in scores]
    assert curve.precision == pytest.approx([point.precision for point in points])
    assert curve.recall == pytest.approx([point.recall for point in points])


def test_a_curve_of_nothing() -> None:
    curve = score_curve([], 0.5, (0.2, 0.4))
    assert (curve.precision.tolist(), curve.recall.tolist()) == ([1, 1], [0, 0])


def test_believing_less_keeps_the_truth() -> None:
    kept = believed(picture([LEFT, RIGHT], [(LEFT, 0.9), (FAR, 0.1)]), 0.5)
    assert (len(kept.xyxy), len(kept.scores), len(kept.truth)) == (1, 1, 2)
