from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402
from traffic.training.detector.schedule import learning_rate, make_optimizer  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"
RECIPE = load_recipe(SHIPPED).model_copy(
    update={"steps": 1000, "warmup_steps": 10, "learning_rate": 1.0, "final_learning_rate_share": 0.1}
)


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 0.1), (4, 0.5), (500, 0.1 + 0.9 * 0.5), (1000, 0.1)],
)
def test_the_learning_rate_warms_up_and_falls_along_a_cosine(step: int, rate: float) -> None:
    assert learning_rate(RECIPE, step) == pytest.approx(rate, abs=1e-3)


def test_kernels_decay_as_the_recipe_says_and_a_step_starts_at_its_rate() -> None:
    kernels, others = make_optimizer(Yolox(2, nn.SiLU), RECIPE).param_groups
    assert (kernels["weight_decay"], others["weight_decay"]) == (RECIPE.weight_decay, 0)
    assert kernels["lr"] == others["lr"] == RECIPE.learning_rate
    assert {parameter.ndim for parameter in kernels["params"]} == {4}
