"""What TensorRT 8.5, the parser of JetPack 5, takes of ONNX: a model is checked here before the device is asked.

The operations are those that docs/operators.md of onnx-tensorrt's branch release/8.5-GA marks as supported
(https://github.com/onnx/onnx-tensorrt/blob/release/8.5-GA/docs/operators.md), with the restrictions of its last column
that can be seen in a graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper
from onnx.helper import get_node_attr_value

LAST_OPSET = 17
_SUPPORTED = """
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Celu Clip
Concat Constant ConstantOfShape Conv ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear Div Dropout Einsum
Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gemm GlobalAveragePool
GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample HardSigmoid HardSwish Identity If ImageScaler
InstanceNormalization IsNaN LRN LSTM LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul
Max MaxPool Mean MeanVarianceNormalization Min Mod Mul Neg NonMaxSuppression NonZero Not OneHot Or PRelu Pad
ParametricSoftplus Pow QuantizeLinear RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range
Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
ReduceSumSquare Relu Reshape Resize ReverseSequence RoiAlign Round ScaledTanh Scan Scatter ScatterElements ScatterND
Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum
Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor
"""
OPERATIONS = frozenset(_SUPPORTED.split())
PLUGINS = frozenset({("traffic", "TrafficMish")})
"""Domain and operation of what our own library adds."""

_TENSOR_TYPES = frozenset({"FLOAT", "FLOAT16", "INT8", "INT32", "INT64", "BOOL"})
"""Of constants; INT64 is cast down to INT32."""
_END_TYPES = frozenset({"FLOAT", "FLOAT16", "INT8", "INT32", "BOOL"})
"""Of a network's inputs and outputs."""
_CONSTANT_INPUTS: Mapping[str, tuple[int, str]] = {
    "CumSum": (1, "axis"),
    "Slice": (3, "axes"),
    "Squeeze": (1, "axes"),
    "Unsqueeze": (1, "axes"),
    "TopK": (1, "K"),
}
"""Which input has to be known when the network is parsed, and its name."""
_RESIZE: Mapping[str, frozenset[str]] = {
    "mode": frozenset({"nearest", "linear"}),
    "coordinate_transformation_mode": frozenset(
        {"half_pixel", "pytorch_half_pixel", "tf_half_pixel_for_nn", "asymmetric", "align_corners"}
    ),
    "nearest_mode": frozenset({"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"}),
}
_INT32 = np.iinfo(np.int32)
_CLAMPED_FREELY = frozenset({"Slice"})
"""What means the same by an end at the largest int32 as by one at the largest int64."""


def unsupported(model: ModelProto) -> tuple[str, ...]:
    """Why TensorRT 8.5 would not take a model, each reason once and in words; none if nothing is known against it."""
    reasons = [*_of_model(model), *_of_ends(model.graph), *_of_graph(model.graph, {})]
    return tuple(dict.fromkeys(reasons))


def _of_model(model: ModelProto) -> Iterator[str]:
    for opset in model.opset_import:
        if opset.domain in {"", "ai.onnx"} and opset.version > LAST_OPSET:
            yield f"opset {opset.version}: {LAST_OPSET} is the last that it knows"
    for function in model.functions:
        yield f"the function {function.name}: functions of a model's own are not known"


def _of_ends(graph: GraphProto) -> Iterator[str]:
    for end in (*graph.input, *graph.output):
        kind = _type_name(end.type.tensor_type.elem_type)
        if kind not in _END_TYPES:
            yield f"{end.name} is of {kind}: an input or output is one of {', '.join(sorted(_END_TYPES))}"


def _of_graph(graph: GraphProto, outer: Mapping[str, TensorProto]) -> Iterator[str]:
    constants = {**outer, **dict(_constants(graph))}
    for name, tensor in _constants(graph):
        if (kind := _type_name(tensor.data_type)) not in _TENSOR_TYPES:
            yield f"the constant {name} is of {kind}: it is to be one of {', '.join(sorted(_TENSOR_TYPES))}"
    for node in graph.node:
        yield from _of_node(node, constants)
        for inner in _subgraphs(node):
            yield from _of_graph(inner, constants)


