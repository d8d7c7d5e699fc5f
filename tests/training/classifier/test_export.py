from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import onnx  # noqa: E402

from tests.engines.rtx_parser import needs_parser, parse  # noqa: E402
from tests.training.backends import require_every_backend_to_agree  # noqa: E402
from traffic.training.classifier.export import export_onnx  # noqa: E402
from traffic.training.classifier.network import VehicleNet, WithProbabilities  # noqa: E402

SIZE = (64, 32)


@pytest.fixture(scope="module")
def network() -> VehicleNet:
    torch.manual_seed(0)
    return VehicleNet(7, 8, dropout=0.5)


@pytest.fixture(scope="module")
def model(network: VehicleNet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    export_onnx(network.train(), path, SIZE)
    return path


def test_the_file_answers_as_the_network_does(network: VehicleNet, model: Path) -> None:
    require_every_backend_to_agree(WithProbabilities(network).eval(), model, SIZE)


def test_the_contract_is_one_input_and_one_output_of_any_batch(model: Path) -> None:
    proto = onnx.load(str(model))
    (given,), (answer,) = proto.graph.input, proto.graph.output
    assert (given.name, [side.dim_value for side in given.type.tensor_type.shape.dim]) == ("images", [0, 3, 32, 64])
    assert [side.dim_value for side in answer.type.tensor_type.shape.dim] == [0, 15]
    assert proto.opset_import[0].version == 17
    assert model.stat().st_size < 10_000_000
    assert "BatchNormalization" not in {node.op_type for node in proto.graph.node}


@needs_parser
def test_a_tensorrt_parser_takes_the_file(model: Path) -> None:
    parsed = parse(model, SIZE)
    assert parsed.errors == []
    assert parsed.output_shape[1:] == [15]
