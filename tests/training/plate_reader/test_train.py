from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import json  # noqa: E402
from pathlib import Path  # noqa: E402

from torch import nn  # noqa: E402

from traffic.training.plate_reader.network import Answers  # noqa: E402
from traffic.training.plate_reader.recipe import Recipe, Stage  # noqa: E402
from traffic.training.plate_reader.samples import Samples  # noqa: E402
from traffic.training.plate_reader.train import LOG_FILE, WEIGHTS_FILE, blended, exact_match, train  # noqa: E402


def test_every_stage_goes_on_where_the_last_one_ended_and_leaves_a_model_its_weights_and_a_log(
    tiny_recipe: Recipe, drawn_folder: Path, tmp_path: Path
) -> None:
    model = train(tiny_recipe, tmp_path, drawn_folder)
    lines = [json.loads(line) for line in (tmp_path / LOG_FILE).read_text().splitlines()]
    assert model.stat().st_size > 50_000
    assert [(line.get("step"), line.get("end_of_stage")) for line in lines] == [(4, None), (None, 1), (None, 2)]
    assert 0 <= lines[-1]["held_out_exact"] <= 1
    first = torch.load(tmp_path / WEIGHTS_FILE, weights_only=True)
    one_stage = train(tiny_recipe.model_copy(update={"stages": tiny_recipe.stages[:1]}), tmp_path / "one", drawn_folder)
    second = torch.load(one_stage.with_name(WEIGHTS_FILE), weights_only=True)
    change = torch.cat([(first[name] - second[name]).float().flatten() for name in first if "running" not in name])
    assert 0 < change.abs().mean() < 0.1


def test_a_stage_beside_another_starts_where_that_one_did_and_both_end_in_their_mean(
    tiny_recipe: Recipe, drawn_folder: Path, tmp_path: Path
) -> None:
    first, second = (stage.model_copy(update={"steps": 3, "stop": None}) for stage in tiny_recipe.stages)

    def weights(*stages: Stage) -> dict[str, torch.Tensor]:
        model = train(tiny_recipe.model_copy(update={"stages": stages}), tmp_path, drawn_folder)
        return torch.load(model.with_name(WEIGHTS_FILE), weights_only=True)

    alone, other = weights(first), weights(second)
    both = weights(first, second.model_copy(update={"beside": True}))
    for name, mean in both.items():
        if mean.is_floating_point():
            torch.testing.assert_close(mean, (alone[name] + other[name]) / 2)


class Oracle(nn.Module):
    """Knows every text but the first few."""

    def __init__(self, samples: Samples, wrong: int) -> None:
        super().__init__()
        self.symbols = torch.nn.functional.one_hot(torch.from_numpy(samples.symbols), 37).float()
        self.symbols[:wrong] = self.symbols[:wrong].roll(1, dims=2)

    def forward(self, images: torch.Tensor) -> Answers:
        nothing = torch.zeros(1)
        return Answers(self.symbols[: len(images)], nothing, nothing, nothing, nothing)


@pytest.mark.parametrize("wrong", [0, 12, 48])
def test_a_plate_counts_as_read_when_all_of_it_is_right(samples: Samples, wrong: int) -> None:
    assert exact_match(Oracle(samples, wrong), samples) == pytest.approx(1 - wrong / 48)


@pytest.mark.parametrize(("kept", "expected"), [(0.0, 4.0), (0.5, 3.0), (1.0, 2.0)])
def test_a_stage_may_keep_a_share_of_the_weights_it_began_with(kept: float, expected: float) -> None:
    start, end = ({"weights": torch.full((3,), value), "steps": torch.tensor(7)} for value in (2.0, 4.0))
    mixed = blended(start, end, kept)
    torch.testing.assert_close(mixed["weights"], torch.full((3,), expected))
    assert mixed["steps"] == 7
    assert mixed["steps"].dtype == torch.int64
