import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.compression.soft_targets import (  # noqa: E402
    SoftTargets,
    added,
    distillation_loss,
    likeness,
    soft_targets,
)
from traffic.training.detector.assignment import cells_of  # noqa: E402
from traffic.training.detector.batches import Batch  # noqa: E402
from traffic.training.detector.loss import Loss  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402

CELLS = cells_of((64, 64))
COUNT = len(CELLS.corners)


def logits(sure_cell: int = 20) -> torch.Tensor:
    rows = torch.full((1, COUNT, 7), -6.0)
    rows[..., :4] = torch.tensor([0.5, 0.5, 0.7, 0.7])
    rows[0, sure_cell, 4:6] = 4.0
    return rows


def targets(rows: torch.Tensor) -> SoftTargets:
    return soft_targets(torch.cat([rows[..., :4], rows[..., 4:].sigmoid()], dim=-1), CELLS)


def test_who_answers_as_the_teacher_loses_nothing() -> None:
    loss = distillation_loss(logits(), targets(logits()), CELLS)
    assert float(loss.total) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("column", "part"), [(0, "box"), (3, "box"), (4, "objectness"), (5, "classes"), (6, "classes")]
)
def test_each_column_has_its_part(column: int, part: str) -> None:
    rows = logits()
    rows[0, 20, column] -= 1.5 if column < 6 else -3.0
    loss = distillation_loss(rows, targets(logits()), CELLS)
    parts = {"box": loss.box, "objectness": loss.objectness, "classes": loss.classes}
    assert parts.pop(part) > 0.01
    assert max(parts.values()) == pytest.approx(0, abs=1e-4)


def test_boxes_and_classes_count_only_where_the_teacher_sees_something() -> None:
    rows = logits()
    rows[0, 21:, 0] += 3
    rows[0, 21:, 5] += 5
    loss = distillation_loss(rows, targets(logits()), CELLS)
    assert loss.box < 0.01 * COUNT
    certain = logits()
    certain[0, 21:, 4] = 4.0
    assert distillation_loss(rows, targets(certain), CELLS).box > 1


def test_a_teacher_that_does_not_know_the_classes_teaches_none() -> None:
    seen = targets(logits())
    rows = logits()
    rows[..., 5:] = 3.0
    assert distillation_loss(rows, SoftTargets(seen.objectness, None, seen.xyxy), CELLS).classes == 0


def test_a_few_steps_bring_a_network_nearer_to_its_teacher() -> None:
    torch.manual_seed(2)
    teacher, student = Yolox(2, nn.SiLU).eval(), Yolox(2, nn.SiLU).eval()
    for head in teacher.heads:
        head.objectness.bias.data.fill_(1.0)
    batch = Batch(torch.rand(1, 3, 64, 64) * 255, [], (64, 64))
    loss_of, optimizer = likeness(teacher), torch.optim.Adam(student.parameters(), lr=1e-3)
    losses = []
    for _ in range(12):
        loss = loss_of(student, batch)
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
        losses.append(loss.total.item())
    assert losses[-1] < 0.7 * losses[0]


def test_losses_add_by_weight() -> None:
    one, two = (Loss(torch.tensor(value), value, value, value) for value in (1.0, 2.0))
    assert added(one, two, 0.5) == Loss(torch.tensor(2.0), 2.0, 2.0, 2.0)
