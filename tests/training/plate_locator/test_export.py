from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from tests.engines.rtx_parser import needs_parser, parse  # noqa: E402
from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.inference.openvino_engine import OpenVinoEngine  # noqa: E402
from traffic.training.plate_locator.export import export_onnx  # noqa: E402
from traffic.training.plate_locator.network import DecodedNet, PlateNet  # noqa: E402

SIZE = (96, 64)
EXACT = InferenceSettings(precision="f32", threads=1)


def test_every_backend_gives_what_torch_gives(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = PlateNet()
    network.to(memory_format=torch.channels_last)
    network.train()(torch.rand(4, 3, 64, 96) * 255)  # running statistics that are not the first ones
    network.eval()
    export_onnx(network, SIZE, tmp_path / "model.onnx")
    images = np.random.default_rng(0).integers(0, 256, (3, SIZE[1], SIZE[0], 3), np.uint8)
    with torch.inference_mode():
        expected = DecodedNet(network, SIZE)(torch.from_numpy(images).permute(0, 3, 1, 2).float()).numpy()
    with OnnxEngine(tmp_path / "model.onnx", SIZE, EXACT) as onnx:
        np.testing.assert_allclose(onnx.infer(images), expected, atol=1e-3)
    with OpenVinoEngine(tmp_path / "model.onnx", SIZE, EXACT) as openvino:
        np.testing.assert_allclose(openvino.infer(images), expected, atol=1e-3)


@needs_parser
def test_a_tensorrt_parser_takes_the_file(tmp_path: Path) -> None:
    export_onnx(PlateNet().eval(), SIZE, tmp_path / "model.onnx")
    parsed = parse(tmp_path / "model.onnx", SIZE)
    assert parsed.errors == []
    assert parsed.output_shape[1:] == [96, 9]
