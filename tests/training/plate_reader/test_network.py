from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.plates.ocr import ALPHABET, SLOTS  # noqa: E402
from traffic.simulation.plate_drawing.europe import SIGNS  # noqa: E402
from traffic.simulation.plate_drawing.mixture import COUNTRIES  # noqa: E402
from traffic.training.plate_reader.network import PlateReaderNetwork, deepened, standardised  # noqa: E402
from traffic.training.plate_reader.samples import GRID, NOWHERE  # noqa: E402


def test_the_answers_have_a_logit_for_each_symbol_cell_and_country() -> None:
    answers = PlateReaderNetwork(GRID, (8, 8, 16))(torch.zeros(2, 3, 48, 160))
    assert answers.symbols.shape == (2, SLOTS, len(ALPHABET) + 1)
    assert answers.gazes.shape == (2, SLOTS, NOWHERE + 1)
    assert answers.places.shape == (2, 2, NOWHERE)
    assert answers.countries.shape == (2, len(COUNTRIES))
    assert answers.signs.shape == (2, len(SIGNS))


def test_what_the_whole_plate_shows_can_change_each_character() -> None:
    torch.manual_seed(3)
    network = PlateReaderNetwork(GRID, (8, 8, 16)).eval()
    pictures = torch.rand(1, 3, 48, 160) * 255
    before = network(pictures).symbols
    torch.nn.init.normal_(network.whole[2].weight)
    assert ((network(pictures).symbols - before).abs().amax(2) > 1e-5).all()


@pytest.mark.parametrize(("gain", "lift"), [(1.0, 40.0), (0.3, 0.0), (0.4, 60.0)])
def test_a_darker_or_fainter_picture_looks_the_same(gain: float, lift: float) -> None:
    picture = torch.rand(1, 3, 48, 160) * 200
    torch.testing.assert_close(standardised(picture * gain + lift), standardised(picture), atol=0.12, rtol=0)


def test_a_flat_picture_gives_numbers() -> None:
    assert torch.isfinite(standardised(torch.full((1, 3, 48, 160), 128.0))).all()


def test_a_deeper_network_answers_as_before_and_learns_in_its_new_blocks() -> None:
    torch.manual_seed(1)
    network = PlateReaderNetwork(GRID, (8, 8, 16), (1, 1)).eval()
    pictures = torch.rand(2, 3, 48, 160) * 255
    deeper = deepened(network, (2, 3)).eval()
    torch.testing.assert_close(deeper(pictures), network(pictures))
    deeper(pictures).symbols.square().sum().backward()
    assert deeper.trunk[3].body[-1].weight.grad.abs().sum() > 0
