from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

onnx = pytest.importorskip("onnx", reason="the check of the file needs onnx: pip install onnx")

from tests.engines.rtx_parser import needs_parser, parse  # noqa: E402
from tests.training.backends import require_every_backend_to_agree  # noqa: E402
from traffic.plates.ocr import SIZE  # noqa: E402
from traffic.training.onnx_file import OPSET  # noqa: E402
from traffic.training.plate_reader.export import export_onnx  # noqa: E402
from traffic.training.plate_reader.network import PlateReaderNetwork  # noqa: E402
from traffic.training.plate_reader.samples import GRID  # noqa: E402
from traffic.training.plate_reader.views import WithProbabilities  # noqa: E402


@pytest.fixture(scope="module")
def network() -> PlateReaderNetwork:
    torch.manual_seed(3)
    return PlateReaderNetwork(GRID, channels=(8, 8, 16)).eval()


@pytest.fixture(scope="module")
def model(network: PlateReaderNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "reader.onnx"
    export_onnx(network, path)
    return path


def test_the_file_has_one_input_one_output_and_the_agreed_opset(model: Path) -> None:
    loaded = onnx.load(model)
    assert [entry.version for entry in loaded.opset_import if entry.domain == ""] == [OPSET]
    assert [value.name for value in loaded.graph.input] == ["images"]
    assert [value.name for value in loaded.graph.output] == ["output"]
    operators = {node.op_type for node in loaded.graph.node}
    assert not operators & {"LSTM", "GRU", "RNN", "Loop", "If", "Scan", "LayerNormalization"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_both_backends_compute_what_torch_does_for_any_batch(
    network: PlateReaderNetwork, model: Path, count: int
) -> None:
    pytest.importorskip("onnxruntime", reason="pip install 'traffic[onnx]'")
    pytest.importorskip("openvino", reason="pip install 'traffic[openvino]'")
    require_every_backend_to_agree(WithProbabilities(network), model, SIZE, count)


@needs_parser
def test_a_tensorrt_parser_takes_the_file(model: Path) -> None:
    parsed = parse(model, SIZE)
    assert parsed.errors == []
    assert parsed.output_shape[1:] == [376]
