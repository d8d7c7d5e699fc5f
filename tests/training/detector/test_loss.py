import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.assignment import cells_of  # noqa: E402
from traffic.training.detector.loss import Truth, detection_loss  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402

SIZE = (64, 64)
CELLS = cells_of(SIZE)
BOX = [16.0, 16.0, 48.0, 44.0]
NO_PREFERENCE = torch.zeros(3)


def truth(*labels: tuple[list[float], list[bool]]) -> Truth:
    boxes = torch.tensor([box for box, _ in labels]).reshape(-1, 4)
    return Truth(boxes, torch.tensor([allowed for _, allowed in labels], dtype=torch.bool).reshape(-1, 3))


def gradient(rows: torch.Tensor, label: Truth, preference: torch.Tensor = NO_PREFERENCE) -> torch.Tensor:
    rows = rows.clone().requires_grad_()
    detection_loss(rows, [label], CELLS, preference).total.backward()
    assert rows.grad is not None
    return rows.grad[0]


def test_a_few_steps_on_one_picture_lower_every_part_of_the_loss() -> None:
    torch.manual_seed(0)
    network = Yolox(3, nn.SiLU)
    image = torch.zeros(1, 3, 64, 64)
    image[..., 16:44, 16:48] = 200
    label = [truth((BOX, [False, True, False]))]
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    losses = []
    for _ in range(25):
        loss = detection_loss(network(image), label, CELLS, NO_PREFERENCE)
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
        losses.append(loss)
    first, last = losses[0], losses[-1]
    assert last.total < 0.5 * first.total
    assert last.box < first.box
    assert last.objectness < first.objectness


def test_a_perfect_answer_costs_next_to_nothing() -> None:
    rows = torch.full((1, len(CELLS.corners), 8), -12.0)
    cell = 3 * 8 + 3  # stride 8, centre (28, 28)
    rows[0, cell, :4] = torch.tensor(
        [32 / 8 - 3, 30 / 8 - 3, torch.log(torch.tensor(4.0)), torch.log(torch.tensor(3.5))]
    )
    rows[0, cell, 4], rows[0, cell, 6] = 12, 12
    loss = detection_loss(rows, [truth((BOX, [False, True, False]))], CELLS, NO_PREFERENCE)
    assert float(loss.total) < 0.01


def test_an_empty_picture_teaches_that_nothing_is_there() -> None:
    rows = torch.zeros(1, len(CELLS.corners), 8)
    pushed = gradient(rows, truth())
    assert (pushed[:, 4] > 0).all()
    assert (pushed[:, :4] == 0).all()


def test_nothing_is_taught_inside_a_region_to_ignore() -> None:
    rows = torch.zeros(1, len(CELLS.corners), 8)
    pushed = gradient(rows, truth(([0.0, 0.0, 32.0, 64.0], [False] * 3)))
    inside = CELLS.centres[:, 0] < 32
    assert (pushed[inside, 4] == 0).all()
    assert (pushed[~inside, 4] > 0).all()


def test_a_certain_label_raises_its_class_and_lowers_the_others() -> None:
    rows = torch.zeros(1, len(CELLS.corners), 8)
    pushed = gradient(rows, truth((BOX, [False, True, False])))
    answering = pushed[:, 5:].abs().sum(dim=1) > 0
    assert answering.any()
    assert (pushed[answering, 5] > 0).all()
    assert (pushed[answering, 7] > 0).all()
    assert pushed[answering, 6].mean() < pushed[answering, 5].mean()


@pytest.mark.parametrize(("preference", "chosen", "other"), [([0.0, 0, 0], 6, 5), ([0.0, -5, 0], 5, 6)])
def test_an_open_label_follows_the_stronger_class_unless_that_is_rare(
    preference: list[float], chosen: int, other: int
) -> None:
    rows = torch.zeros(1, len(CELLS.corners), 8)
    rows[..., 6] = 0.1
    rows[..., :4] = torch.tensor([0.5, 0.5, 1.2, 1.2])
    pushed = gradient(rows, truth((BOX, [True, True, False])), torch.tensor(preference))
    answering = pushed[:, 7] > 0
    assert (pushed[answering, other] > 0).all()
    assert (pushed[answering, other] < 0.5 * pushed[answering, 7]).all()
    assert pushed[answering, chosen].mean() < pushed[answering, other].mean()


def test_a_vehicle_in_a_region_to_ignore_is_still_learnt() -> None:
    rows = torch.zeros(1, len(CELLS.corners), 8)
    label = truth((BOX, [True, False, False]), ([0.0, 0.0, 64.0, 64.0], [False] * 3))
    assert (gradient(rows, label)[:, 4] < 0).any()
