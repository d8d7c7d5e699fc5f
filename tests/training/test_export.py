from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from tests.training.backends import EXACT, require_every_backend_to_agree  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.training.detector.network import WithScores, Yolox  # noqa: E402
from traffic.training.detector.onnx_import import load_network  # noqa: E402
from traffic.training.export import MishForm, RationalMish, SoftplusMish, export_onnx  # noqa: E402


@pytest.fixture(scope="module")
def network() -> Yolox:
    torch.manual_seed(2)
    return Yolox(5, nn.Mish).eval()


@pytest.mark.parametrize("form", ["softplus", "rational"])
@pytest.mark.parametrize("size", [(96, 64), (64, 128)])
def test_every_backend_gives_what_torch_gives(
    network: Yolox, tmp_path: Path, form: MishForm, size: tuple[int, int]
) -> None:
    path = tmp_path / "network.onnx"
    export_onnx(network, path, form)
    require_every_backend_to_agree(WithScores(network), path, size)


@pytest.mark.parametrize("form", [SoftplusMish(), RationalMish()])
def test_every_form_of_mish_is_mish(form: nn.Module) -> None:
    x = torch.cat([torch.linspace(-60, 60, 4001), torch.tensor([-1e4, 1e4, 3e38])])
    torch.testing.assert_close(form(x), nn.functional.mish(x), atol=2e-6, rtol=1e-6)


def test_the_network_itself_keeps_its_activation(network: Yolox, tmp_path: Path) -> None:
    export_onnx(network, tmp_path / "network.onnx")
    assert type(network.stem.activation) is nn.Mish


def test_a_model_read_back_and_written_in_the_other_form_gives_the_same(network: Yolox, tmp_path: Path) -> None:
    first, second = tmp_path / "rational.onnx", tmp_path / "softplus.onnx"
    export_onnx(network, first, "rational")
    export_onnx(load_network(first, 5, nn.Mish), second, "softplus")
    image = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)
    with OnnxEngine(first, (64, 64), EXACT) as rational, OnnxEngine(second, (64, 64), EXACT) as softplus:
        np.testing.assert_allclose(softplus.infer(image), rational.infer(image), atol=1e-3)