def _of_node(node: NodeProto, constants: Mapping[str, TensorProto]) -> Iterator[str]:
    if (node.domain, node.op_type) in PLUGINS:
        return
    if node.domain not in {"", "ai.onnx"} or node.op_type not in OPERATIONS:
        yield f"{_operation(node)} is not among its operations"
        return
    yield from _of_constant_input(node, constants)
    yield from _of_zero_point(node, constants)
    yield from _of_attributes(node)
    yield from _of_large_numbers(node, constants)


def _of_constant_input(node: NodeProto, constants: Mapping[str, TensorProto]) -> Iterator[str]:
    place, name = _CONSTANT_INPUTS.get(node.op_type, (0, ""))
    if place and (given := _input(node, place)) and given not in constants:
        yield f"{_named(node)}: {name} has to be a constant"


def _of_zero_point(node: NodeProto, constants: Mapping[str, TensorProto]) -> Iterator[str]:
    if node.op_type not in {"QuantizeLinear", "DequantizeLinear"}:
        return
    given = _input(node, 2)
    if not given:
        if node.op_type == "QuantizeLinear":
            yield f"{_named(node)} has no zero point, which makes it UINT8: it is to be INT8"
        return
    point = constants.get(given)
    if point is None:
        yield f"{_named(node)}: the zero point has to be a constant"
    elif point.data_type != TensorProto.INT8:
        yield f"{_named(node)} is of {_type_name(point.data_type)}: it is to be INT8"
    elif numpy_helper.to_array(point).any():
        yield f"{_named(node)} is asymmetric: its zero point has to be 0"


def _of_attributes(node: NodeProto) -> Iterator[str]:
    if node.op_type == "MaxPool" and len(node.output) > 1 and node.output[1]:
        yield f"{_named(node)}: the indices of the largest are not given"
    if node.op_type == "Resize":
        for name, known in _RESIZE.items():
            if (value := _text(node, name)) and value not in known:
                yield f"{_named(node)}: {name} {value} is not among {', '.join(sorted(known))}"


def _of_large_numbers(node: NodeProto, constants: Mapping[str, TensorProto]) -> Iterator[str]:
    if node.op_type in _CLAMPED_FREELY:
        return
    for name in node.input:
        tensor = constants.get(name)
        if tensor is not None and tensor.data_type == TensorProto.INT64 and _leaves_int32(tensor):
            yield f"{_named(node)}: {name} holds numbers beyond INT32, to which INT64 is cast down"


def _leaves_int32(tensor: TensorProto) -> bool:
    values = numpy_helper.to_array(tensor)
    return bool(((values > _INT32.max) | (values < _INT32.min)).any())


def _constants(graph: GraphProto) -> Iterator[tuple[str, TensorProto]]:
    yield from ((tensor.name, tensor) for tensor in graph.initializer)
    for node in graph.node:
        if node.op_type == "Constant":
            yield from ((node.output[0], each.t) for each in node.attribute if each.name == "value")


def _subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        yield from ([attribute.g] if attribute.HasField("g") else [])
        yield from attribute.graphs


def _input(node: NodeProto, place: int) -> str:
    return str(node.input[place]) if len(node.input) > place else ""


def _text(node: NodeProto, name: str) -> str:
    given = any(attribute.name == name for attribute in node.attribute)
    return bytes(get_node_attr_value(node, name)).decode() if given else ""


def _type_name(number: int) -> str:
    return str(TensorProto.DataType.Name(number))


def _operation(node: NodeProto) -> str:
    return f"{node.domain}.{node.op_type}" if node.domain else str(node.op_type)


def _named(node: NodeProto) -> str:
    return f"{node.op_type} {node.name or (node.output[0] if node.output else '')}".strip()
