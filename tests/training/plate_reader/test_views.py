from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.plates.ocr import ALPHABET, SLOTS  # noqa: E402
from traffic.simulation.plate_drawing.mixture import COUNTRIES  # noqa: E402
from traffic.training.plate_reader.network import Answers, PlateReaderNetwork  # noqa: E402
from traffic.training.plate_reader.samples import GRID  # noqa: E402
from traffic.training.plate_reader.views import WithProbabilities, zooming  # noqa: E402


def test_as_shipped_every_slot_and_the_countries_sum_to_one() -> None:
    torch.manual_seed(0)
    output = WithProbabilities(PlateReaderNetwork(GRID, (8, 8, 16))).eval()(torch.rand(3, 3, 48, 160) * 255)
    symbols = len(ALPHABET) + 1
    assert output.shape == (3, SLOTS * symbols + len(COUNTRIES))
    torch.testing.assert_close(output[:, : SLOTS * symbols].reshape(3, SLOTS, symbols).sum(2), torch.ones(3, SLOTS))
    torch.testing.assert_close(output[:, SLOTS * symbols :].sum(1), torch.ones(3))


@pytest.mark.parametrize(
    ("zoom", "line"),
    [(1.0, [0.0, 1, 2, 3, 4, 5]), (2.0, [1.25, 1.75, 2.25, 2.75, 3.25, 3.75]), (0.5, [0.0, 0, 1.5, 3.5, 5, 5])],
)
def test_a_line_is_enlarged_about_its_middle_and_its_ends_repeat(zoom: float, line: list[float]) -> None:
    shown = zooming(6, zoom) @ torch.arange(6.0)
    torch.testing.assert_close(shown, torch.tensor(line))


class Bright(torch.nn.Module):
    """Tells the country by the mean of the picture's middle row."""

    def forward(self, images: torch.Tensor) -> Answers:
        level = images[:, 0, 24].mean(1)
        countries = torch.stack([level, *[torch.zeros_like(level)] * (len(COUNTRIES) - 1)], 1)
        symbols = torch.zeros(len(images), SLOTS, len(ALPHABET) + 1)
        return Answers(symbols, torch.zeros(1), torch.zeros(1), countries, torch.zeros(1))


def test_as_shipped_the_answer_is_the_mean_of_what_all_views_answer() -> None:
    pictures = torch.zeros(2, 3, 48, 160)
    pictures[1, :, :, :4] = 100.0
    single = [WithProbabilities(Bright(), (view,))(pictures)[:, -len(COUNTRIES)] for view in ((1.0, 1.0), (1.2, 1.0))]
    both = WithProbabilities(Bright(), ((1.0, 1.0), (1.2, 1.0)))(pictures)[:, -len(COUNTRIES)]
    torch.testing.assert_close(both, (single[0] + single[1]) / 2)
    assert single[1][1] < single[0][1]
    torch.testing.assert_close(single[1][0], single[0][0])
