import numpy as np
import pytest

from traffic.evaluation.average_precision import (
    FALSE_POSITIVE,
    IGNORED,
    TRUE_POSITIVE,
    Judged,
    average_precision,
    match,
)

CAR = (10, 10, 50, 50)
BUS = (100, 10, 200, 60)
NOWHERE = (300, 300, 340, 340)


def picture(
    found: list[tuple[tuple[float, ...], float]],
    truth: list[tuple[float, ...]],
    ignore: list[tuple[float, ...]] | None = None,
) -> Judged:
    return Judged(
        np.array([box for box, _ in found], np.float32).reshape(-1, 4),
        np.array([score for _, score in found], np.float32),
        np.array(truth, np.float32).reshape(-1, 4),
        np.array(ignore or [], np.float32).reshape(-1, 4),
    )


@pytest.mark.parametrize(
    ("found", "truth", "ignore", "expected"),
    [
        pytest.param([(CAR, 0.9)], [CAR], [], 1.0, id="one car, found"),
        pytest.param([], [CAR], [], 0.0, id="one car, missed"),
        pytest.param([(NOWHERE, 0.9)], [CAR], [], 0.0, id="one car, a box elsewhere"),
        # recall .5 from the 1st detection on: the 51 recall points 0, .01 .. .50 have precision 1
        pytest.param([(CAR, 0.9)], [CAR, BUS], [], 51 / 101, id="one of two found"),
        # precision 1/2 at recall 1 everywhere: the false alarm comes first
        pytest.param([(NOWHERE, 0.9), (CAR, 0.8)], [CAR], [], 0.5, id="a stronger false alarm"),
        pytest.param([(CAR, 0.9), (NOWHERE, 0.8)], [CAR], [], 1.0, id="a weaker false alarm costs nothing"),
        # points 0..0.50 at precision 1, the other 50 at 2/3
        pytest.param(
            [(CAR, 0.9), (NOWHERE, 0.8), (BUS, 0.7)], [CAR, BUS], [], (51 + 50 * 2 / 3) / 101, id="alarm in between"
        ),
        pytest.param([(CAR, 0.9), (CAR, 0.8)], [CAR, BUS], [], 51 / 101, id="the same car twice is one false alarm"),
        pytest.param([(NOWHERE, 0.9), (CAR, 0.8)], [CAR], [NOWHERE], 1.0, id="an alarm in an ignored region"),
    ],
)
def test_average_precision_by_hand(
    found: list[tuple[tuple[float, ...], float]],
    truth: list[tuple[float, ...]],
    ignore: list[tuple[float, ...]],
    expected: float,
) -> None:
    assert average_precision([picture(found, truth, ignore)]).ap50 == pytest.approx(expected)


def test_a_box_of_iou_two_thirds_counts_at_the_four_lower_thresholds() -> None:
    # 40 x 40 against 40 x 60: IoU = 2/3, which passes .50, .55, .60 and .65 of the ten
    figures = average_precision([picture([((10, 10, 50, 70), 0.9)], [CAR])])
    assert figures.ap50 == pytest.approx(1)
    assert figures.ap == pytest.approx(0.4)


def test_detections_are_ranked_over_all_pictures() -> None:
    first, second = picture([(NOWHERE, 0.5)], [CAR]), picture([(BUS, 0.9)], [BUS])
    assert average_precision([first, second]).ap50 == pytest.approx(51 / 101)


def test_nothing_to_find_is_no_number() -> None:
    figures = average_precision([picture([(CAR, 0.9)], [])])
    assert figures.boxes == 0
    assert np.isnan(figures.ap50)


def test_a_detection_partly_in_an_ignored_region_counts_by_its_own_share() -> None:
    half_in, mostly_out = (0, 0, 40, 40), (0, 0, 100, 40)
    region = [(0.0, 0.0, 20.0, 40.0)]
    assert match(picture([(half_in, 0.9)], [], region), 0.5).tolist() == [IGNORED]
    assert match(picture([(mostly_out, 0.9)], [], region), 0.5).tolist() == [FALSE_POSITIVE]


def test_the_stronger_detection_takes_the_box_whatever_the_order_they_come_in() -> None:
    assert match(picture([(CAR, 0.3), (CAR, 0.8)], [CAR]), 0.5).tolist() == [TRUE_POSITIVE, FALSE_POSITIVE]
    weaker_is_nearer = picture([(CAR, 0.3), ((10, 10, 50, 60), 0.8)], [CAR])
    assert match(weaker_is_nearer, 0.5).tolist() == [TRUE_POSITIVE, FALSE_POSITIVE]


@pytest.mark.filterwarnings("ignore")
def test_random_pictures_give_the_figures_of_the_coco_evaluation() -> None:
    coco = pytest.importorskip("faster_coco_eval", reason="the oracle: pip install faster-coco-eval")
    random = np.random.default_rng(5)
    pictures = [_random_picture(random) for _ in range(20)]
    truth = coco.COCO(_coco_truth(pictures))
    evaluation = coco.COCOeval_faster(truth, truth.loadRes(_coco_results(pictures)), iouType="bbox", print_function=len)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    figures = average_precision(pictures)
    assert figures.ap == pytest.approx(evaluation.stats[0], abs=1e-6)
    assert figures.ap50 == pytest.approx(evaluation.stats[1], abs=1e-6)
    assert 0.1 < figures.ap < 0.9


def _random_picture(random: np.random.Generator) -> Judged:
    corners = random.uniform(0, 500, (12, 2))
    boxes = np.concatenate([corners, corners + random.uniform(20, 90, (12, 2))], axis=1).astype(np.float32)
    seen = boxes[random.permutation(12)[:9]] + random.normal(0, 4, (9, 4))
    stray = boxes[:5] + random.uniform(10, 60)
    found = np.concatenate([seen, stray]).astype(np.float32)
    return Judged(found, random.random(14).astype(np.float32), boxes[:10], boxes[10:])


def _coco_truth(pictures: list[Judged]) -> dict[str, object]:
    annotations = [
        (index, box, crowd)
        for index, one in enumerate(pictures)
        for boxes, crowd in ((one.truth, 0), (one.ignore, 1))
        for box in boxes
    ]
    return {
        "info": {},
        "images": [{"id": index + 1, "width": 600, "height": 600} for index in range(len(pictures))],
        "categories": [{"id": 1, "name": "vehicle"}],
        "annotations": [
            {"id": number, "image_id": index + 1, "category_id": 1, "iscrowd": crowd, **_coco_box(box)}
            for number, (index, box, crowd) in enumerate(annotations, start=1)
        ],
    }


def _coco_results(pictures: list[Judged]) -> list[dict[str, object]]:
    return [
        {"image_id": index + 1, "category_id": 1, "score": float(score), **_coco_box(box)}
        for index, one in enumerate(pictures)
        for box, score in zip(one.xyxy, one.scores, strict=True)
    ]


def _coco_box(box: np.ndarray) -> dict[str, object]:
    x1, y1, x2, y2 = map(float, box)
    return {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}
