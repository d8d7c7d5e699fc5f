from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from traffic.benchmark.frame_work import Device, Work, kernel_work, network_work, plugin_work

DETECTOR = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"
SLOW = Device("slow", bytes_per_s=100.0, dense_flops=10.0, other_flops=5.0)


def network(*nodes, **weights):
    graph = helper.make_graph(
        list(nodes),
        "net",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.zeros(shape, np.float32), name) for name, shape in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_a_convolution_by_hand():
    """3x3, 3 to 8 planes, 16x8 to 8x4: 8 x 4 x 8 outputs of 27 multiply-adds; 384 + 216 + 256 values,
    the 384 of the input in single precision."""
    node = helper.make_node("Conv", ["images", "k"], ["output"], strides=[2, 2], pads=[1, 1, 1, 1])
    (work,) = network_work(network(node, k=(8, 3, 3, 3)), (16, 8), 2)
    assert (work.name, work.bytes, work.dense_flop, work.other_flop) == (
        "3x3 convolutions",
        4 * 384 + 2 * (216 + 256),
        2 * 256 * 27,
        0,
    )


def test_a_depthwise_convolution_runs_on_the_ordinary_cores_and_an_activation_stays_inside():
    nodes = [
        helper.make_node("Conv", ["images", "k"], ["planes"], group=3, pads=[1, 1, 1, 1]),
        helper.make_node("Softplus", ["planes"], ["soft"]),
        helper.make_node("Tanh", ["soft"], ["tanh"]),
        helper.make_node("Mul", ["planes", "tanh"], ["output"]),
    ]
    depthwise, activation = network_work(network(*nodes, k=(3, 1, 3, 3)), (8, 8), 1)
    assert (depthwise.name, depthwise.other_flop, depthwise.dense_flop) == (
        "depthwise 3x3 convolutions",
        2 * 192 * 9,
        0,
    )
    assert (activation.bytes, activation.other_flop) == (0, 3 * 192)


@pytest.mark.parametrize(
    ("work", "seconds"),
    [
        (Work("moves", 200.0), 2.0),
        (Work("computes", 10.0, dense_flop=30.0), 3.0),
        (Work("both cores", 10.0, dense_flop=10.0, other_flop=10.0), 3.0),
        (Work("memory is slower", 1000.0, dense_flop=10.0), 10.0),
    ],
    ids=lambda value: value.name if isinstance(value, Work) else "",
)
def test_the_slower_of_memory_and_cores_decides(work, seconds):
    assert work.least_s(SLOW) == pytest.approx(seconds)


def test_the_kernels_bytes():
    upload, letterbox, suppression = kernel_work((1920, 1080), (640, 384), 5040, 10)
    assert upload.bytes == 1920 * 1080 * 3
    assert letterbox.bytes == 4 * 640 * 384 * 3 + 640 * 384 * 3 * 4
    assert suppression.bytes == 5040 * 10 * 4


def test_a_product_by_hand_reads_its_weights_once_for_all_pictures():
    """Two pictures of 3 x 2 x 2, flattened: 2 x 12 values times 12 x 5 weights."""
    nodes = [
        helper.make_node("Flatten", ["images"], ["rows"]),
        helper.make_node("MatMul", ["rows", "w"], ["output"]),
    ]
    (work,) = network_work(network(*nodes, w=(12, 5)), (2, 2), 2, pictures=2)
    assert (work.name, work.bytes, work.dense_flop) == ("matrix products", 2 * (24 + 60 + 10), 2 * 10 * 12)


def test_the_input_is_single_precision_also_where_it_is_normalised_first():
    nodes = [
        helper.make_node("Sub", ["images", "mean"], ["centred"]),
        helper.make_node("Conv", ["centred", "k"], ["output"]),
    ]
    works = network_work(network(*nodes, mean=(1, 3, 1, 1), k=(8, 3, 1, 1)), (4, 2), 2)
    assert sum(each.bytes for each in works) == 4 * 24 + 2 * (24 + 64)


def test_a_plugin_reads_and_writes_every_activation_of_mish_once():
    """8 planes of 4 x 2, in the form that the shipped detector has; 2 bytes each way."""
    nodes = [
        helper.make_node("Conv", ["images", "k"], ["x"]),
        helper.make_node("Softplus", ["x"], ["soft"]),
        helper.make_node("Tanh", ["soft"], ["tanh"]),
        helper.make_node("Mul", ["x", "tanh"], ["y"]),
        helper.make_node("Relu", ["y"], ["output"]),
    ]
    model = network(*nodes, k=(8, 3, 1, 1))
    assert plugin_work(model, (4, 2), 2).bytes == 2 * 2 * 64
    assert [node.op_type for node in model.graph.node] == ["Conv", "Softplus", "Tanh", "Mul", "Relu"]


def test_the_shipped_detector_has_a_mish_behind_104_convolutions():
    assert plugin_work(onnx.load(DETECTOR), (640, 384), 2).bytes == pytest.approx(47.6e6, rel=1e-3)
