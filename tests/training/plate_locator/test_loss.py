import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.geometry import box_iou  # noqa: E402
from traffic.training.plate_locator.loss import (  # noqa: E402
    Truth,
    assign,
    box_overlaps,
    locator_loss,
    quality_focal,
    wing,
)
from traffic.training.plate_locator.network import STRIDE, cell_centres  # noqa: E402

SIZE = (128, 96)
CENTRES = cell_centres(SIZE)
QUAD = torch.tensor([[[40.0, 40], [80, 42], [80, 54], [40, 52]]])  # its middle is (60, 47)


def raw_cells(quad: torch.Tensor, score: float, cell: tuple[int, int]) -> torch.Tensor:
    """Cells of which one answers with a quad, and all others with a score that is next to none."""
    raw = torch.zeros(1, 10, SIZE[1] // STRIDE, SIZE[0] // STRIDE)
    raw[:, 0] = -12
    column, row = cell
    centre = torch.tensor([column + 0.5, row + 0.5]) * STRIDE
    raw[0, 0, row, column] = score
    raw[0, 2:, row, column] = ((quad - centre) / STRIDE).flatten()
    return raw


def truth(quads: torch.Tensor, exact: bool = True) -> Truth:
    return Truth(quads, torch.full((len(quads),), exact))


def test_the_cells_around_the_middle_answer_for_a_plate_and_no_other() -> None:
    assigned = assign(QUAD, CENTRES, SIZE)
    answering = CENTRES[assigned.plate == 0]
    assert sorted(map(tuple, answering.tolist())) == [(52, 44), (52, 52), (60, 44), (60, 52), (68, 44), (68, 52)] or (
        (answering - torch.tensor([60.0, 47.0])).abs().max() <= 1.3 * STRIDE
    )
    assert len(answering) >= 4
    assert assigned.taught.all()


def test_of_two_plates_the_nearer_takes_the_cell() -> None:
    other = QUAD + torch.tensor([18.0, 0.0])
    assigned = assign(torch.cat([QUAD, other]), CENTRES, SIZE)
    for centre, plate in zip(CENTRES.tolist(), assigned.plate.tolist(), strict=True):
        if plate >= 0:
            assert abs(centre[0] - (60, 78)[plate]) <= abs(centre[0] - (78, 60)[plate])


@pytest.mark.parametrize(
    "quad",
    [
        QUAD[0] * 0.1 + 50,
        QUAD[0] + torch.tensor([90.0, 0.0]),
    ],
    ids=["four pixels wide", "its middle lies outside"],
)
def test_a_plate_that_cannot_be_found_is_neither_taught_nor_a_false_find(quad: torch.Tensor) -> None:
    assigned = assign(quad[None], CENTRES, SIZE)
    assert (assigned.plate == -1).all()
    inside = (quad.amin(dim=0) - STRIDE <= CENTRES).all(dim=1) & (quad.amax(dim=0) + STRIDE >= CENTRES).all(dim=1)
    assert not assigned.taught[inside].any()
    assert assigned.taught[~inside].all()


def test_without_plates_every_cell_is_taught_to_be_silent() -> None:
    assigned = assign(torch.zeros(0, 4, 2), CENTRES, SIZE)
    assert assigned.taught.all()
    assert (assigned.plate == -1).all()


def test_the_loss_falls_as_the_answer_nears_the_truth() -> None:
    losses = []
    for shift in (0.0, 4.0, 12.0, 30.0):
        raw = raw_cells(QUAD[0] + shift, 6.0, (7, 5)).repeat(1, 1, 1, 1)
        losses.append(locator_loss(raw, [truth(QUAD)], CENTRES))
    assert [loss.corner for loss in losses] == sorted(loss.corner for loss in losses)
    assert [loss.box for loss in losses] == sorted(loss.box for loss in losses)


def test_boxes_alone_teach_no_corners() -> None:
    raw = raw_cells(QUAD[0] + 5, 0.0, (7, 5)).requires_grad_()
    loss = locator_loss(raw, [truth(QUAD, exact=False)], CENTRES)
    assert loss.corner == 0
    assert loss.box > 0


def test_an_empty_picture_teaches_silence_with_finite_gradients() -> None:
    raw = raw_cells(QUAD[0], 5.0, (7, 5)).requires_grad_()
    loss = locator_loss(raw, [truth(torch.zeros(0, 4, 2))], CENTRES)
    loss.total.backward()
    assert (loss.box, loss.corner) == (0, 0)
    assert raw.grad[0, 0, 5, 7] > 0.1  # descending lowers the score
    assert torch.isfinite(raw.grad).all()


@pytest.mark.parametrize(
    ("logit", "quality", "expected"),
    [(0.0, 1.0, 0.25 * math.log(2)), (0.0, 0.5, 0.0), (math.log(3), 0.0, 0.75**2 * math.log(4))],
)
def test_quality_focal_loss_by_hand(logit: float, quality: float, expected: float) -> None:
    value = quality_focal(torch.tensor([logit]), torch.tensor([quality]))
    assert value.item() == pytest.approx(expected, abs=1e-6)


def test_the_wing_is_steep_near_the_truth_and_linear_far_away() -> None:
    aim = torch.tensor([[[0.0, 0], [10, 0], [10, 10], [0, 10]]])  # the unit is 10 pixels
    near, far, farther = (wing(aim + shift, aim).item() for shift in (0.5, 20.0, 30.0))
    assert near == pytest.approx(0.5 * math.log(1 + 0.05 / 0.1), rel=1e-4)
    assert farther - far == pytest.approx(1.0, rel=1e-4)
    assert wing(aim + 5.0001, aim).item() == pytest.approx(wing(aim + 4.9999, aim).item(), abs=1e-3)


def test_overlaps_are_those_of_numpy_and_generalised_ones_tell_how_far_apart() -> None:
    random = np.random.default_rng(0)
    a, b = (np.sort(random.uniform(0, 100, (50, 2, 2)), axis=1).reshape(50, 4).astype(np.float32) for _ in range(2))
    overlap, generalised = box_overlaps(torch.from_numpy(a), torch.from_numpy(b))
    np.testing.assert_allclose(overlap, np.diag(box_iou(a, b)), atol=1e-5)
    assert (generalised <= overlap + 1e-6).all()
    box, near, far = (torch.tensor([[x, 0.0, x + 10, 10]]) for x in (0.0, 20.0, 90.0))
    assert box_overlaps(box, near)[1] == pytest.approx(-10 / 30)
    assert box_overlaps(box, far)[1] == pytest.approx(-80 / 100)
    assert box_overlaps(box, box)[1] == pytest.approx(1)
