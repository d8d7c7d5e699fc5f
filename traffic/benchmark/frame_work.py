"""What each part of a frame's way needs on paper: bytes to and from memory, and operations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import onnx
from onnx import numpy_helper, shape_inference

from traffic.training.plugin_nodes import OPERATION, put_plugin_nodes

GIGA = 1e9
FLOAT_BYTES = 4
PLUGIN_NAME = "Mish as a plugin (instead of within the convolutions)"
ELEMENTWISE = frozenset(
    {
        "Softplus",
        "Tanh",
        "Mul",
        "Add",
        "Sub",
        "Div",
        "Exp",
        "Clip",
        "Min",
        "Sigmoid",
        "Relu",
        "HardSwish",
        "BatchNormalization",
    }
)
"""A compiler fuses these into the convolution before them: they cost operations, but no way to memory and back."""
MOVES = frozenset({"Concat", "MaxPool", "Resize", "Transpose", "Slice", "ReduceMean"})
PRODUCTS = frozenset({"Gemm", "MatMul"})


@dataclass(frozen=True, slots=True)
class Device:
    """A device's published limits.

    Attributes:
        bytes_per_s: of its memory.
        dense_flops: multiply-adds counted twice, half precision, of its tensor cores.
        other_flops: the same of its ordinary cores: depthwise convolutions and element-wise work run there.
    """

    name: str
    bytes_per_s: float
    dense_flops: float
    other_flops: float


XAVIER_NX = Device("Jetson Xavier NX, 1.1 GHz", 59.7 * GIGA, 6760 * GIGA, 1690 * GIGA)
"""384 cores x 2 (half precision, two at once) x 2 x 1.1 GHz; 48 tensor cores x 64 x 2 x 1.1 GHz."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one part of a frame needs.

    Attributes:
        name: of the part.
        bytes: to and from memory.
        dense_flop, other_flop: see Device.
    """

    name: str
    bytes: float
    dense_flop: float = 0.0
    other_flop: float = 0.0

    def least_s(self, device: Device) -> float:
        """Seconds when the slower of memory and cores is never idle."""
        computing_s = self.dense_flop / device.dense_flops + self.other_flop / device.other_flops
        return max(self.bytes / device.bytes_per_s, computing_s)

    def __add__(self, other: Work) -> Work:
        return Work(
            self.name,
            self.bytes + other.bytes,
            self.dense_flop + other.dense_flop,
            self.other_flop + other.other_flop,
        )


def network_work(
    model: onnx.ModelProto, size: tuple[int, int], value_bytes: int, pictures: int = 1
) -> tuple[Work, ...]:
    """What each kind of layer needs for one inference, in the order of first appearance.

    Args:
        model: with one input (n, 3, h, w).
        size: (width, height) of the input.
        value_bytes: 2 for half precision, 1 for INT8; the input itself is single precision, as the kernels write it.
        pictures: of the inference; its weights are read once.
    """
    shapes = _shapes(model, size, pictures)
    network_input = model.graph.input[0].name
    kinds: dict[str, Work] = {}
    for node in model.graph.node:
        work = _node_work(node, shapes, value_bytes)
        if work is not None:
            if network_input in node.input:
                work = work + Work(work.name, float((FLOAT_BYTES - value_bytes) * math.prod(shapes[network_input])))
            kinds[work.name] = kinds[work.name] + work if work.name in kinds else work
    return tuple(kinds.values())


def plugin_work(model: onnx.ModelProto, size: tuple[int, int], value_bytes: int) -> Work:
    """What Mish needs beyond the network where it is a plugin's kernel: it reads and writes every activation, which
    TensorRT's own layers may do within the convolution before them.

    Args:
        model, size, value_bytes: see network_work; the model's Mish may have any form.
    """
    shapes = _shapes(model, size, 1)
    with_nodes = onnx.ModelProto()
    with_nodes.CopyFrom(model)
    put_plugin_nodes(with_nodes)
    values = sum(math.prod(shapes[node.output[0]]) for node in with_nodes.graph.node if node.op_type == OPERATION)
    return Work(PLUGIN_NAME, 2.0 * value_bytes * values)


def kernel_work(frame: tuple[int, int], size: tuple[int, int], anchors: int, columns: int) -> tuple[Work, ...]:
    """What the project's kernels need for one picture.

    Args:
        frame: (width, height) of the camera's picture, BGR bytes.
        size: (width, height) of the network's input, single precision.
        anchors, columns: of the network's output, single precision.
    """
    pixels, inputs = frame[0] * frame[1], size[0] * size[1]
    return (
        Work("upload (nothing where memory is shared)", 3.0 * pixels),
        Work("letterbox", 3.0 * min(pixels, 4 * inputs) + 4 * 3 * inputs, other_flop=3 * 8.0 * inputs),
        Work("decode and suppression", 4.0 * anchors * columns, other_flop=2.0 * anchors * columns),
    )


def _node_work(node: onnx.NodeProto, shapes: Mapping[str, Sequence[int]], value_bytes: int) -> Work | None:
    out = math.prod(shapes[node.output[0]]) if node.output[0] in shapes else 0
    if node.op_type == "Conv":
        return _convolution(node, shapes, value_bytes)
    if node.op_type in PRODUCTS and node.input[0] in shapes and node.input[1] in shapes:
        return _product(node, shapes, value_bytes)
    if node.op_type in ELEMENTWISE:
        return Work("activations and other element-wise work", 0.0, other_flop=float(out))
    if node.op_type in MOVES:
        return Work("concatenation, pooling, resizing", 2.0 * value_bytes * out)
    return None


def _convolution(node: onnx.NodeProto, shapes: Mapping[str, Sequence[int]], value_bytes: int) -> Work:
    given, kernel, out = (shapes[name] for name in (node.input[0], node.input[1], node.output[0]))
    moved = float(value_bytes * (math.prod(given) + math.prod(kernel) + math.prod(out)))
    flop = 2.0 * math.prod(out) * math.prod(kernel[1:])
    is_depthwise = kernel[1] == 1 and given[1] > 1
    name = f"{'depthwise ' if is_depthwise else ''}{kernel[2]}x{kernel[3]} convolutions"
    return Work(name, moved, other_flop=flop) if is_depthwise else Work(name, moved, dense_flop=flop)


def _product(node: onnx.NodeProto, shapes: Mapping[str, Sequence[int]], value_bytes: int) -> Work:
    left, right, out = (math.prod(shapes[name]) for name in (node.input[0], node.input[1], node.output[0]))
    return Work(
        "matrix products", float(value_bytes * (left + right + out)), dense_flop=2.0 * out * shapes[node.input[0]][-1]
    )


def _shapes(model: onnx.ModelProto, size: tuple[int, int], pictures: int) -> dict[str, tuple[int, ...]]:
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    for place, value in zip(
        fixed.graph.input[0].type.tensor_type.shape.dim, (pictures, 3, size[1], size[0]), strict=True
    ):
        place.dim_value = value
    del fixed.graph.value_info[:]
    for output in fixed.graph.output:
        output.type.tensor_type.ClearField("shape")
    graph = shape_inference.infer_shapes(fixed, data_prop=True).graph
    shapes = {each.name: tuple(numpy_helper.to_array(each).shape) for each in graph.initializer}
    for each in (*graph.input, *graph.value_info, *graph.output):
        shapes[each.name] = tuple(dim.dim_value for dim in each.type.tensor_type.shape.dim)
    return shapes
