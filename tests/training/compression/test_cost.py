from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.training.compression.cost import cost, operations  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Conv2d(3, 8, 1), 2 * 8 * 3 * 64 * 32),
        (nn.Conv2d(3, 8, 3, stride=2, padding=1), 2 * 8 * 3 * 9 * 32 * 16),
        (nn.Conv2d(3, 3, 3, padding=1, groups=3), 2 * 3 * 9 * 64 * 32),
    ],
)
def test_a_convolutions_operations_are_two_a_weight_and_output_pixel(layer: nn.Conv2d, expected: int) -> None:
    assert operations(layer, (64, 32)) == expected


def test_the_published_network_has_its_published_cost(tmp_path: Path) -> None:
    """YOLOX-Nano: 0.91 M parameters and 1.08 GFLOPs at 416 with 80 classes (with normalisation counted)."""
    network = Yolox(80, nn.SiLU).eval()
    export_onnx(network, tmp_path / "nano.onnx")
    counted = cost(network, tmp_path / "nano.onnx", (64, 64), InferenceSettings(precision="f32", threads=1))
    assert counted.parameters == pytest.approx(0.91e6, rel=0.02)
    assert operations(network, (416, 416)) == pytest.approx(1.08e9, rel=0.05)
    assert counted.mflop == pytest.approx(operations(network, (64, 64)) / 1e6)
    assert counted.milliseconds > 0
