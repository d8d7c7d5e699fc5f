"""Which graphs TensorRT 8.5 would refuse; the shipped models are not among them."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from traffic.training.plugin_nodes import expand_plugin_nodes, put_plugin_nodes
from traffic.training.tensorrt_operations import OPERATIONS, unsupported

MODELS = sorted((Path(__file__).parents[2] / "engines").glob("*.onnx"))


def model_of(*nodes, constants=None, opset=17, kind=TensorProto.FLOAT, domains=()):
    ends = [helper.make_tensor_value_info(name, kind, None) for name in ("x", "y")]
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in (constants or {}).items()]
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(helper.make_graph(nodes, "graph", ends[:1], ends[1:], tensors), opset_imports=opsets)


def node(operation, *inputs, **attributes):
    return helper.make_node(operation, inputs or ["x"], ["y"], name="n", **attributes)


def quantized(point, name="QuantizeLinear"):
    return model_of(node(name, "x", "scale", "point"), constants={"scale": np.float32(0.1), "point": point})


def test_the_models_were_found():
    assert len(MODELS) >= 5


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
@pytest.mark.parametrize("mish", ["as it is", "plugin", "decomposed"])
def test_every_shipped_model_is_taken_in_the_forms_that_are_built(path, mish):
    model = onnx.load(str(path))
    if mish != "as it is":
        put_plugin_nodes(model)
    if mish == "decomposed":
        expand_plugin_nodes(model, "softplus")
    assert unsupported(model) == ()


int64 = np.array([2**40], np.int64)
REFUSED = {
    "Mish of opset 18": (model_of(node("Mish"), opset=18), ["opset 18", "Mish is not among"]),
    "opset 19": (model_of(node("Relu"), opset=19), ["opset 19: 17 is the last"]),
    "layer normalisation": (
        model_of(node("LayerNormalization", "x", "w"), constants={"w": np.ones(3, np.float32)}),
        ["LayerNormalization is not among"],
    ),
    "another's operation": (
        model_of(node("Gelu", domain="com.microsoft"), domains=["com.microsoft"]),
        ["com.microsoft.Gelu is not among"],
    ),
    "integer convolution": (model_of(node("QLinearConv")), ["QLinearConv is not among"]),
    "asymmetric": (quantized(np.int8(3)), ["QuantizeLinear n is asymmetric"]),
    "one channel of many asymmetric": (
        quantized(np.array([0, 0, 1], np.int8), "DequantizeLinear"),
        ["DequantizeLinear n is asymmetric"],
    ),
    "unsigned": (quantized(np.uint8(0)), ["the constant point is of UINT8", "QuantizeLinear n is of UINT8"]),
    "unsigned by default": (
        model_of(node("QuantizeLinear", "x", "scale"), constants={"scale": np.float32(1)}),
        ["no zero point, which makes it UINT8"],
    ),
    "zero point from the picture": (
        model_of(node("QuantizeLinear", "x", "scale", "x"), constants={"scale": np.float32(1)}),
        ["the zero point has to be a constant"],
    ),
    "doubles": (
        model_of(node("Add", "x", "w"), constants={"w": np.ones(2)}, kind=TensorProto.DOUBLE),
        ["x is of DOUBLE", "y is of DOUBLE", "the constant w is of DOUBLE"],
    ),
    "long integers as input": (model_of(node("Neg"), kind=TensorProto.INT64), ["x is of INT64", "y is of INT64"]),
    "a number beyond INT32": (
        model_of(node("Gather", "x", "i"), constants={"i": int64}),
        ["Gather n: i holds numbers beyond INT32"],
    ),
    "the best K, counted in the graph": (model_of(node("TopK", "x", "x")), ["TopK n: K has to be a constant"]),
    "axes from the graph": (model_of(node("Unsqueeze", "x", "x")), ["Unsqueeze n: axes has to be a constant"]),
    "cubic": (model_of(node("Resize", "x", mode="cubic")), ["mode cubic is not among linear, nearest"]),
    "crop and resize": (
        model_of(node("Resize", "x", coordinate_transformation_mode="tf_crop_and_resize")),
        ["coordinate_transformation_mode tf_crop_and_resize"],
    ),
    "indices": (
        model_of(helper.make_node("MaxPool", ["x"], ["y", "i"], name="n", kernel_shape=[2, 2])),
        ["MaxPool n: the indices"],
    ),
}


@pytest.mark.parametrize(("model", "reasons"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_parser_lacks_is_told(model, reasons):
    told = unsupported(model)
    assert len(told) == len(reasons), told
    for got, expected in zip(told, reasons, strict=True):
        assert expected in got


TAKEN = {
    "grid sampling, which came with 8.5": model_of(node("GridSample", "x", "x"), opset=16),
    "symmetric": quantized(np.zeros(8, np.int8)),
    "dequantised without a zero point": model_of(
        node("DequantizeLinear", "x", "scale"), constants={"scale": np.float32(1)}
    ),
    "a slice to the end": model_of(
        node("Slice", "x", "from", "to", "axes"),
        constants={"from": np.int64([0]), "to": np.array([2**63 - 1]), "axes": np.int64([0])},
    ),
    "half precision": model_of(node("Relu"), kind=TensorProto.FLOAT16),
    "our plugin": model_of(node("TrafficMish", domain="traffic"), domains=["traffic"]),
}


@pytest.mark.parametrize("model", TAKEN.values(), ids=TAKEN.keys())
def test_what_the_parser_knows_is_taken(model):
    assert unsupported(model) == ()


def test_a_branch_is_looked_into_and_a_reason_is_told_once():
    branch = helper.make_graph([node("Mish"), node("Mish")], "branch", [], [])
    told = unsupported(model_of(node("If", "x", then_branch=branch, else_branch=branch)))
    assert told == ("Mish is not among its operations",)


def test_a_function_of_the_models_own_is_told():
    model = model_of(node("Swish", domain="own"), domains=["own"])
    opsets = [helper.make_opsetid("", 17)]
    model.functions.append(helper.make_function("own", "Swish", ["x"], ["y"], [node("Relu")], opsets))
    assert unsupported(model) == (
        "the function Swish: functions of a model's own are not known",
        "own.Swish is not among its operations",
    )


def test_every_operation_is_one_of_onnx_or_a_relic_of_it():
    relics = {"ImageScaler", "ParametricSoftplus", "ScaledTanh"}
    assert OPERATIONS - {schema.name for schema in onnx.defs.get_all_schemas_with_history()} <= relics
