from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.inference.engine import InferenceSettings  # noqa: E402
from traffic.inference.onnx_engine import OnnxEngine  # noqa: E402
from traffic.training.classifier.joining import join_opinions  # noqa: E402

ENGINES = Path(__file__).parents[3] / "engines"


def constant_model(path: Path, row: list[float], opset: int = 17) -> Path:
    """Gives `row` for every picture, plus its mean times nothing, so that it depends on the input."""
    values = {"row": np.array([row], np.float32), "nothing": np.zeros(1, np.float32), "shape": np.array([-1, 1])}
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], name="a", axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"], name="b"),
        helper.make_node("Reshape", ["zero", "shape"], ["column"], name="c"),
        helper.make_node("Add", ["column", "row"], ["output"], name="d"),
    ]
    given = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, 32, 32])
    answer = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", len(row)])
    constants = [numpy_helper.from_array(value, name) for name, value in values.items()]
    graph = helper.make_graph(nodes, "constant", [given], [answer], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), str(path))
    return path


def test_types_are_the_mean_of_both_and_colours_those_of_the_first(tmp_path: Path) -> None:
    first = constant_model(tmp_path / "first.onnx", [0.8, 0.2, 0.1, 0.6, 0.3])
    second = constant_model(tmp_path / "second.onnx", [0.2, 0.8])
    joined = join_opinions(first, second, 2, tmp_path / "joined.onnx")
    with OnnxEngine(joined, (32, 32), InferenceSettings(threads=1)) as engine:
        rows = engine.infer(np.full((3, 32, 32, 3), 7, np.uint8))
    np.testing.assert_allclose(rows, [[0.5, 0.5, 0.1, 0.6, 0.3]] * 3, atol=1e-6)


def test_the_joined_file_keeps_the_contract_of_the_first(tmp_path: Path) -> None:
    first = constant_model(tmp_path / "first.onnx", [0.8, 0.2, 1.0])
    second = constant_model(tmp_path / "second.onnx", [0.2, 0.8])
    graph = onnx.load(str(join_opinions(first, second, 2, tmp_path / "joined.onnx"))).graph
    (given,), (answer,) = graph.input, graph.output
    assert (given.name, answer.name) == ("images", "output")
    assert [side.dim_value for side in given.type.tensor_type.shape.dim] == [0, 3, 32, 32]
    assert [side.dim_value for side in answer.type.tensor_type.shape.dim] == [0, 3]


def test_the_joined_file_lists_its_operators_once_and_names_every_node(tmp_path: Path) -> None:
    first = constant_model(tmp_path / "first.onnx", [0.8, 0.2, 1.0])
    second = constant_model(tmp_path / "second.onnx", [0.2, 0.8])
    _require_once_and_named(onnx.load(str(join_opinions(first, second, 2, tmp_path / "joined.onnx"))))


def test_so_does_the_shipped_one() -> None:
    _require_once_and_named(onnx.load(str(ENGINES / "vehicle_classifier.onnx")))


def _require_once_and_named(model: onnx.ModelProto) -> None:
    names = [node.name for node in model.graph.node]
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 17)]
    assert "" not in names
    assert len(set(names)) == len(names)


def test_files_of_different_opsets_are_not_joined(tmp_path: Path) -> None:
    first = constant_model(tmp_path / "first.onnx", [0.8, 0.2, 1.0])
    second = constant_model(tmp_path / "second.onnx", [0.2, 0.8], opset=16)
    with pytest.raises(ModelError, match="different opsets"):
        join_opinions(first, second, 2, tmp_path / "joined.onnx")
