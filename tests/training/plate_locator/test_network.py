import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.plate_locator.network import (  # noqa: E402
    DecodedNet,
    PlateNet,
    cell_centres,
    decode,
)

SIZE = (64, 96)


@pytest.fixture(scope="module")
def network() -> PlateNet:
    torch.manual_seed(0)
    return PlateNet().eval()


def test_a_row_a_cell_from_left_to_right_then_down() -> None:
    assert cell_centres((24, 16)).tolist() == [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]


def test_at_first_every_cell_sees_an_unlikely_plate_of_usual_shape_around_itself(network: PlateNet) -> None:
    with torch.inference_mode():
        cells = DecodedNet(network, SIZE)(torch.zeros(2, 3, SIZE[1], SIZE[0]))
    assert cells.shape == (2, 96, 9)
    assert cells[..., 0].max() < 0.1
    corners = cells[0, :, 1:].reshape(-1, 4, 2)
    torch.testing.assert_close(corners.mean(dim=1), cell_centres(SIZE), atol=6.0, rtol=0)
    top_left, top_right, bottom_right = corners[0, :3]
    assert (top_right - top_left)[0] > 2 * (bottom_right - top_right)[1] > 0


def test_raw_numbers_become_corners_by_hand() -> None:
    raw = torch.zeros(1, 10, 2, 3)
    raw[0, :, 1, 2] = torch.tensor([1.5, math.log(2.0), -1, -0.5, 1, -0.5, 1, 0.5, -1, 0.5])
    logits, corners = decode(raw, cell_centres((24, 16)))
    assert logits[0, 5] == 1.5
    # the cell's centre is (20, 12), its unit 8 * 2 pixels
    torch.testing.assert_close(corners[0, 5], torch.tensor([[4.0, 4.0], [36, 4], [36, 20], [4, 20]]))


def test_small_enough_to_run_beside_a_detector(network: PlateNet) -> None:
    assert 2e5 < sum(parameter.numel() for parameter in network.parameters()) < 6e5


def test_a_cell_sees_far_beyond_itself(network: PlateNet) -> None:
    picture = torch.zeros(1, 3, 192, 256, requires_grad=True)
    network(picture)[0, 0, 12, 16].backward()
    rows, columns = torch.nonzero(picture.grad.abs().sum(dim=(0, 1)) > 0, as_tuple=True)
    assert columns.max() - columns.min() > 150
    assert rows.max() - rows.min() > 120
