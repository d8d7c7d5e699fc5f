"""Ranges of another graph are refused, those of the shipped one fit the graph that TensorRT is given."""

from pathlib import Path

import pytest

from traffic.benchmark.calibration_names import require_known
from traffic.errors import ModelError
from traffic.training.plugin_nodes import for_tensorrt

ENGINES = Path(__file__).parents[2] / "engines"
MODEL = ENGINES / "vehicle_detector.onnx"


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    return for_tensorrt(MODEL, tmp_path_factory.mktemp("graph") / "graph.onnx", None)


def test_the_shipped_ranges_are_of_the_shipped_model(graph):
    require_known(ENGINES / "vehicle_detector_int8.calibration.cache", graph)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "TRT-8502-EntropyCalibration2\nimages: 3f800000\nelsewhere: 3f800000\n",
            "of 2 names 1 are not .*: elsewhere\n",
        ),
        ("images: 3f800000\n", "expected a calibration cache"),
        ("TRT-8502-EntropyCalibration2\n", "expected a calibration cache"),
        ("TRT-8502-EntropyCalibration2\nno colon\n", "expected a calibration cache"),
        ("", "expected a calibration cache"),
    ],
    ids=["another graph's", "no header", "no ranges", "no scale", "empty"],
)
def test_what_is_no_table_of_this_graph_is_refused(tmp_path, graph, written, told):
    table = tmp_path / "ranges.cache"
    table.write_text(written)
    with pytest.raises(ModelError, match=told):
        require_known(table, graph)


def test_a_table_that_is_not_there_is_told(tmp_path, graph):
    with pytest.raises(ModelError, match="expected INT8 ranges in"):
        require_known(tmp_path / "missing.cache", graph)


def test_tensors_that_tensorrt_named_itself_are_let_through(tmp_path, graph):
    table = tmp_path / "ranges.cache"
    table.write_text("TRT-8502-EntropyCalibration2\nimages: 3f800000\n(Unnamed Layer* 3) [Shuffle]_output: 3c010a14\n")
    require_known(table, graph)
