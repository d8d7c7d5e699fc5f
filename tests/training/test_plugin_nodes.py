import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import typer
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from typer.testing import CliRunner

from traffic.errors import ModelError
from traffic.training.plugin_nodes import expand_plugin_nodes, for_tensorrt, has_mish, main, put_plugin_nodes

DETECTOR = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"
INPUT = np.array([-1e4, -100, -20, -1.5, -1e-3, 0, 1e-3, 0.7, 19.9, 20, 21, 88.8, 1e4], np.float32)
SOFTPLUS = [("Softplus", ["x"], "s"), ("Tanh", ["s"], "t"), ("Mul", ["x", "t"], "y")]


def rational(*, capped=("Min", ["x", "20"]), two="2", root="w", factors=("x", "q")):
    return [
        (*capped, "c"),
        ("Exp", ["c"], "w"),
        ("Add", ["w", two], "v"),
        ("Mul", [root, "v"], "n"),
        ("Add", ["n", "2"], "m"),
        ("Div", ["n", "m"], "q"),
        ("Mul", list(factors), "y"),
    ]


def model_of(nodes, *, outputs=("y",), opset=17, dtype=np.float32):
    made = [helper.make_node(operation, inputs, [output]) for operation, inputs, output in nodes]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    ends = [helper.make_tensor_value_info(name, kind, ["n"]) for name in ("x", *outputs)]
    constants = [numpy_helper.from_array(np.array(float(name), dtype), name) for name in ("2", "3", "15", "20")]
    graph = helper.make_graph(made, "graph", ends[:1], ends[1:], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


class TrafficMish(OpRun):
    """The node's meaning, for the reference evaluator."""

    op_domain = "traffic"

    def _run(self, x, plugin_version=None, plugin_namespace=None):
        assert (plugin_version, plugin_namespace) == ("1", "")
        return ((x * np.tanh(np.logaddexp(0, x.astype(np.float64)))).astype(x.dtype),)


def operations(model):
    return Counter(node.op_type for node in model.graph.node)


CLIP = ("Clip", ["x", "", "20"])
MISHES = {
    "softplus": SOFTPLUS,
    "softplus, turned round": [*SOFTPLUS[:2], ("Mul", ["t", "x"], "y")],
    "rational": rational(),
    "rational, turned round": rational(capped=("Min", ["20", "x"]), factors=("q", "x")),
    "rational with Clip": rational(capped=CLIP),
}


@pytest.mark.parametrize("nodes", MISHES.values(), ids=MISHES.keys())
def test_every_form_of_mish_becomes_one_node(nodes):
    model = model_of(nodes)
    assert put_plugin_nodes(model) == 1
    assert operations(model) == {"TrafficMish": 1}
    assert not model.graph.initializer
    onnx.checker.check_model(model)
    result = ReferenceEvaluator(model, new_ops=[TrafficMish]).run(None, {"x": INPUT})[0]
    np.testing.assert_allclose(
        result, INPUT * np.tanh(np.logaddexp(0, INPUT.astype(np.float64))), rtol=1e-6, atol=1e-40
    )


def test_the_operation_of_opset_18_becomes_one_node_too():
    model = model_of([("Mish", ["x"], "y")], opset=18)
    assert put_plugin_nodes(model) == 1
    assert operations(model) == {"TrafficMish": 1}


NEARLY = {
    "another factor": [*SOFTPLUS[:2], ("Neg", ["x"], "z"), ("Mul", ["z", "t"], "y")],
    "sigmoid": [("Sigmoid", ["x"], "t"), ("Mul", ["x", "t"], "y")],
    "three for two": rational(two="3"),
    "another cap": rational(capped=("Min", ["x", "15"])),
    "a lower bound": rational(capped=("Clip", ["x", "2", "20"])),
    "capped elsewhere": [("Neg", ["x"], "z"), *rational(capped=("Min", ["z", "20"]))],
    "another root": rational(root="c"),
}


@pytest.mark.parametrize("nodes", NEARLY.values(), ids=NEARLY.keys())
def test_what_only_looks_like_mish_is_left_alone(nodes):
    model = model_of(nodes)
    before = operations(model)
    assert put_plugin_nodes(model) == 0
    assert operations(model) == before
    assert [opset.domain for opset in model.opset_import] == [""]


def test_a_part_that_others_need_stays():
    model = model_of([*SOFTPLUS, ("Neg", ["t"], "other")], outputs=("y", "other"))
    assert put_plugin_nodes(model) == 1
    assert operations(model) == {"Softplus": 1, "Tanh": 1, "Neg": 1, "TrafficMish": 1}


@pytest.mark.parametrize("form", ["softplus", "rational"])
def test_there_and_back_is_the_same_function(form):
    model = model_of([*SOFTPLUS[:2], ("Mul", ["x", "t"], "z"), ("Mish", ["z"], "y")], opset=18)
    assert put_plugin_nodes(model) == 2
    assert expand_plugin_nodes(model, form) == 2
    assert [opset.domain for opset in model.opset_import] == [""]
    onnx.checker.check_model(model)
    result = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": INPUT})[0]
    once = INPUT * np.tanh(np.logaddexp(0, INPUT.astype(np.float64)))
    np.testing.assert_allclose(result, once * np.tanh(np.logaddexp(0, once)), rtol=5e-6, atol=1e-7)


def test_the_rational_form_is_refused_in_fp16():
    model = model_of([*SOFTPLUS, ("Add", ["y", "2"], "z")], outputs=("z",), dtype=np.float16)
    put_plugin_nodes(model)
    with pytest.raises(ModelError, match="use the softplus form"):
        expand_plugin_nodes(model, "rational")


def test_sub_graphs_are_refused():
    model = model_of(SOFTPLUS)
    branch = helper.make_graph([], "branch", [], [])
    model.graph.node.append(helper.make_node("If", ["x"], ["u"], then_branch=branch, else_branch=branch))
    with pytest.raises(ModelError, match="If '' has one"):
        put_plugin_nodes(model)


def test_the_shipped_detector_there_and_back():
    original = onnx.load(str(DETECTOR))
    model = onnx.load(str(DETECTOR))
    number = put_plugin_nodes(model)
    assert number == operations(original)["Exp"] > 50
    assert operations(model)["TrafficMish"] == number
    assert not {"Exp", "Softplus", "Tanh"} & set(operations(model))
    expand_plugin_nodes(model, "softplus")
    picture = np.random.default_rng(1).uniform(0, 255, (1, 3, 64, 96)).astype(np.float32)
    results = [
        onnxruntime.InferenceSession(either.SerializeToString()).run(None, {"images": picture})[0]
        for either in (original, model)
    ]
    np.testing.assert_allclose(results[1], results[0], rtol=1e-4, atol=1e-4)


def test_the_command_writes_the_form_that_is_asked_for(tmp_path):
    app = typer.Typer()
    app.command()(main)
    source, plugin, plain = (str(tmp_path / name) for name in ("model.onnx", "plugin.onnx", "plain.onnx"))
    onnx.save(model_of(SOFTPLUS), source)
    assert CliRunner().invoke(app, [source, plugin]).output == f"{plugin}: 1 Mish as plugin\n"
    assert CliRunner().invoke(app, [plugin, plain, "--mish", "rational"]).output == f"{plain}: 1 Mish as rational\n"
    assert operations(onnx.load(plain))["Exp"] == 1
    onnx.save(model_of(NEARLY["sigmoid"]), source)
    assert isinstance(CliRunner().invoke(app, [source, plugin]).exception, ModelError)


@pytest.mark.parametrize(
    ("plugin", "there", "gone"),
    [(None, "Softplus", "Exp"), (Path("libtraffic_plugin.so"), "TrafficMish", "Tanh")],
    ids=["without the plugin", "with it"],
)
def test_a_model_is_written_as_tensorrt_is_to_parse_it(tmp_path, plugin, there, gone):
    onnx.save(model_of(rational()), tmp_path / "model.onnx")
    written = for_tensorrt(tmp_path / "model.onnx", tmp_path / "out.onnx", plugin)
    counted = operations(onnx.load(written))
    assert (counted[there], counted[gone]) == (1, 0)


def test_a_file_that_is_no_model_is_told(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"\xff no model")
    with pytest.raises(ModelError, match="expected an ONNX model"):
        for_tensorrt(tmp_path / "model.onnx", tmp_path / "out.onnx", None)


@pytest.mark.parametrize("plugin", [None, Path("libtraffic_plugin.so")], ids=["decomposed", "plugin"])
def test_every_line_of_the_shipped_calibration_table_names_a_tensor_that_is_parsed(tmp_path, plugin):
    _, *lines = DETECTOR.with_name("vehicle_detector_int8.calibration.cache").read_text().splitlines()
    graph = onnx.load(for_tensorrt(DETECTOR, tmp_path / "graph.onnx", plugin)).graph
    quantised = {node.input[0] for node in graph.node if node.op_type == "Conv"} - {graph.input[0].name}
    named = {line.rsplit(": ", 1)[0] for line in lines}
    assert len(named) == len(lines) > 60
    assert named <= quantised


def test_the_shipped_ranges_are_of_the_shipped_detector_and_name_its_convolutions():
    table = json.loads(DETECTOR.with_name("vehicle_detector_int8.calibration.json").read_text())
    kernels = {node.input[1] for node in onnx.load(DETECTOR).graph.node if node.op_type == "Conv"}
    assert table["model_sha256"] == hashlib.sha256(DETECTOR.read_bytes()).hexdigest()
    assert {f"network.{name}.weight" for name in table["ranges"]} <= kernels


@pytest.mark.parametrize("version", ["8.5.2.2", "8.6.1"])
def test_a_model_that_tensorrt_8_would_not_take_is_refused_before_it_is_asked(tmp_path, version):
    model = model_of([("Gelu", ["x"], "y")], opset=20)
    onnx.save(model, str(tmp_path / "model.onnx"))
    with pytest.raises(ModelError, match=r"would not take .*opset 20.*; Gelu is not among") as refused:
        for_tensorrt(tmp_path / "model.onnx", tmp_path / "out.onnx", None, version)
    assert f"TensorRT {version}" in str(refused.value)
    assert not (tmp_path / "out.onnx").exists()


@pytest.mark.parametrize("version", [None, "10.3.0", "11.4.0"])
def test_later_versions_judge_for_themselves(tmp_path, version):
    onnx.save(model_of([("Gelu", ["x"], "y")], opset=20), str(tmp_path / "model.onnx"))
    assert for_tensorrt(tmp_path / "model.onnx", tmp_path / "out.onnx", None, version).is_file()


@pytest.mark.parametrize(
    ("nodes", "there"),
    [(SOFTPLUS, True), (rational(), True), ([("Mish", ["x"], "y")], True), ([("Relu", ["x"], "y")], False)],
)
def test_whether_there_is_any_mish(tmp_path, nodes, there):
    onnx.save(model_of(nodes, opset=18), str(tmp_path / "model.onnx"))
    assert has_mish(tmp_path / "model.onnx") == there
