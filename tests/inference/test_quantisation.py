"""Which models tell their own INT8 ranges, and which engines are refused before anything is built or run."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.quantisation import is_quantised, require_buildable

ENGINES = Path(__file__).parents[2] / "engines"
FLOAT, INT8 = ENGINES / "vehicle_detector.onnx", ENGINES / "vehicle_detector_int8.onnx"


@pytest.mark.parametrize("model", sorted(ENGINES.glob("*.onnx")), ids=lambda path: path.stem)
def test_the_bytes_tell_what_the_graph_tells(model):
    operations = {node.op_type for node in onnx.load(str(model)).graph.node}
    assert is_quantised(model) == ({"QuantizeLinear", "DequantizeLinear"} <= operations)


def test_the_shipped_int8_model_is_quantised_and_the_float_one_is_not():
    assert (is_quantised(INT8), is_quantised(FLOAT)) == (True, False)


def test_a_name_is_not_an_operation(tmp_path):
    nodes = [
        helper.make_node(
            "Identity", ["images"], ["QuantizeLinear"], name="QuantizeLinear", doc_string="QuantizeLinear"
        ),
        helper.make_node("Identity", ["QuantizeLinear"], ["DequantizeLinear"], name="DequantizeLinear"),
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("images", "DequantizeLinear")]
    path = tmp_path / "named.onnx"
    onnx.save(helper.make_model(helper.make_graph(nodes, "named", ends[:1], ends[1:])), str(path))
    assert not is_quantised(path)


def test_a_model_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match="expected an ONNX model at"):
        is_quantised(tmp_path / "missing.onnx")


def settings(**given):
    return InferenceSettings(backend="tensorrt", **given)


@pytest.mark.parametrize(
    ("model", "given", "told"),
    [
        (FLOAT, {"precision": "int8"}, "no Q/DQ nodes and no calibration table.*\n.*--calibration"),
        (FLOAT, {"precision": "f32", "dla_core": 0}, "expected f16 or int8 for an accelerator"),
        (
            INT8,
            {"precision": "int8", "dla_core": 1},
            "without Q/DQ nodes for an accelerator.*\n.*the float model in f16",
        ),
    ],
    ids=["INT8 without ranges", "an accelerator in f32", "an accelerator with Q/DQ"],
)
def test_what_cannot_be_what_it_is_called_is_refused(model, given, told):
    with pytest.raises(ModelError, match=told):
        require_buildable(model, settings(**given))


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (INT8, {"precision": "int8"}),
        (FLOAT, {"precision": "int8", "calibration": Path("ranges.table")}),
        (FLOAT, {"precision": "int8", "calibration": Path("ranges.table"), "dla_core": 0}),
        (FLOAT, {"precision": "f16", "dla_core": 0}),
        (FLOAT, {"precision": "auto", "dla_core": 0}),
        (FLOAT, {"precision": "f32"}),
    ],
)
def test_all_else_is_let_through(model, given):
    require_buildable(model, settings(**given))
