"""What a model costs, by hand on small graphs and beside what is known of the shipped ones."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.evaluation.linear_models import write_colour_classifier
from traffic.benchmark.model_costs import installed_engines, model_cost, operations, parameters
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings

ENGINES = Path(__file__).parents[2] / "engines"
ONNX_RUNTIME = {"ONNX Runtime f32": InferenceSettings(backend="onnxruntime", threads=1)}


def network(*nodes: onnx.NodeProto, **weights: np.ndarray) -> onnx.ModelProto:
    graph = helper.make_graph(
        list(nodes),
        "net",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


KERNEL, BIAS = np.zeros((8, 3, 3, 3), np.float32), np.zeros(8, np.float32)
CONVOLUTION = helper.make_node("Conv", ["images", "k", "b"], ["planes"], strides=[2, 2], pads=[1, 1, 1, 1])


def test_a_convolution_and_its_activation_by_hand() -> None:
    """8 planes of 8 x 4, each of 27 multiply-adds; the activation and the factor of the input do not count."""
    nodes = [
        helper.make_node("Mul", ["images", "factor"], ["scaled"]),
        helper.make_node("Conv", ["scaled", "k", "b"], ["planes"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["planes"], ["output"]),
    ]
    model = network(*nodes, k=KERNEL, b=BIAS, factor=np.ones(1, np.float32))
    assert parameters(model) == 8 * 27 + 8
    assert operations(model, (16, 8)) == 2 * 8 * 8 * 4 * 27


def test_a_product_by_hand() -> None:
    """A picture of 3 x 2 x 4 values times 24 x 5 weights."""
    nodes = [helper.make_node("Flatten", ["images"], ["rows"]), helper.make_node("MatMul", ["rows", "w"], ["output"])]
    model = network(*nodes, w=np.zeros((24, 5), np.float32))
    assert (parameters(model), operations(model, (4, 2))) == (120, 240)


def test_a_rounded_convolution_has_the_parameters_and_the_operations_of_the_one_that_it_was() -> None:
    nodes = [
        helper.make_node("DequantizeLinear", ["k8", "scale", "zero"], ["k"]),
        helper.make_node("Conv", ["images", "k", "b"], ["output"], strides=[2, 2], pads=[1, 1, 1, 1]),
    ]
    scale, zero = np.ones((), np.float32), np.zeros((), np.int8)
    model = network(*nodes, k8=KERNEL.astype(np.int8), b=BIAS, scale=scale, zero=zero)
    assert (parameters(model), operations(model, (16, 8))) == (224, 2 * 8 * 8 * 4 * 27)


def test_what_is_learned_and_only_added_counts_too_and_shapes_do_not() -> None:
    nodes = [
        helper.make_node("Add", ["images", "places"], ["placed"]),
        helper.make_node("Reshape", ["placed", "shape"], ["output"]),
    ]
    model = network(*nodes, places=np.zeros((1, 3, 2, 2), np.float32), shape=np.array([-1, 12]))
    assert (parameters(model), operations(model, (2, 2))) == (12, 0)


def test_weights_that_two_layers_share_count_once() -> None:
    again = helper.make_node("Conv", ["images", "k", "b"], ["output"], strides=[2, 2], pads=[1, 1, 1, 1])
    assert parameters(network(CONVOLUTION, again, k=KERNEL, b=BIAS)) == 224


def test_the_shipped_detector_costs_what_the_paper_says_of_yolox_nano() -> None:
    """Ge et al., arXiv:2107.08430, table 3: 0.91 M parameters and 1.08 GFLOP at 416 x 416, with 80 classes and
    normalisation still beside the convolutions.
    """
    model = onnx.load(ENGINES / "vehicle_detector.onnx")
    assert 0.85e6 < parameters(model) < 0.91e6
    assert 0.98e9 < operations(model, (416, 416)) < 1.08e9


def test_int8_counts_as_the_float_model_that_it_was_made_from() -> None:
    first, second = (onnx.load(ENGINES / f"vehicle_detector{form}.onnx") for form in ("", "_int8"))
    assert parameters(first) == parameters(second)
    assert operations(first, (640, 384)) == operations(second, (640, 384))


def test_a_card_is_counted_and_timed(tmp_path: Path) -> None:
    cost = model_cost(write_colour_classifier(tmp_path), ONNX_RUNTIME, calls=3)
    assert (cost.name, cost.input_size, cost.parameters, cost.mflop) == ("classifier", (32, 32), 16, 24e-6)
    (call,) = cost.calls
    assert call.engine == "ONNX Runtime f32"
    assert call.wall_ms > 0


def test_what_is_installed_is_timed_with_the_threads_that_are_asked_for() -> None:
    engines = dict(installed_engines(threads=3))
    assert list(engines)[-2:] == ["OpenVINO f32", "ONNX Runtime f32"]
    assert {settings.threads for settings in engines.values()} == {3}


def test_without_any_backend_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openvino", "onnxruntime"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match=r"traffic\[openvino\]"):
        list(installed_engines(threads=1))
