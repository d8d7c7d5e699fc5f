"""What can go wrong before a GPU is asked for, and what is said where there is none."""

import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.inference.test_engine_identity import XAVIER
from tests.nvidia import has_driver
from traffic.benchmark.engine_build import Order, Outcome
from traffic.benchmark.engine_gate import GateResult
from traffic.cli.models_build import require_package, tell
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_identity import identity_for
from traffic.inference.layer_profile import LayerShare
from traffic.inference.model_card import load_any_card
from traffic.inference.tensorrt_build import BuildOptions

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--size", "640"], 2, "WIDTHxHEIGHT"),
        (["--precision", "f8"], 2, "f32, f16, int8"),
        (["--batch", "0"], 2, "batch"),
        (["--dla", "7"], 2, "dla"),
        (["--mish", "fast"], 2, "auto, plugin, decomposed"),
        (["--mish", "plugin"], 1, "--mish plugin needs the library"),
        (["--mish", "auto"], 1, "name it with --plugin FILE"),
        (["--check", ".", "--no-check"], 2, "exclude each other"),
        (["--check", "nowhere"], 2, "expected pictures in nowhere"),
        (["--plugin", "nowhere.so"], 1, "--plugin: expected a file at nowhere.so"),
        (["--precision", "int8", "--calibration", "no.table"], 1, "--calibration: expected a file at no.table"),
        (["--calibration", "ranges.table"], 2, "goes with --precision int8"),
        (["--precision", "int8"], 1, "has no Q/DQ nodes and no calibration table is given"),
        (["--precision", "f32", "--dla", "0"], 1, "expected f16 or int8 for an accelerator"),
    ],
)
def test_a_wrong_option_is_told(traffic, options, code, told):
    answer = traffic("models", "build", str(CARD), *options)
    assert answer.code == code
    assert told in answer.err


def test_a_card_that_is_not_there_is_told(traffic):
    answer = traffic("models", "build", "nowhere.yaml")
    assert answer.code == 1
    assert "expected a model card at nowhere.yaml" in answer.err


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` builds on it")
def test_without_a_driver_nothing_is_built(traffic, tmp_path):
    answer = traffic("models", "build", str(CARD), "--out", str(tmp_path))
    assert answer.code == 1
    assert "expected NVIDIA's driver (libcuda.so.1), found none" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` builds on it")
@pytest.mark.parametrize("given", [{}, {"dla_core": 0}, {"precision": "int8"}], ids=["f16", "accelerator", "INT8"])
def test_the_command_that_is_printed_runs_until_a_gpu_is_needed(traffic, tmp_path, given):
    plugin = tmp_path / "my plugin.so"
    plugin.write_bytes(b"plugin")
    ranges = CARD.with_name("vehicle_detector_int8.calibration.cache") if "precision" in given else None
    settings = InferenceSettings(backend="tensorrt", plugin=plugin, calibration=ranges, **given)
    gpu = SimpleNamespace(name="Xavier", compute_capability="7.2")
    wanted = identity_for(CARD.with_suffix(".onnx"), (640, 384), settings, gpu, "8.5.2.2")
    program, *command = shlex.split(wanted.build_command(CARD.parent, tmp_path))
    answer = traffic(*command)
    assert program == "traffic"
    assert (answer.code, "expected NVIDIA's driver" in answer.err) == (1, True)


def told(
    capsys, tmp_path, *, form="plugin", milliseconds=(), layers=(), checked=None, check=None, out=CARD.parent, **more
):
    settings = InferenceSettings(backend="tensorrt", plugin=tmp_path / "libtraffic_plugin.so", **more)
    forms = ("plugin", "decomposed")
    order = Order(load_any_card(CARD), CARD, (640, 384), settings, forms, BuildOptions(), out, bool(layers), check)
    path = tmp_path / "detector.engine"
    path.write_bytes(bytes(2_500_000))
    tell(order, Outcome(path, XAVIER, form, milliseconds, layers, checked))
    return capsys.readouterr()


def test_both_times_and_the_setting_that_follows_are_told(capsys, tmp_path):
    said = told(capsys, tmp_path, milliseconds=(("plugin", 7.5), ("decomposed", 9.25))).err.splitlines()
    assert said == [
        "Mish as plugin: 7.500 ms a batch, median",
        "Mish as decomposed: 9.250 ms a batch, median",
        "what it finds was not checked: --no-check",
        f"{tmp_path}/detector.engine: 2.5 MB",
        "run on it with inference: {backend: tensorrt, precision: f16, batch: 4, "
        f"plugin: {tmp_path}/libtraffic_plugin.so}}",
    ]


def test_engines_elsewhere_and_a_calibration_are_part_of_the_setting(capsys, tmp_path):
    table = tmp_path / "ranges.table"
    said = told(capsys, tmp_path, form="decomposed", out=tmp_path, precision="int8", calibration=table).err
    assert f"plugin: null, calibration: {table}, engines: {tmp_path}}}" in said


def test_without_the_plugin_the_setting_says_so(capsys, tmp_path):
    assert "batch: 4, plugin: null}" in told(capsys, tmp_path, form="decomposed").err


def test_the_precision_of_both_is_told(capsys, tmp_path):
    result = GateResult(0.61234, 0.60678, 0.015, 321)
    said = told(capsys, tmp_path, checked=result, check=lambda: iter(())).err
    assert "AP 0.6068, in f32 0.6123 on the same 321 vehicles (at most 0.015 may be lost)" in said


def test_what_the_accelerator_takes_is_told(capsys, tmp_path):
    order = Order(
        load_any_card(CARD), CARD, (640, 384), InferenceSettings(backend="tensorrt"), (), BuildOptions(), tmp_path
    )
    path = tmp_path / "detector.engine"
    path.write_bytes(b"engine")
    identity = XAVIER.model_copy(update={"dla_core": 1})
    tell(order, Outcome(path, identity, "decomposed", (), (), None, placed=(200, 23)))
    assert "accelerator 1: it can take 200 of the 223 layers, 23 stay on the GPU" in capsys.readouterr().err


def test_a_model_that_is_not_checked_is_told(capsys, tmp_path):
    said = told(capsys, tmp_path, check=lambda: iter(())).err
    assert "was not checked: that is done for detectors in less than f32" in said


def test_the_ten_slowest_layers_are_shown(capsys, tmp_path):
    layers = tuple(LayerShare(f"layer{index:02d}", float(index), index / 66) for index in range(12))
    out = told(capsys, tmp_path, layers=layers).out
    assert [f"layer{index:02d}" in out for index in range(12)] == [False, False] + [True] * 10
    assert out.index("layer11") < out.index("layer02")
    assert "11.000" in out
    assert "16.7 %" in out


def test_a_package_that_is_missing_is_told_before_anything_is_built():
    require_package("json", "install it")
    with pytest.raises(ModelError, match=r"needs the package no_such_package.*\n.*install it"):
        require_package("no_such_package", "install it")
