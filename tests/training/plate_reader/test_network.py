from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.plates.ocr import ALPHABET, SLOTS  # noqa: E402
from traffic.simulation.plate_drawing.mixture import COUNTRIES  # noqa: E402
from traffic.training.plate_reader.network import PlateReaderNetwork, WithProbabilities, standardised  # noqa: E402
from traffic.training.plate_reader.samples import GRID, NOWHERE  # noqa: E402


def test_the_answers_have_a_logit_for_each_symbol_cell_and_country() -> None:
    answers = PlateReaderNetwork(GRID, (8, 8, 16))(torch.zeros(2, 3, 48, 160))
    assert answers.symbols.shape == (2, SLOTS, len(ALPHABET) + 1)
    assert answers.gazes.shape == (2, SLOTS, NOWHERE + 1)
    assert answers.countries.shape == (2, len(COUNTRIES))


def test_as_shipped_every_slot_and_the_countries_sum_to_one() -> None:
    torch.manual_seed(0)
    output = WithProbabilities(PlateReaderNetwork(GRID, (8, 8, 16))).eval()(torch.rand(3, 3, 48, 160) * 255)
    symbols = len(ALPHABET) + 1
    assert output.shape == (3, SLOTS * symbols + len(COUNTRIES))
    torch.testing.assert_close(output[:, : SLOTS * symbols].reshape(3, SLOTS, symbols).sum(2), torch.ones(3, SLOTS))
    torch.testing.assert_close(output[:, SLOTS * symbols :].sum(1), torch.ones(3))


@pytest.mark.parametrize(("gain", "lift"), [(1.0, 40.0), (0.3, 0.0), (0.4, 60.0)])
def test_a_darker_or_fainter_picture_looks_the_same(gain: float, lift: float) -> None:
    picture = torch.rand(1, 3, 48, 160) * 200
    torch.testing.assert_close(standardised(picture * gain + lift), standardised(picture), atol=0.12, rtol=0)


def test_a_flat_picture_gives_numbers() -> None:
    assert torch.isfinite(standardised(torch.full((1, 3, 48, 160), 128.0))).all()
