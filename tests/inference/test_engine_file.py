"""An engine that does not fit is never run, and the message tells how to build the right one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.errors import ModelError
from traffic.inference.engine_file import EngineIdentity, adopt_engine, fitting_engine, plugin_sha256, write_engine

XAVIER = EngineIdentity(
    model="vehicle_detector",
    model_sha256="ab" * 32,
    precision="f16",
    input_size=(640, 384),
    batch=4,
    gpu="Xavier",
    compute_capability="7.2",
    tensorrt="8.5.2.2",
)


def test_the_name_tells_what_it_is_for():
    assert XAVIER.file_name == "vehicle_detector-640x384-b4-f16-sm72-xavier-trt8.5.2.2.engine"
    changed = XAVIER.model_copy(update={"plugin_sha256": "cd" * 32, "dla_core": 1, "precision": "int8"})
    assert changed.file_name == "vehicle_detector-640x384-b4-int8-plugin-dla1-sm72-xavier-trt8.5.2.2.engine"


def test_what_was_written_is_found(tmp_path):
    path = write_engine(tmp_path, XAVIER, b"engine")
    assert fitting_engine(tmp_path, XAVIER) == path
    assert path.read_bytes() == b"engine"


@pytest.mark.parametrize(
    "difference",
    [
        {"gpu": "Orin", "compute_capability": "8.7"},
        {"tensorrt": "8.6.1"},
        {"precision": "f32"},
        {"input_size": (416, 416)},
        {"batch": 1},
        {"dla_core": 0},
    ],
    ids=["another GPU", "another TensorRT", "another precision", "another size", "another batch", "an accelerator"],
)
def test_an_engine_for_something_else_is_another_file(tmp_path, difference):
    write_engine(tmp_path, XAVIER.model_copy(update=difference), b"engine")
    with pytest.raises(ModelError, match=r"found only vehicle_detector-.*\n.*traffic models build") as refused:
        fitting_engine(tmp_path, XAVIER)
    assert "--size 640x384 --batch 4 --precision f16" in str(refused.value)


@pytest.mark.parametrize(
    ("difference", "told"),
    [
        ({"model_sha256": "00" * 32}, "model_sha256: expected abab"),
        ({"plugin_sha256": "11" * 32}, "plugin_sha256"),
    ],
    ids=["the model was trained again", "the plugin was built again"],
)
def test_a_stale_engine_of_the_same_name_is_refused(tmp_path, difference, told):
    plugged = XAVIER.model_copy(update={"plugin_sha256": "22" * 32})
    write_engine(tmp_path, plugged.model_copy(update=difference), b"engine")
    with pytest.raises(ModelError, match=told):
        fitting_engine(tmp_path, plugged)


@pytest.mark.parametrize("damage", ["", "{}", "no json", '{"model": 3}'])
def test_an_engine_of_which_nothing_is_known_is_refused(tmp_path, damage):
    path = write_engine(tmp_path, XAVIER, b"engine")
    path.with_suffix(".engine.json").write_text(damage)
    with pytest.raises(ModelError, match="does not tell what the engine is"):
        fitting_engine(tmp_path, XAVIER)


def test_a_build_that_was_cut_short_leaves_nothing_that_fits(tmp_path):
    path = write_engine(tmp_path, XAVIER, b"engine")
    path.with_suffix(".engine.json").unlink()
    with pytest.raises(ModelError, match="build it on this machine"):
        fitting_engine(tmp_path, XAVIER)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ModelError, match="--out"):
        write_engine(tmp_path / "missing", XAVIER, b"engine")


def test_no_plugin_has_no_hash(tmp_path):
    assert plugin_sha256(None) is None
    (tmp_path / "plugin.so").write_bytes(b"abc")
    assert plugin_sha256(tmp_path / "plugin.so") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.text(min_size=1, max_size=40))
def test_whatever_a_gpu_is_called_the_name_is_a_plain_file_name(gpu):
    name = XAVIER.model_copy(update={"gpu": gpu}).file_name
    assert "/" not in name
    assert name.isascii()
    assert len(name) < 200


def test_an_engine_moves_in_with_its_identity(tmp_path):
    (tmp_path / "workshop").mkdir()
    (tmp_path / "engines").mkdir()
    path = adopt_engine(write_engine(tmp_path / "workshop", XAVIER, b"engine"), tmp_path / "engines")
    assert fitting_engine(tmp_path / "engines", XAVIER) == path
    assert path.read_bytes() == b"engine"


def test_an_engine_that_is_gone_does_not_move_in(tmp_path):
    path = write_engine(tmp_path, XAVIER, b"engine")
    path.unlink()
    with pytest.raises(ModelError, match="expected an engine at"):
        adopt_engine(path, tmp_path / "engines")


def test_the_command_for_an_engine_with_the_plugin_asks_for_the_plugin(tmp_path):
    command = XAVIER.model_copy(update={"plugin_sha256": "cd" * 32, "dla_core": 1}).build_command(tmp_path)
    assert command.endswith("--precision f16 --plugin libtraffic_plugin.so --mish plugin --dla 1")
    assert "plugin" not in XAVIER.build_command(tmp_path)
