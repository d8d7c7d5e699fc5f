"""From the times of single inferences to a table of layers."""

import csv
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.errors import ModelError
from traffic.inference.layer_profile import LayerShare, LayerTime, layer_profiler, layer_shares, slowest, write_profile


def run(**times):
    return [LayerTime(layer, milliseconds) for layer, milliseconds in times.items()]


def as_dict(layers):
    return {each.layer: (each.milliseconds, round(each.share, 3)) for each in layers}


@pytest.mark.parametrize(
    ("runs", "layers"),
    [
        ([], {}),
        ([[]], {}),
        ([run(conv=3, mish=1)], {"conv": (3, 0.75), "mish": (1, 0.25)}),
        ([run(conv=3, mish=1), run(conv=90, mish=1), run(conv=3, mish=1)], {"conv": (3, 0.75), "mish": (1, 0.25)}),
        ([[*run(conv=1), *run(conv=2)]], {"conv": (3, 1.0)}),
        ([run(conv=2), run(conv=2, copy=4)], {"conv": (2, 0.5), "copy": (2, 0.5)}),
        ([run(conv=0)], {"conv": (0, 0.0)}),
    ],
    ids=["no run", "no layers", "one run", "an outlier", "one name twice", "not in every run", "too quick to see"],
)
def test_layers_of_runs(runs, layers):
    assert as_dict(layer_shares(runs)) == layers


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.001, 100))), max_size=5))
def test_the_shares_of_what_took_time_add_up_to_one(runs):
    layers = layer_shares([[LayerTime(*each) for each in one] for one in runs])
    if sum(each.milliseconds for each in layers) > 0:
        assert sum(each.share for each in layers) == pytest.approx(1)


def test_the_dearest_layers_come_first():
    layers = layer_shares([run(a=1, b=5, c=3)])
    assert [each.layer for each in slowest(layers, 2)] == ["b", "c"]


def test_the_file_reads_back_with_names_that_hold_commas(tmp_path):
    path = tmp_path / "layers.csv"
    write_profile(path, [LayerShare('conv1 + relu, "fused"', 0.25, 0.5), LayerShare("Mish", 0.25, 0.5)])
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"layer": 'conv1 + relu, "fused"', "milliseconds": "0.250000", "share": "0.500000"},
        {"layer": "Mish", "milliseconds": "0.250000", "share": "0.500000"},
    ]


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ModelError, match="expected to write"):
        write_profile(tmp_path / "nowhere" / "layers.csv", [])


def test_a_profiler_collects_what_it_is_told():
    taken = []
    profiler = layer_profiler(SimpleNamespace(IProfiler=type("IProfiler", (), {})), taken)
    profiler.report_layer_time("conv", 0.5)
    profiler.report_layer_time("mish", 0.25)
    assert taken == [LayerTime("conv", 0.5), LayerTime("mish", 0.25)]


def test_the_profiler_is_one_of_tensorrt_s_own():
    tensorrt = pytest.importorskip("tensorrt_rtx", reason="install tensorrt-rtx-cu12 to try a real binding")
    taken = []
    profiler = layer_profiler(tensorrt, taken)
    assert isinstance(profiler, tensorrt.IProfiler)
    profiler.report_layer_time("conv", 0.5)
    assert taken == [LayerTime("conv", 0.5)]
