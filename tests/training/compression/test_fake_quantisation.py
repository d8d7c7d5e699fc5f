import warnings
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.training.compression.fake_quantisation import (  # noqa: E402
    QuantisedConv2d,
    call_order,
    fake_quantise,
    quantisable,
    quantised,
    settle,
)
from traffic.training.detector.network import Yolox  # noqa: E402


@pytest.mark.parametrize(
    ("value", "scale", "kept"),
    [
        (0.0, 0.5, 0.0),
        (0.7, 0.5, 0.5),
        (0.75, 0.5, 1.0),  # a tie goes to the even step
        (0.25, 0.5, 0.0),
        (-0.8, 0.5, -1.0),
        (100.0, 0.5, 63.5),  # 127 steps and no further
        (-100.0, 0.5, -64.0),
    ],
)
def test_a_value_is_rounded_to_the_nearest_step(value: float, scale: float, kept: float) -> None:
    assert fake_quantise(torch.tensor([value]), torch.tensor(scale)).item() == kept


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=20), st.floats(0.015625, 2, width=32))
def test_no_value_moves_further_than_half_a_step_unless_it_is_clipped(values: list[float], scale: float) -> None:
    x = torch.tensor(values)
    moved = (fake_quantise(x, torch.tensor(scale)) - x).abs()
    inside = x.abs() < 126 * scale
    assert (moved[inside] <= scale / 2 + 1e-4).all()


def test_each_channel_has_its_own_step() -> None:
    x = torch.tensor([[0.4, 0.4], [0.4, 0.4]])
    assert fake_quantise(x, torch.tensor([1.0, 0.1]), axis=0).tolist() == [[0, 0], [pytest.approx(0.4)] * 2]


def test_the_gradient_passes_straight_through_except_where_it_was_clipped() -> None:
    x = torch.tensor([0.3, 500.0, -500.0], requires_grad=True)
    fake_quantise(x, torch.tensor(1.0)).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1, 0, 0]


def test_kernels_take_at_most_127_steps_a_channel() -> None:
    conv = nn.Conv2d(2, 3, 1)
    conv.weight.data = torch.tensor([[1.27, 0.01], [2.54, -0.02], [0.0, 0.0]])[..., None, None]
    layer = QuantisedConv2d(conv, 12.7)
    assert layer.weight_scale.tolist()[:2] == [pytest.approx(0.01), pytest.approx(0.02)]
    assert layer.input_scale.item() == pytest.approx(0.1)
    assert torch.equal(layer.bias, conv.bias)


def test_kernel_scales_follow_the_kernels_while_training_and_stay_once_settled() -> None:
    layer = QuantisedConv2d(nn.Conv2d(1, 1, 1), 10.0)
    layer.weight.data.fill_(2.54)
    x = torch.ones(1, 1, 1, 1)
    stale = layer.eval()(x)
    fresh = layer.train()(x)
    assert fresh.item() == pytest.approx(2.54 * 127 * (10 / 127) * round(12.7) / 127 + layer.bias.item(), abs=0.05)
    assert not torch.equal(stale, fresh)
    settle(layer)
    assert torch.equal(layer.eval()(x), fresh)


def test_the_first_convolutions_and_the_predictions_stay_float() -> None:
    network = Yolox(5, nn.Mish).eval()
    chosen, every = quantisable(network), call_order(network)
    assert every[0] == "stem.conv"
    left = [name for name in every if name not in chosen]
    predictions = [f"heads.{level}.{kind}" for level in range(3) for kind in ("box", "classes", "objectness")]
    assert sorted(left) == sorted(["stem.conv", "dark2.0.0.conv", *predictions])
    assert len(every) == 113


def test_a_dense_second_convolution_is_quantised() -> None:
    assert "dark2.0.conv" in quantisable(Yolox(5, nn.Mish, "tiny").eval())


@pytest.mark.parametrize("ranges", [{"nowhere.conv": 1.0}, {"dark2.0.1": 1.0}, {"dark2.0.1.conv": 0.0}])
def test_a_table_of_another_network_is_refused(ranges: dict[str, float]) -> None:
    with pytest.raises(ModelError, match="calibrate this network again"):
        quantised(Yolox(5, nn.Mish), ranges)


def test_the_float_network_keeps_its_convolutions() -> None:
    network = Yolox(5, nn.Mish).eval()
    copy = quantised(network, {"dark2.0.1.conv": 3.0})
    assert type(network.dark2[0][1].conv) is nn.Conv2d
    assert isinstance(copy.dark2[0][1].conv, QuantisedConv2d)


@pytest.mark.parametrize("groups", [1, 4])
def test_a_quantised_convolution_is_exported_as_it_computes(groups: int, tmp_path: Path) -> None:
    torch.manual_seed(0)
    layer = QuantisedConv2d(nn.Conv2d(4, 8, 3, 2, 1, groups=groups), 2.0).eval()
    path = tmp_path / "layer.onnx"
    network = nn.Sequential(_Bytes(), layer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's TorchScript exporter
        torch.onnx.export(network, (torch.zeros(1, 3, 16, 16),), str(path), opset_version=17, dynamo=False)
    image = np.random.default_rng(1).integers(0, 256, (1, 16, 16, 3), np.uint8)
    with torch.inference_mode():
        expected = network(torch.from_numpy(image).permute(0, 3, 1, 2).float())
    with OnnxEngine(path, (16, 16), InferenceSettings(threads=1)) as engine:
        np.testing.assert_allclose(engine.infer(image), expected.numpy(), atol=1e-5)


class _Bytes(nn.Module):
    """Three planes 0..255 to four of about -1.5..1.5."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x / 85 - 1.5
        return torch.cat([y, y[:, :1]], dim=1)
