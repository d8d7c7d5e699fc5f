"""The twelve figures beside those of pycocotools, COCO's own code."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic.evaluation.average_precision import Judged, average_precision
from traffic.evaluation.metrics.coco import FIGURES, CocoFigures, coco_result, mean_figures

pytest.importorskip("faster_coco_eval", reason="faster-coco-eval is not here: pip install 'traffic[evaluation]'")

CLASSES = 3
NOTHING = np.zeros((0, 4), np.float32)


def picture(rng: np.random.Generator) -> Judged:
    """Vehicles of all sizes, most of them found somewhere near, some false alarms, sometimes a crowd."""
    count = int(rng.integers(0, 9))
    corners = rng.uniform(0, 400, (count, 2))
    truth = np.concatenate([corners, corners + rng.choice([12, 25, 50, 90, 150], (count, 2))], axis=1)
    found = truth[rng.random(count) < 0.8]
    found = found + rng.normal(0, 4, found.shape)
    corners = rng.uniform(0, 400, (int(rng.integers(0, 130 if rng.random() < 0.1 else 6)), 2))
    every = np.concatenate([found, np.concatenate([corners, corners + rng.uniform(8, 120, corners.shape)], axis=1)])
    every[:, 2:] = np.maximum(every[:, 2:], every[:, :2] + 1)
    crowd = [[100, 100, 300, 260]] if rng.random() < 0.3 else []
    scores = rng.permutation(len(every)) / 1000 + rng.random() / 1e4
    return Judged(
        every.astype(np.float32),
        scores.astype(np.float32),
        truth.astype(np.float32),
        np.array(crowd, np.float32).reshape(-1, 4),
    )


def by_pycocotools(classes: list[list[Judged]]) -> list[float | None]:
    """COCO's own code on all classes at once; classes[c][p] is class c of picture p."""
    coco = pytest.importorskip("pycocotools.coco", reason="pycocotools is not here: pip install pycocotools")
    from pycocotools.cocoeval import COCOeval

    annotations, results = [], []
    for category, pictures in enumerate(classes, 1):
        for image, one in enumerate(pictures, 1):
            for boxes, crowd in ((one.truth, 0), (one.ignore, 1)):
                for x1, y1, x2, y2 in boxes.astype(np.float64).tolist():
                    place = {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": crowd}
                    annotations.append(
                        {"id": len(annotations) + 1, "image_id": image, "category_id": category, **place}
                    )
            for (x1, y1, x2, y2), score in zip(one.xyxy.astype(np.float64).tolist(), one.scores.tolist(), strict=True):
                place = {"bbox": [x1, y1, x2 - x1, y2 - y1], "score": score}
                results.append({"image_id": image, "category_id": category, **place})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO()
        truth.dataset = {
            "images": [{"id": image} for image in range(1, len(classes[0]) + 1)],
            "annotations": annotations,
            "categories": [{"id": category, "name": str(category)} for category in range(1, len(classes) + 1)],
        }
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [None if value < 0 else float(value) for value in evaluation.stats]


def values(figures: CocoFigures) -> list[float | None]:
    return [getattr(figures, name) for name in FIGURES]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_random_detections_of_several_classes_have_the_figures_of_pycocotools(seed: int, pictures: int) -> None:
    rng = np.random.default_rng(seed)
    classes = [[picture(rng) for _ in range(pictures)] for _ in range(CLASSES)]
    classes[0][0] = with_one_detection_more(classes[0][0])

    ours = mean_figures([coco_result(one).figures for one in classes])

    assert values(ours) == pytest.approx(by_pycocotools(classes), abs=1e-9)


def with_one_detection_more(one: Judged) -> Judged:
    """pycocotools cannot evaluate a set without any."""
    xyxy = np.append(one.xyxy, [[5, 5, 45, 45]], 0).astype(np.float32)
    return Judged(xyxy, np.append(one.scores, np.float32(0.5)), one.truth, one.ignore)


BOX, NEAR, SMALL, LARGE = (0, 0, 50, 50), (0, 0, 50, 40), (0, 0, 20, 20), (0, 0, 200, 100)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        pytest.param([BOX], [BOX], {"ap": 1, "ap_medium": 1, "ar_1": 1, "ap_small": None}, id="one and found"),
        pytest.param([BOX], [], {"ap": 0, "ar_100": 0, "ap_medium": 0, "ap_large": None}, id="one and missed"),
        pytest.param([], [BOX], dict.fromkeys(FIGURES), id="nothing to find, a false alarm"),
        pytest.param([], [], dict.fromkeys(FIGURES), id="nothing at all"),
        pytest.param([BOX], [NEAR], {"ap50": 1, "ap75": 1, "ap": 0.7}, id="found at IoU .8"),
        pytest.param([SMALL, LARGE], [LARGE], {"ap_small": 0, "ap_large": 1, "ar_large": 1}, id="only the large one"),
    ],
)
def test_by_hand(truth: list[object], found: list[object], expected: dict[str, float | None]) -> None:
    def boxes(each: list[object]) -> np.ndarray:
        return np.array(each, np.float32).reshape(-1, 4)

    scores = np.linspace(0.9, 0.5, len(found)).astype(np.float32)
    figures = coco_result([Judged(boxes(found), scores, boxes(truth), NOTHING)]).figures

    assert {name: getattr(figures, name) for name in expected} == pytest.approx(expected)


def test_a_second_detection_of_a_picture_is_not_among_its_first() -> None:
    far = np.array([[0, 0, 40, 40], [100, 0, 140, 40]], np.float32)
    figures = coco_result([Judged(far, np.array([0.9, 0.8], np.float32), far, NOTHING)]).figures
    assert (figures.ar_1, figures.ar_10) == (0.5, 1)


def test_our_own_average_precision_is_the_same() -> None:
    rng = np.random.default_rng(3)
    pictures = [picture(rng) for _ in range(20)]
    pictures = [Judged(each.xyxy[:100], each.scores[:100], each.truth, NOTHING) for each in pictures]
    own, theirs = average_precision(pictures), coco_result(pictures)
    assert (own.ap50, own.ap) == pytest.approx((theirs.figures.ap50, theirs.figures.ap), abs=1e-9)
    assert theirs.precision_at(0.5).mean() == pytest.approx(own.ap50, abs=1e-9)


def test_the_mean_is_over_the_classes_that_have_a_figure() -> None:
    def figures(value: float | None) -> CocoFigures:
        return CocoFigures(**dict.fromkeys(FIGURES, value))

    assert mean_figures([figures(0.5), figures(None), figures(1)]).ap == 0.75
    assert mean_figures([figures(None)]).ap is None
