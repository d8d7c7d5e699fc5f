from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.plate_reader.loss import Batch, reading_loss, second_lines  # noqa: E402
from traffic.training.plate_reader.network import Answers  # noqa: E402
from traffic.training.plate_reader.samples import GRID, NOWHERE  # noqa: E402


def told(symbol: int, cell: int, country: int, sure: float, sign: int = 2) -> tuple[Answers, Batch]:
    symbols, gazes, countries, signs = (torch.zeros(*size) for size in ((1, 1, 4), (1, 1, 5), (1, 3), (1, 6)))
    places = torch.zeros(1, 2, NOWHERE)
    symbols[0, 0, symbol] = gazes[0, 0, cell] = countries[0, country] = signs[0, sign] = sure
    batch = Batch(torch.zeros(1, 3, 8, 8), *map(torch.tensor, ([[2]], [[3]], [1], [2])))
    return Answers(symbols, gazes, places, countries, signs), batch


def test_a_sure_and_right_answer_costs_next_to_nothing_and_a_wrong_one_much() -> None:
    right, wrong = (reading_loss(*told(*answer, sure=12.0), 0.5, 0.2) for answer in ((2, 3, 1), (0, 0, 0)))
    assert right.symbols + right.gazes + right.countries < 0.3
    assert wrong.total.item() - right.total.item() > 10


def test_guessing_costs_the_logarithm_of_the_choices() -> None:
    loss = reading_loss(*told(0, 0, 0, sure=0.0), 0.5, 0.2)
    assert (loss.symbols, loss.gazes, loss.countries) == pytest.approx((1.386, 1.609, 1.099), abs=0.001)


def test_the_parts_are_weighted() -> None:
    loss = reading_loss(*told(0, 0, 0, sure=0.0), 2.0, 3.0)
    assert loss.total.item() == pytest.approx(
        loss.symbols + 2 * (loss.gazes + loss.places) + 3 * (loss.countries + loss.signs), rel=1e-5
    )


def test_a_crop_that_nobody_marked_costs_nothing_for_its_places_and_gazes() -> None:
    answers, batch = told(2, 3, 1, sure=12.0)
    unmarked = replace(batch, cells=torch.tensor([[-100]]))
    both = Batch(*(torch.cat([a, b]) for a, b in zip(parts(batch), parts(unmarked), strict=True)))
    twice = Answers(*(torch.cat([part, part]) for part in answers))
    one, two = reading_loss(answers, batch, 0.5, 0.2), reading_loss(twice, both, 0.5, 0.2)
    assert (two.places, two.gazes) == pytest.approx((one.places, one.gazes))


def test_a_plate_of_which_nobody_knows_the_sign_costs_nothing_for_it() -> None:
    answers, batch = told(2, 3, 1, sure=12.0, sign=5)
    unknown = replace(batch, signs=torch.tensor([-100]))
    assert reading_loss(answers, batch, 0.5, 0.2).signs == pytest.approx(12, abs=0.01)
    assert reading_loss(answers, unknown, 0.5, 0.2).signs == 0


def parts(batch: Batch) -> tuple[torch.Tensor, ...]:
    return batch.images, batch.symbols, batch.cells, batch.countries, batch.signs


@pytest.mark.parametrize(
    ("columns", "second"),
    [
        ((1, 4, 9, 12), (0, 0, 0, 0)),
        ((2, 6, 1, 5), (0, 0, 1, 1)),
        ((5, 1, 3, None), (0, 1, 1, 1)),
        ((3, 5, None, None), (0,) * 4),
    ],
)
def test_a_second_line_begins_where_a_character_stands_left_of_the_one_before(
    columns: tuple[int | None, ...], second: tuple[int, ...]
) -> None:
    cells = torch.tensor([[NOWHERE if column is None else GRID[0] * 2 + column for column in columns]])
    assert second_lines(cells).int().tolist() == [list(second)]
