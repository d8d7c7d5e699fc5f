from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.plates.ocr import SLOTS  # noqa: E402
from traffic.training.plate_reader.layers import Comparing, Counting, Whole  # noqa: E402
from traffic.training.plate_reader.samples import GRID, NOWHERE  # noqa: E402


def places(upper: tuple[int, ...], lower: tuple[int, ...]) -> torch.Tensor:
    """Features whose two channels say where characters are and which cells belong to the second line."""
    columns, rows = GRID
    features = torch.zeros(1, 2, rows, columns)
    features[:, 0] = -20.0
    features[:, 1] = -20.0
    features[:, 1, rows // 2 :] = 20.0 if lower else -20.0
    for column in upper:
        features[0, 0, 1, column] = 20.0
    for column in lower:
        features[0, 0, rows - 1, column] = 20.0
    return features


@pytest.mark.parametrize(("upper", "lower"), [((2, 5, 9), ()), ((1, 18), ()), ((4, 9), (2, 7, 11)), ((10,), (1, 3))])
def test_each_slot_s_turn_is_a_character_in_reading_order_then_nowhere(
    upper: tuple[int, ...], lower: tuple[int, ...]
) -> None:
    counting = Counting(2, GRID)
    counting.places.weight.data = torch.eye(2)[:, :, None, None]
    counting.places.bias.data.zero_()
    _, turns = counting(places(upper, lower))
    cells = [GRID[0] + column for column in upper] + [(GRID[1] - 1) * GRID[0] + column for column in lower]
    for slot, cell in enumerate(cells):
        assert turns[0, slot, cells].argmax().item() == slot
        assert turns[0, slot, cell].item() == pytest.approx(0, abs=1e-4)
        assert turns[0, slot, NOWHERE].item() < 0
    assert (turns[0, len(cells) :, NOWHERE] > 0).all()


def test_a_new_look_at_the_whole_tells_nothing_until_it_learns() -> None:
    torch.manual_seed(4)
    whole, shown = Whole(16), torch.rand(2, 16)
    assert not whole(shown).any()
    whole(shown).sum().backward()
    assert whole[2].weight.grad.abs().sum() > 0


def test_a_new_comparison_changes_nothing_and_a_taught_one_tells_each_slot_of_the_others() -> None:
    torch.manual_seed(2)
    seen = torch.rand(1, SLOTS, 16)
    comparing = Comparing(16)
    torch.testing.assert_close(comparing(seen), seen)
    torch.nn.init.normal_(comparing.slots[2].weight)
    other = seen.clone()
    other[:, 3] += 1
    changed = (comparing(other) - comparing(seen)).abs().amax(2)[0]
    assert (changed > 1e-6).all()
