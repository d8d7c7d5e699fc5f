import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.detection.yolox import decode, letterbox_into, make_grid, non_maximum_suppression, to_detections


def boxes_of(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("frame", "size", "scale", "filled"),
    [
        ((1280, 720), (640, 384), 0.5, (640, 360)),
        ((1920, 1080), (640, 384), 1 / 3, (640, 360)),
        ((352, 288), (640, 384), 384 / 288, (469, 384)),
        ((640, 384), (640, 384), 1.0, (640, 384)),
        ((300, 1000), (416, 416), 0.416, (124, 416)),
    ],
    ids=["720p", "1080p", "CIF grows", "exact", "upright"],
)
def test_the_letterbox_is_yoloxs_own(frame, size, scale, filled):
    image = np.random.default_rng(1).integers(0, 256, (frame[1], frame[0], 3), dtype=np.uint8)
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    assert letterbox_into(canvas, image) == pytest.approx(scale)
    expected = np.full((size[1], size[0], 3), 114, np.uint8)
    expected[: filled[1], : filled[0]] = cv2.resize(image, filled, interpolation=cv2.INTER_LINEAR)
    np.testing.assert_array_equal(canvas, expected)


def test_the_grid_runs_row_by_row_through_the_three_strides():
    cells, strides = make_grid((64, 32))
    assert len(cells) == 8 * 4 + 4 * 2 + 2 * 1
    assert cells[9].tolist() == [1, 1]
    assert strides[[0, 31, 32, 39, 40, 41]].tolist() == [8, 8, 16, 16, 32, 32]


def raw_output(size, **cells):
    output = np.zeros((len(make_grid(size)[0]), 7), np.float32)
    for row, values in cells.items():
        output[int(row[1:])] = values
    return output


def test_a_cell_says_where_its_vehicle_is():
    grid = make_grid((64, 32))
    # anchor 33 is the second cell of stride 16: centre (1.5, 0.25) cells, 2 x 1 cells big
    output = raw_output((64, 32), a33=[0.5, 0.25, np.log(2), np.log(1), 0.9, 0.2, 0.8])
    xyxy, scores, columns = decode(output, grid, 0.1)
    np.testing.assert_allclose(xyxy, [[24 - 16, 4 - 8, 24 + 16, 4 + 8]], atol=1e-4)
    np.testing.assert_allclose(scores, [0.72], rtol=1e-5)
    assert columns.tolist() == [1]


@pytest.mark.parametrize(
    ("objectness", "best_class", "found"), [(0.9, 0.5, 1), (0.3, 0.9, 0), (0.9, 0.3, 0), (0.4, 1.0, 1)]
)
def test_the_score_is_objectness_times_class(objectness, best_class, found):
    output = raw_output((64, 32), a5=[0, 0, 0, 0, objectness, best_class, 0.01])
    assert len(decode(output, make_grid((64, 32)), 0.4)[0]) == found


A, B, C = (0, 0, 100, 100), (0, 40, 100, 140), (0, 80, 100, 180)  # IoU A-B and B-C .43, A-C .11


@pytest.mark.parametrize(
    ("boxes", "scores", "kept"),
    [
        ([A, B, C], [0.9, 0.8, 0.7], [0, 2]),
        ([C, B, A], [0.7, 0.8, 0.9], [2, 0]),
        ([A, B, C], [0.7, 0.9, 0.8], [1]),
        ([A, A], [0.5, 0.5], [0]),
        ([], [], []),
    ],
    ids=["a suppressed box suppresses nothing", "whatever the order", "best in the middle", "equals", "none"],
)
def test_suppression_is_greedy(boxes, scores, kept):
    found = non_maximum_suppression(boxes_of(*boxes), np.array(scores, np.float32), 0.3)
    assert found.tolist() == kept


@given(st.integers(0, 40), st.floats(0.05, 0.95), st.integers(0, 2**31))
def test_suppression_agrees_with_the_textbook_loop(count, maximum_iou, seed):
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 60, (count, 2))
    boxes = np.concatenate([corners, corners + random.uniform(5, 40, (count, 2))], 1).astype(np.float32)
    scores = random.random(count).astype(np.float32)
    kept: list[int] = []
    for row in np.argsort(-scores):
        if all(_iou(boxes[row], boxes[other]) <= maximum_iou for other in kept):
            kept.append(int(row))
    assert non_maximum_suppression(boxes, scores, maximum_iou).tolist() == kept


def _iou(a, b):
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    overlap = width * height
    return overlap / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - overlap)


def test_boxes_go_back_to_the_frame_and_are_cut_at_its_border():
    found = to_detections(
        boxes_of((-10, 10, 50, 60), (700, 10, 800, 60)),
        np.array([0.9, 0.8], np.float32),
        np.array([0, 3]),
        scale=0.5,
        frame_size=(1280, 720),
    )
    assert found.xyxy.tolist() == [[0, 20, 100, 120]]
    assert found.class_ids.tolist() == [0]
