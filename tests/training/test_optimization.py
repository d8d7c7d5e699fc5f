from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402
from traffic.training.optimization import MovingAverage, cosine_share, learning_rate, make_optimizer  # noqa: E402

SHIPPED = Path(__file__).parents[2] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"
RECIPE = load_recipe(SHIPPED).model_copy(
    update={"steps": 1000, "warmup_steps": 10, "learning_rate": 1.0, "final_learning_rate_share": 0.1}
)


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 0.1), (4, 0.5), (500, 0.1 + 0.9 * 0.5), (1000, 0.1)],
)
def test_the_learning_rate_warms_up_and_falls_along_a_cosine(step: int, rate: float) -> None:
    assert learning_rate(RECIPE, step) == pytest.approx(rate, abs=1e-3)


@pytest.mark.parametrize(("step", "share"), [(0, 1.0), (5, 0.5), (10, 0.0)])
def test_a_cosine_falls_from_one_to_nothing(step: int, share: float) -> None:
    assert cosine_share(step, 10) == pytest.approx(share)


def test_only_kernels_decay() -> None:
    kernels, others = make_optimizer(Yolox(2, nn.SiLU), RECIPE).param_groups
    assert kernels["weight_decay"] == RECIPE.weight_decay
    assert others["weight_decay"] == 0
    assert {parameter.ndim for parameter in kernels["params"]} == {4}
    assert all(parameter.ndim < 4 for parameter in others["params"])


def test_the_average_follows_slower_and_slower() -> None:
    network = Yolox(2, nn.SiLU)
    average = MovingAverage(network, decay=0.5)
    bias = network.heads[0].box.bias
    with torch.no_grad():
        average.network.heads[0].box.bias.zero_()
        bias.fill_(1.0)
    seen = []
    for _ in range(40):
        average.update(network)
        seen.append(average.network.heads[0].box.bias[0].item())
    assert seen[0] == pytest.approx(1 - 1 / 20)  # the first step keeps 1 / 20
    assert seen[-1] == pytest.approx(1)
    assert bias[0].item() == 1


def test_the_average_keeps_its_own_weights() -> None:
    network = Yolox(2, nn.SiLU)
    average = MovingAverage(network, decay=0.9)
    assert not average.network.training
    assert average.network.stem.conv.weight.data_ptr() != network.stem.conv.weight.data_ptr()
