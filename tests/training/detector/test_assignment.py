import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.detector.assignment import assign, cells_of, decode_boxes, paired_iou, pairwise_iou  # noqa: E402

SIZE = (64, 64)
CELLS = cells_of(SIZE)
FINE = 8  # cells a row at stride 8
CERTAIN = [[True, False]]


def rows_for(boxes: dict[int, tuple[float, float, float, float]], classes: int = 2) -> torch.Tensor:
    """Network rows that see nothing, but the given boxes (xyxy) at the given cells, with class 0."""
    rows = torch.zeros(len(CELLS.corners), 5 + classes)
    rows[:, 4:] = -6
    for cell, (x1, y1, x2, y2) in boxes.items():
        stride = float(CELLS.strides[cell])
        centre = torch.tensor([(x1 + x2) / 2, (y1 + y2) / 2]) / stride - CELLS.corners[cell]
        rows[cell, :4] = torch.tensor([*centre, math.log((x2 - x1) / stride), math.log((y2 - y1) / stride)])
        rows[cell, 4:6] = 6
    return rows


def test_cells_go_row_by_row_from_the_finest_stride() -> None:
    assert len(CELLS.corners) == 64 + 16 + 4
    assert CELLS.centres[[0, 1, FINE, 64, 83]].tolist() == [[4, 4], [12, 4], [4, 12], [8, 8], [48, 48]]


def test_a_row_decodes_to_the_box_it_was_made_from() -> None:
    box = (10.0, 12.0, 40.0, 52.0)
    decoded = decode_boxes(rows_for({27: box}), CELLS)[27]
    torch.testing.assert_close(decoded, torch.tensor(box))


@pytest.mark.parametrize(
    ("left", "right", "iou"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 15, 10), 1 / 3),
        ((0, 0, 10, 10), (10, 0, 20, 10), 0.0),
        ((0, 0, 10, 10), (2, 2, 4, 4), 0.04),
    ],
)
def test_overlap_by_hand(left: tuple[float, ...], right: tuple[float, ...], iou: float) -> None:
    a, b = torch.tensor(left, dtype=torch.float), torch.tensor(right, dtype=torch.float)
    assert float(paired_iou(a, b)) == pytest.approx(iou)
    assert pairwise_iou(a[None], torch.stack([b, a])).tolist()[0] == pytest.approx([iou, 1])


def test_one_good_cell_answers_for_the_box() -> None:
    box = (16.0, 16.0, 40.0, 40.0)
    good = 3 * FINE + 3  # centre (28, 28)
    assigned = assign(rows_for({good: box}), torch.tensor([box]), torch.tensor(CERTAIN), CELLS)
    assert good in assigned.cells.tolist()
    assert assigned.iou[assigned.cells.tolist().index(good)] == pytest.approx(1, abs=1e-4)


def test_as_many_cells_answer_as_the_overlaps_add_up_to() -> None:
    box = (16.0, 16.0, 40.0, 40.0)
    good = [2 * FINE + 2, 2 * FINE + 3, 3 * FINE + 2, 3 * FINE + 3]
    rows = rows_for(dict.fromkeys(good, box))
    rows[[row for row in range(len(rows)) if row not in good], 2:4] = -9  # all other boxes are specks
    assigned = assign(rows, torch.tensor([box]), torch.tensor(CERTAIN), CELLS)
    assert sorted(assigned.cells.tolist()) == good


def test_a_blind_network_still_gets_one_cell_near_the_box() -> None:
    box = torch.tensor([[30.0, 30.0, 34.0, 34.0]])
    rows = rows_for({})
    rows[:, 2:4] = -9
    assigned = assign(rows, box, torch.tensor(CERTAIN), CELLS)
    assert len(assigned.cells) == 1
    centre = CELLS.centres[assigned.cells[0]]
    assert ((centre - 32).abs() < 1.5 * CELLS.strides[assigned.cells[0]]).all()


def test_a_cell_that_two_boxes_want_goes_to_the_one_it_fits() -> None:
    left, right = (8.0, 16.0, 32.0, 40.0), (16.0, 16.0, 40.0, 40.0)
    shared = 3 * FINE + 2  # centre (20, 28), inside both
    rows = rows_for({shared: right})
    rows[:shared, 2:4] = rows[shared + 1 :, 2:4] = -9
    assigned = assign(rows, torch.tensor([left, right]), torch.tensor(CERTAIN * 2), CELLS)
    assert assigned.boxes[assigned.cells == shared].tolist() == [1]
    assert len(set(assigned.cells.tolist())) == len(assigned.cells)


def test_an_open_class_is_as_cheap_as_its_best() -> None:
    box = (16.0, 16.0, 40.0, 40.0)
    liked, plain = 3 * FINE + 3, 2 * FINE + 2
    rows = rows_for({liked: box, plain: box})
    rows[plain, 5] = -6  # sees the box, but not its class 0
    rows[:, 2:4] = torch.where(rows[:, 4:5] > 0, rows[:, 2:4], -9.0)
    rows[liked, :4] += torch.tensor([0.0, 0.0, 0.7, 0.7])  # its box is poor, so only one cell can be had
    rows[plain, :4] += torch.tensor([0.0, 0.0, 0.7, 0.7])
    only_first = assign(rows, torch.tensor([box]), torch.tensor([[True, False]]), CELLS)
    assert only_first.cells.tolist() == [liked]
    rows[plain, 6] = 6
    rows[liked, 5:7] = torch.tensor([0.0, -6.0])
    either = assign(rows, torch.tensor([box]), torch.tensor([[True, True]]), CELLS)
    assert either.cells.tolist() == [plain]
