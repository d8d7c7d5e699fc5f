"""What a check of a device finds on a machine that has none, and of engines wherever they lie."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cuda_kernels.kernel_builds import CUDA_KERNELS, FIBERS, QUICK, compile_objects, link
from tests.nvidia import has_driver
from traffic.checks.device import check_device, check_engine, check_kernels, needed_engines
from traffic.checks.result import CheckResult
from traffic.config import Config, load_config
from traffic.inference.engine_file import write_engine
from traffic.inference.engine_identity import EngineIdentity
from traffic.inference.model_card import load_any_card

SHIPPED = Path(__file__).parents[2] / "config.yaml"
ENGINES, JETSON = SHIPPED.parent / "engines", SHIPPED.parent / "deploy" / "jetson"
KERNELS = sorted((CUDA_KERNELS / "kernels").glob("*.cu"))
IDENTITY = EngineIdentity(
    model="vehicle_detector",
    model_sha256="a" * 64,
    precision="f16",
    input_size=(640, 384),
    batch=4,
    gpu="Xavier",
    compute_capability="7.2",
    tensorrt="8.5.2.2",
)


def config(**inference: object) -> Config:
    shipped = load_config(SHIPPED)
    return shipped.model_copy(update={"inference": shipped.inference.model_copy(update=inference)})


def test_no_device_is_looked_for_where_none_is_configured() -> None:
    assert list(check_device(config(backend="openvino"))) == []


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` tests on it")
def test_without_a_driver_it_is_said_what_is_missing_and_engines_are_not_guessed_at() -> None:
    kernels, device, engines = check_device(config(backend="tensorrt"))
    assert kernels.level == "ok"
    assert (device.level, bool(device.remedy)) == ("error", True)
    assert (engines.level, engines.remedy) == ("warning", device.remedy)


def test_every_model_that_a_run_opens_needs_an_engine() -> None:
    engines = needed_engines(config(precision="int8"))
    wanted = [(path.stem, size, settings.precision) for path, size, settings in engines]
    assert wanted == [
        ("vehicle_detector", (640, 384), "int8"),
        ("vehicle_classifier", (96, 96), "f16"),
        ("plate_locator", (320, 256), "f16"),
        ("plate_reader", (160, 48), "f16"),
        ("person_detector", (640, 384), "f16"),
    ]


def test_the_guide_for_a_jetson_builds_every_engine_that_its_config_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in ("CAMERA_PASSWORD", "MQTT_PASSWORD"):
        monkeypatch.setenv(secret, "one")
    guide = (JETSON / "README.md").read_text(encoding="utf-8")
    loop = re.search(r"for card in (.+); do\n.*models build engines/\$card.yaml (--precision \w+ --batch \d+)", guide)
    assert loop is not None
    wanted = list(needed_engines(load_config(JETSON / "config.yaml")))
    assert sorted(loop.group(1).split()) == sorted(path.stem for path, _, _ in wanted)
    options = {f"--precision {settings.precision} --batch {settings.batch}" for _, _, settings in wanted}
    assert options == {loop.group(2)}
    sizes = {path.stem: size for path, size, _ in wanted}
    assert sizes == {name: load_any_card(ENGINES / f"{name}.yaml").input.default_size for name in sizes}


def test_kernels_that_are_not_built_are_told_with_the_command(tmp_path: Path) -> None:
    result = check_kernels(tmp_path / "libtraffic_kernels.so")
    assert result.level == "error"
    assert "cuda_kernels/README.md" in result.remedy


def test_another_library_is_not_the_kernels(tmp_path: Path) -> None:
    (tmp_path / "empty.cpp").write_text("")
    library = link(compile_objects([tmp_path / "empty.cpp"], tmp_path, QUICK), tmp_path / "libother.so", QUICK)
    assert check_kernels(library).level == "error"


def test_kernels_that_are_built(tmp_path: Path) -> None:
    library = link(compile_objects([*KERNELS, *FIBERS], tmp_path, QUICK), tmp_path / "libtraffic_kernels.so", QUICK)
    assert check_kernels(library) == CheckResult("kernels", "ok", f"{library} can be loaded")


@pytest.mark.parametrize(
    ("built", "level", "told"),
    [
        (IDENTITY, "ok", "vehicle_detector-aaaaaaaa-640x384-b4-f16-sm72-xavier-trt8.5.2.2.engine"),
        (IDENTITY.model_copy(update={"model_sha256": "b" * 64}), "error", "found only vehicle_detector-bbbbbbbb-"),
        (IDENTITY.model_copy(update={"card_sha256": "b" * 64}), "error", "card_sha256: expected None"),
        (IDENTITY.model_copy(update={"tensorrt": "8.6.1"}), "error", "found only vehicle_detector-aaaaaaaa-640x384-b4"),
        (None, "error", "found none"),
    ],
    ids=["as wanted", "of older weights", "of another card", "of another TensorRT", "not built"],
)
def test_an_engine(tmp_path: Path, built: EngineIdentity | None, level: str, told: str) -> None:
    if built is not None:
        write_engine(tmp_path, built, b"an engine")
    result = check_engine(tmp_path, IDENTITY)
    assert (result.name, result.level) == ("engine vehicle_detector", level)
    assert told in result.message
    assert level == "ok" or "traffic models build" in result.remedy
