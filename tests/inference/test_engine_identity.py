"""What decides whether an engine fits, and the command that builds one that does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.inference.engine import InferenceSettings
from traffic.inference.engine_identity import EngineIdentity, hash_of, identity_for

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
    assert XAVIER.file_name == "vehicle_detector-abababab-640x384-b4-f16-sm72-xavier-trt8.5.2.2.engine"
    update = {"plugin_sha256": "cd" * 32, "dla_core": 1, "precision": "int8", "calibration_sha256": "ef" * 32}
    changed = XAVIER.model_copy(update=update)
    told = "vehicle_detector-abababab-640x384-b4-int8-calibrated-plugin-dla1-sm72-xavier-trt8.5.2.2.engine"
    assert changed.file_name == told


def test_what_is_not_there_has_no_hash(tmp_path):
    assert hash_of(None) is None
    (tmp_path / "plugin.so").write_bytes(b"abc")
    assert hash_of(tmp_path / "plugin.so") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.text(min_size=1, max_size=40))
def test_whatever_a_gpu_is_called_the_name_is_a_plain_file_name(gpu):
    name = XAVIER.model_copy(update={"gpu": gpu}).file_name
    assert "/" not in name
    assert name.isascii()
    assert len(name) < 200


def test_the_command_for_an_engine_with_the_plugin_asks_for_the_plugin(tmp_path):
    update = {"plugin_sha256": "cd" * 32, "plugin": Path("/opt/my plugins/mish.so"), "dla_core": 1}
    command = XAVIER.model_copy(update=update).build_command(tmp_path)
    assert command.endswith("--precision f16 --plugin '/opt/my plugins/mish.so' --mish plugin --dla 1")
    assert "plugin" not in XAVIER.build_command(tmp_path)


def test_the_command_for_a_calibrated_engine_asks_for_a_table(tmp_path):
    update = {"precision": "int8", "calibration_sha256": "ef" * 32, "calibration": Path("data/ranges.cache")}
    command = XAVIER.model_copy(update=update).build_command(tmp_path)
    assert command.endswith("--precision int8 --calibration data/ranges.cache")


@pytest.mark.parametrize(("out", "told"), [(None, ""), ("engines", ""), ("built", " --out built")])
def test_the_command_names_the_folder_where_it_is_another(out, told):
    command = XAVIER.build_command(Path("engines"), None if out is None else Path(out))
    assert command.endswith(f"--precision f16{told}")


def test_the_settings_of_a_run_say_which_engine_it_wants(tmp_path):
    model, table = tmp_path / "vehicle_detector.onnx", tmp_path / "ranges.table"
    model.write_bytes(b"model")
    table.write_bytes(b"ranges")
    settings = InferenceSettings(backend="tensorrt", precision="int8", batch=2, calibration=table)
    before = identity_for(model, (640, 384), settings, XavierGpu(), "8.5.2.2")
    assert (before.model, before.gpu, before.compute_capability) == ("vehicle_detector", "Xavier", "7.2")
    assert (before.precision, before.batch) == ("int8", 2)
    table.write_bytes(b"other ranges")
    after = identity_for(model, (640, 384), settings, XavierGpu(), "8.5.2.2")
    assert after.calibration_sha256 != before.calibration_sha256
    assert after.file_name == before.file_name
    assert f"--calibration {table}" in after.build_command(tmp_path)
    assert str(table) not in after.model_dump_json()


def test_the_card_beside_the_model_is_part_of_it(tmp_path):
    model, settings = tmp_path / "vehicle_detector.onnx", InferenceSettings(backend="tensorrt")
    model.write_bytes(b"model")
    assert identity_for(model, (640, 384), settings, XavierGpu(), "8.5.2.2").card_sha256 is None
    model.with_suffix(".yaml").write_bytes(b"abc")
    told = identity_for(model, (640, 384), settings, XavierGpu(), "8.5.2.2").card_sha256
    assert told == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


class XavierGpu:
    name, compute_capability = "Xavier", "7.2"
