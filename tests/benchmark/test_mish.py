from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from traffic.benchmark.mish import rewrite_mish

INPUT = [-1e4, -100.0, -20.0, -1.5, -1e-3, 0.0, 1e-3, 0.7, 19.9, 20.0, 21.0, 88.8, 1e4]


def graph_of(path: Path, *nodes: tuple[str, list[str], str]) -> Path:
    made = [helper.make_node(operation, inputs, [output]) for operation, inputs, output in nodes]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph(made, "graph", [ends[0]], [ends[1]])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def run(path: Path, x: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


@pytest.mark.parametrize("factors", [["x", "t"], ["t", "x"]])
def test_the_same_function_with_one_exponential(tmp_path, factors):
    source = graph_of(tmp_path / "mish.onnx", ("Softplus", ["x"], "s"), ("Tanh", ["s"], "t"), ("Mul", factors, "y"))

    assert rewrite_mish(source, tmp_path / "rewritten.onnx") == 1

    x = np.array(INPUT, np.float32)
    expected = x * np.tanh(np.logaddexp(0, x.astype(np.float64)))
    np.testing.assert_allclose(run(tmp_path / "rewritten.onnx", x), expected, rtol=2e-6, atol=1e-7)
    counts = Counter(node.op_type for node in onnx.load(tmp_path / "rewritten.onnx").graph.node)
    assert counts["Exp"] == 1
    assert not {"Softplus", "Tanh"} & set(counts)


@pytest.mark.parametrize(
    "nodes",
    [
        [("Softplus", ["x"], "s"), ("Tanh", ["x"], "t"), ("Mul", ["s", "t"], "y")],
        [("Softplus", ["x"], "s"), ("Tanh", ["s"], "t"), ("Mul", ["s", "t"], "y")],
        [("Sigmoid", ["x"], "s"), ("Mul", ["x", "s"], "y")],
    ],
    ids=["softplus times tanh", "softplus times its own tanh", "SiLU"],
)
def test_what_is_no_mish_is_left_alone(tmp_path, nodes):
    source = graph_of(tmp_path / "other.onnx", *nodes)

    assert rewrite_mish(source, tmp_path / "rewritten.onnx") == 0
    assert not (tmp_path / "rewritten.onnx").exists()


def test_a_softplus_that_others_need_stays(tmp_path):
    source = graph_of(
        tmp_path / "shared.onnx",
        ("Softplus", ["x"], "s"),
        ("Tanh", ["s"], "t"),
        ("Mul", ["x", "t"], "m"),
        ("Add", ["m", "s"], "y"),
    )

    assert rewrite_mish(source, tmp_path / "rewritten.onnx") == 1
    x = np.array(INPUT, np.float32)
    np.testing.assert_allclose(run(tmp_path / "rewritten.onnx", x), run(source, x), rtol=2e-6, atol=1e-7)
