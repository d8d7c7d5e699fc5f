"""An engine that does not fit is never run, and the message tells how to build the right one."""

from pathlib import Path

import pytest

from tests.inference.test_engine_identity import XAVIER
from traffic.errors import ModelError
from traffic.inference.engine_file import adopt_engine, fitting_engine, write_engine


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
        {"calibration_sha256": "ef" * 32},
        {"model_sha256": "00" * 32},
    ],
    ids=[
        "another GPU",
        "another TensorRT",
        "another precision",
        "another size",
        "another batch",
        "an accelerator",
        "a calibration",
        "the model was trained again",
    ],
)
def test_an_engine_for_something_else_is_another_file(tmp_path, difference):
    write_engine(tmp_path, XAVIER.model_copy(update=difference), b"engine")
    with pytest.raises(ModelError, match=r"found only vehicle_detector-.*\n.*traffic models build") as refused:
        fitting_engine(tmp_path, XAVIER)
    assert "--size 640x384 --batch 4 --precision f16" in str(refused.value)


@pytest.mark.parametrize(
    ("difference", "told"),
    [
        ({"model_sha256": "abababab" + "00" * 28}, "model_sha256: expected abab"),
        ({"card_sha256": "55" * 32}, "card_sha256: expected None"),
        ({"plugin_sha256": "11" * 32}, "plugin_sha256"),
        ({"calibration_sha256": "33" * 32}, "calibration_sha256: expected 4444"),
    ],
    ids=[
        "another model, its hash's beginning the same",
        "another card",
        "the plugin was built again",
        "the ranges were measured again",
    ],
)
def test_a_stale_engine_of_the_same_name_is_refused(tmp_path, difference, told):
    built_with = {"precision": "int8", "plugin_sha256": "22" * 32, "calibration_sha256": "44" * 32}
    plugged = XAVIER.model_copy(update=built_with)
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


def test_engines_in_a_folder_of_their_own_are_asked_for_there(tmp_path):
    with pytest.raises(ModelError, match=rf"models build cards/vehicle_detector.yaml .* --out {tmp_path}"):
        fitting_engine(tmp_path, XAVIER, Path("cards"))
    with pytest.raises(ModelError) as refused:
        fitting_engine(tmp_path, XAVIER)
    assert "--out" not in str(refused.value)


def test_where_the_plugin_lies_makes_no_difference(tmp_path):
    plugged = XAVIER.model_copy(update={"plugin_sha256": "22" * 32, "plugin": tmp_path / "here.so"})
    path = write_engine(tmp_path, plugged, b"engine")
    assert fitting_engine(tmp_path, plugged.model_copy(update={"plugin": tmp_path / "there.so"})) == path


def test_the_command_names_the_plugin_that_is_configured(tmp_path):
    plugged = XAVIER.model_copy(update={"plugin_sha256": "22" * 32, "plugin": tmp_path / "here.so"})
    with pytest.raises(ModelError, match=f"--plugin {tmp_path}/here.so --mish plugin"):
        fitting_engine(tmp_path, plugged)
