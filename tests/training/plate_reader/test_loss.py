from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.plate_reader.loss import Batch, reading_loss  # noqa: E402
from traffic.training.plate_reader.network import Answers  # noqa: E402


def told(symbol: int, cell: int, country: int, sure: float) -> tuple[Answers, Batch]:
    symbols, gazes, countries = torch.zeros(1, 1, 4), torch.zeros(1, 1, 5), torch.zeros(1, 3)
    symbols[0, 0, symbol] = gazes[0, 0, cell] = countries[0, country] = sure
    batch = Batch(torch.zeros(1, 3, 8, 8), torch.tensor([[2]]), torch.tensor([[3]]), torch.tensor([1]))
    return Answers(symbols, gazes, countries), batch


def test_a_sure_and_right_answer_costs_next_to_nothing_and_a_wrong_one_much() -> None:
    right, wrong = (reading_loss(*told(*answer, sure=12.0), 0.5, 0.2) for answer in ((2, 3, 1), (0, 0, 0)))
    assert right.total.item() < 0.3
    assert wrong.total.item() > 10


def test_guessing_costs_the_logarithm_of_the_choices() -> None:
    loss = reading_loss(*told(0, 0, 0, sure=0.0), 0.5, 0.2)
    assert (loss.symbols, loss.gazes, loss.countries) == pytest.approx((1.386, 1.609, 1.099), abs=0.001)


def test_the_parts_are_weighted() -> None:
    loss = reading_loss(*told(0, 0, 0, sure=0.0), 2.0, 3.0)
    assert loss.total.item() == pytest.approx(loss.symbols + 2 * loss.gazes + 3 * loss.countries, rel=1e-5)
