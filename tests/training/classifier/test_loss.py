import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.classifier.loss import masked_cross_entropy  # noqa: E402


def test_only_known_labels_count() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 3.0], [5.0, -5.0]])
    loss = masked_cross_entropy(logits, torch.tensor([0, 1, -1]), 0.0)
    expected = -(torch.log_softmax(logits[0], 0)[0] + torch.log_softmax(logits[1], 0)[1]) / 2
    assert loss.item() == pytest.approx(expected.item())


def test_a_batch_that_knows_nothing_teaches_nothing() -> None:
    logits = torch.tensor([[2.0, 0.0]], requires_grad=True)
    loss = masked_cross_entropy(logits, torch.tensor([-1]), 0.1)
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_smoothing_makes_the_certain_answer_cost_something() -> None:
    logits, label = torch.tensor([[20.0, 0.0]]), torch.tensor([0])
    assert masked_cross_entropy(logits, label, 0.1) > masked_cross_entropy(logits, label, 0.0)
