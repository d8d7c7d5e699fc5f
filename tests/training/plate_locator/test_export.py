from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from tests.engines.rtx_parser import needs_parser, parse  # noqa: E402
from tests.training.backends import require_every_backend_to_agree  # noqa: E402
from traffic.training.plate_locator.export import export_onnx  # noqa: E402
from traffic.training.plate_locator.network import DecodedNet, PlateNet  # noqa: E402

SIZE = (96, 64)


def test_every_backend_gives_what_torch_gives(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = PlateNet()
    network.to(memory_format=torch.channels_last)
    network.train()(torch.rand(4, 3, 64, 96) * 255)  # running statistics that are not the first ones
    network.eval()
    export_onnx(network, SIZE, tmp_path / "model.onnx")
    require_every_backend_to_agree(DecodedNet(network, SIZE), tmp_path / "model.onnx", SIZE)


@needs_parser
def test_a_tensorrt_parser_takes_the_file(tmp_path: Path) -> None:
    export_onnx(PlateNet().eval(), SIZE, tmp_path / "model.onnx")
    parsed = parse(tmp_path / "model.onnx", SIZE)
    assert parsed.errors == []
    assert parsed.output_shape[1:] == [96, 9]
