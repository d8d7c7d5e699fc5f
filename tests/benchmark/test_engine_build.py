"""Which engine is kept, and what is left on disk; engines are made on the CPU here, by ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.inference.test_engine_identity import XAVIER
from traffic.benchmark.engine_build import Order, build_for_device, fastest, forms_for, median_milliseconds
from traffic.benchmark.ladder import drawn_pictures
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_file import fitting_engine, write_engine
from traffic.inference.layer_profile import LayerTime
from traffic.inference.model_card import DetectorCard, load_model_card, sha256_of
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.tensorrt_build import BuildOptions, BuiltEngine

MODEL = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"
CARD = load_model_card(MODEL.with_suffix(".yaml"), DetectorCard)
SIZE = (320, 192)
TENSORRT = InferenceSettings(backend="tensorrt", precision="f16", batch=2)
ONE_THREAD = InferenceSettings(backend="onnxruntime", threads=1)


class CpuEngine(OnnxEngine):
    """Says that a run takes as many milliseconds as it is told to."""

    def __init__(self, path, size, times):
        super().__init__(path, size, ONE_THREAD)
        self._times = times

    def timed_run(self):
        return float(self._times)

    def layer_times(self, runs):
        return [[LayerTime("conv", 3.0), LayerTime("mish", 1.0)]] * runs


class CpuFoundry:
    """Its engines are the model itself, or one with all its weights changed."""

    def __init__(self, plugin_times=1, decomposed_times=1, change=lambda weights: weights):
        self._plugin_times, self._decomposed_times, self._change = plugin_times, decomposed_times, change

    def build(self, model, size, settings, options):
        del options
        changed = onnx.load(str(model))
        for tensor in changed.graph.initializer:
            tensor.CopyFrom(numpy_helper.from_array(self._change(numpy_helper.to_array(tensor)), tensor.name))
        identity = self._identity(model, size, settings)
        return BuiltEngine(write_engine(model.parent, identity, changed.SerializeToString()), identity)

    def open(self, model, size, settings):
        times = self._decomposed_times if settings.plugin is None else self._plugin_times
        return CpuEngine(fitting_engine(model.parent, self._identity(model, size, settings)), size, times)

    def _identity(self, model, size, settings):
        plugin = None if settings.plugin is None else "cd" * 32
        update = {"model_sha256": sha256_of(model), "input_size": size, "batch": settings.batch}
        return XAVIER.model_copy(update=update | {"plugin_sha256": plugin, "precision": settings.precision})


def order(out, *, forms=("decomposed",), check=None, profile=False, precision="f16"):
    plugin = Path("libtraffic_plugin.so") if "plugin" in forms else None
    settings = TENSORRT.model_copy(update={"plugin": plugin, "precision": precision})
    return Order(CARD, MODEL, SIZE, settings, forms, BuildOptions(), out, profile, check)


@pytest.fixture(scope="module")
def few_pictures():
    drawn = drawn_pictures(2)
    return lambda: iter(drawn)


def ruined(weights):
    return np.zeros_like(weights)


def on_disk(folder):
    return sorted(path.name for path in folder.rglob("*"))


def test_an_engine_that_finds_what_it_should_is_kept_with_its_identity(tmp_path, few_pictures):
    outcome = build_for_device(order(tmp_path / "out", check=few_pictures), CpuFoundry())
    assert outcome.checked.passed
    assert outcome.checked.loss == 0
    assert outcome.milliseconds == ()
    assert fitting_engine(tmp_path / "out", outcome.identity) == outcome.path
    assert on_disk(tmp_path / "out") == [outcome.path.name, f"{outcome.path.name}.json"]


def test_an_engine_that_finds_nothing_is_refused_and_leaves_the_old_one_alone(tmp_path, few_pictures):
    kept = build_for_device(order(tmp_path), CpuFoundry())
    before = kept.path.read_bytes()
    with pytest.raises(ModelError, match="not good enough and was not kept"):
        build_for_device(order(tmp_path, check=few_pictures), CpuFoundry(change=ruined))
    assert kept.path.read_bytes() == before


def test_a_refused_engine_is_not_on_disk(tmp_path, few_pictures):
    with pytest.raises(ModelError, match="not good enough and was not kept"):
        build_for_device(order(tmp_path, check=few_pictures), CpuFoundry(change=ruined))
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize(("asked_for", "precision"), [(False, "f16"), (True, "f32")], ids=["not asked for", "f32"])
def test_without_the_gate_anything_is_kept(tmp_path, few_pictures, asked_for, precision):
    check = few_pictures if asked_for else None
    outcome = build_for_device(order(tmp_path, check=check, precision=precision), CpuFoundry(change=ruined))
    assert outcome.checked is None
    assert outcome.path.is_file()


@pytest.mark.parametrize(("times", "kept"), [((1, 40), "plugin"), ((40, 1), "decomposed")])
def test_of_both_forms_the_faster_is_kept_alone(tmp_path, times, kept):
    outcome = build_for_device(order(tmp_path, forms=("plugin", "decomposed")), CpuFoundry(*times))
    assert outcome.form == kept
    assert [form for form, _ in outcome.milliseconds] == ["plugin", "decomposed"]
    assert (outcome.identity.plugin_sha256 is None) == (kept == "decomposed")
    assert on_disk(tmp_path) == [outcome.path.name, f"{outcome.path.name}.json"]


def test_the_card_comes_along_to_the_workshop(tmp_path):
    class Looking(CpuFoundry):
        def build(self, model, size, settings, options):
            assert sha256_of(model.with_suffix(".yaml")) == sha256_of(MODEL.with_suffix(".yaml"))
            return super().build(model, size, settings, options)

    assert build_for_device(order(tmp_path), Looking()).path.is_file()


def test_int8_of_a_float_model_is_refused_before_anything_is_built(tmp_path):
    with pytest.raises(ModelError, match="expected INT8 ranges"):
        build_for_device(order(tmp_path, precision="int8"), CpuFoundry())


def test_layers_are_timed_where_it_is_asked_for(tmp_path):
    assert build_for_device(order(tmp_path), CpuFoundry()).layers == ()
    layers = build_for_device(order(tmp_path, profile=True), CpuFoundry()).layers
    assert [(each.layer, each.share) for each in layers] == [("conv", 0.75), ("mish", 0.25)]


LIBRARY = Path("libtraffic_plugin.so")


@pytest.mark.parametrize(
    ("mish", "model", "plugin", "forms"),
    [
        ("decomposed", "vehicle_detector", None, ("decomposed",)),
        ("decomposed", "vehicle_detector", LIBRARY, ("decomposed",)),
        ("plugin", "vehicle_detector", LIBRARY, ("plugin",)),
        ("auto", "vehicle_detector", LIBRARY, ("plugin", "decomposed")),
        ("auto", "vehicle_detector_int8", LIBRARY, ("plugin", "decomposed")),
        ("auto", "plate_locator", LIBRARY, ("decomposed",)),
    ],
)
def test_which_forms_are_built(mish, model, plugin, forms):
    assert forms_for(mish, MODEL.with_name(f"{model}.onnx"), plugin) == forms


@pytest.mark.parametrize("mish", ["auto", "plugin"])
def test_the_plugin_without_its_library_is_refused(mish):
    with pytest.raises(ModelError, match=f"--mish {mish} needs the library"):
        forms_for(mish, MODEL, None)


def test_the_fastest_is_the_first_of_equals():
    assert fastest([("plugin", 2.0), ("decomposed", 1.0)]) == "decomposed"
    assert fastest([("plugin", 1.0), ("decomposed", 1.0)]) == "plugin"


def test_the_time_is_the_median_after_the_warm_up():
    taken = iter([500.0] * 10 + [4.0 if index % 10 else 9000.0 for index in range(50)])
    assert median_milliseconds(lambda: next(taken)) == 4
    assert next(taken, None) is None
