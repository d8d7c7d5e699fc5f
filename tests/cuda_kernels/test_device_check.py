"""The order of `make device-check`'s parts, with programs of its names that only tell that they were called."""

import shutil
import subprocess

import pytest
from kernel_builds import CUDA_KERNELS

PARTS = {
    "build": "cuda_kernels/build.sh",
    "pip": ".venv/bin/python",
    "pytest": ".venv/bin/pytest",
    "bench": "build/cuda_kernels/bench",
    "traffic": ".venv/bin/traffic",
}


@pytest.fixture
def tree(tmp_path):
    """A checkout with the script and, for each program, one that writes down how it was called."""
    for name, path in PARTS.items():
        program = tmp_path / path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/called\ntest ! -f {tmp_path}/{name}.fails\n')
        program.chmod(0o755)
    shutil.copy(CUDA_KERNELS / "device_check.sh", tmp_path / "cuda_kernels")
    return tmp_path


def check(tree, *failing):
    for name in failing:
        (tree / f"{name}.fails").touch()
    done = subprocess.run([tree / "cuda_kernels" / "device_check.sh"], capture_output=True, text=True, check=False)
    return done.returncode, (tree / "called").read_text().splitlines(), done.stderr


@pytest.mark.parametrize(
    ("failing", "told"),
    [
        ((), []),
        (("pytest",), ["FAILED: tests"]),
        (("pip", "bench"), ["FAILED: test packages", "FAILED: kernels, measured"]),
        (("traffic",), ["FAILED: steps, measured"]),
    ],
)
def test_every_part_runs_whatever_failed_before_it(tree, failing, told):
    status, called, errors = check(tree, *failing)
    assert [line.split()[0] for line in called] == ["build", "pip", "pytest", "bench", "traffic"]
    assert status == bool(failing)
    assert [line for line in errors.splitlines() if line.startswith("FAILED")] == told


def test_without_kernels_there_is_nothing_to_test(tree):
    status, called, _ = check(tree, "build")
    assert (status, len(called)) == (1, 1)


def test_slow_tests_are_left_out_and_engines_are_opened(tree):
    _, called, _ = check(tree)
    assert "-m not slow" in called[2]
    assert "tests/cuda_kernels tests/inference" in called[2]
    assert (CUDA_KERNELS.parent / "tests" / "inference" / "test_on_a_device.py").is_file()


@pytest.mark.parametrize("is_built", [True, False], ids=["with the plugin", "without"])
def test_the_plugin_is_named_where_it_was_built(tree, is_built):
    if is_built:
        (tree / "build/cuda_kernels/libtraffic_plugin.so").touch()
    _, called, _ = check(tree)
    assert ("--plugin build/cuda_kernels/libtraffic_plugin.so" in called[4]) == is_built
