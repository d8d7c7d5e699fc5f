"""What is asked of each TensorRT version, by the names that its real binding has; nothing is built here."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.inference.test_engine_identity import XAVIER
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.tensorrt_build import (
    BuildOptions,
    build_engine,
    network_flags,
    placement,
    precision_flags,
    set_shapes,
)

NAMES = json.loads((Path(__file__).parent / "tensorrt_api.json").read_text())


def names_of(version):
    """The flags that a version has, each worth its own name."""
    flags = {name: name for name in NAMES[version]["BuilderFlag"]}
    creation = dict.fromkeys(NAMES[version]["NetworkDefinitionCreationFlag"], 0)
    return SimpleNamespace(
        __version__=version,
        BuilderFlag=SimpleNamespace(**flags),
        NetworkDefinitionCreationFlag=SimpleNamespace(**creation),
    )


@pytest.mark.parametrize(("version", "flags"), [("8.5.2", 1), ("8.6.1", 1), ("10.3.0", 0), ("11.4.0", 0)])
def test_explicit_batch_is_asked_for_where_it_must_be(version, flags):
    assert network_flags(names_of(version)) == flags


@pytest.mark.parametrize(
    ("version", "precision", "flags"),
    [
        ("8.5.2", "f32", []),
        ("8.5.2", "f16", ["FP16"]),
        ("8.5.2", "int8", ["FP16", "INT8"]),
        ("10.3.0", "f16", ["FP16"]),
        ("10.3.0", "int8", ["FP16", "INT8"]),
        ("11.4.0", "f32", []),
        ("11.4.0", "int8", []),
    ],
)
def test_a_precision_is_asked_for_by_flag_where_there_is_one(version, precision, flags):
    identity = XAVIER.model_copy(update={"precision": precision})
    assert precision_flags(names_of(version), identity) == flags


def test_half_precision_without_a_flag_is_refused_with_the_way_out():
    with pytest.raises(ModelError, match="give a model in half precision whose input and output stay float32"):
        precision_flags(names_of("11.4.0"), XAVIER)


@pytest.mark.parametrize(("core", "least"), [(None, 1), (0, 4)], ids=["GPU", "accelerator"])
def test_an_accelerator_is_given_one_shape_alone(core, least):
    given = []
    builder = SimpleNamespace(
        create_optimization_profile=lambda: SimpleNamespace(set_shape=lambda *all: given.append(all))
    )
    config = SimpleNamespace(add_optimization_profile=lambda profile: 0)
    network = SimpleNamespace(get_input=lambda index: SimpleNamespace(name="images"))
    set_shapes(builder, config, network, XAVIER.model_copy(update={"dla_core": core}))
    assert given == [("images", (least, 3, 384, 640), (4, 3, 384, 640), (4, 3, 384, 640))]


def test_the_layers_that_stay_on_the_gpu_are_counted():
    network = SimpleNamespace(num_layers=5, get_layer=["conv", "conv", "mish", "conv", "resize"].__getitem__)
    assert placement(SimpleNamespace(can_run_on_DLA=lambda layer: layer == "conv"), network) == (3, 2)


def test_int8_without_ranges_is_refused_before_a_gpu_is_asked_for(tmp_path):
    settings = InferenceSettings(backend="tensorrt", precision="int8")
    model = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"
    with pytest.raises(ModelError, match="expected INT8 ranges"):
        build_engine(model, (640, 384), settings, BuildOptions(), tmp_path)
