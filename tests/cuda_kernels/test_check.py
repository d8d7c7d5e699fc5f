import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kernel_builds import CUDA_KERNELS, FIBERS, QUICK, compile_objects, link

from tests.nvidia import has_driver

PTXAS = """
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_ZN7traffic12_GLOBAL__N_110mish_packsIfEEvPK5uint4PS2_m' for 'sm_87'
ptxas info    : Function properties for _ZN7traffic12_GLOBAL__N_110mish_packsIfEEvPK5uint4PS2_m
    0 bytes stack frame, {spilled} bytes spill stores, 8 bytes spill loads
ptxas info    : Used 28 registers, used 0 barriers, 376 bytes cmem[0]
ptxas info    : Compiling entry function 'keep_best' for 'sm_87'
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 30 registers, used 1 barriers, 30736 bytes smem, 616 bytes cmem[0]
"""


def load_check():
    spec = importlib.util.spec_from_file_location("cuda_kernels_check", CUDA_KERNELS / "check.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check = load_check()


def fake_nvcc(folder, text, status=0):
    """A program that prints what ptxas would; the report's own logic is what is tested here, not a compiler."""
    program = folder / "nvcc"
    program.write_text(f"#!/bin/sh\ncat <<'END' >&2\n{text}\nEND\nexit {status}\n")
    program.chmod(0o755)
    return check.Target("sm_87", str(program), 87, remedy="install it")


def test_what_a_kernel_takes_is_read_from_ptxas(tmp_path):
    outcome = check.check_target(fake_nvcc(tmp_path, PTXAS.format(spilled=0)), [Path("mish.cu")])
    assert outcome.failure == ""
    assert outcome.usages == {"mish_packs<float>": check.Usage(28, 0, 0), "keep_best": check.Usage(30, 30736, 0)}
    assert "| keep_best | 30 / 30736 |" in check.report([outcome])
    assert "sm_87: compiled, 2 kernels, nothing spilled" in check.report([outcome])


def test_spilled_registers_fail_the_check(tmp_path):
    outcome = check.check_target(fake_nvcc(tmp_path, PTXAS.format(spilled=16)), [Path("mish.cu")])
    assert outcome.failure == "registers are spilled by mish_packs<float>"


def test_a_source_that_does_not_compile_fails_the_check(tmp_path):
    outcome = check.check_target(fake_nvcc(tmp_path, "mish.cu(3): error: expected a ';'", 1), [Path("mish.cu")])
    assert "expected a ';'" in outcome.failure


def test_a_compiler_that_does_not_know_the_device_is_missing_not_wrong(tmp_path):
    words = "nvcc fatal   : Unsupported gpu architecture 'compute_87'"
    outcome = check.check_target(fake_nvcc(tmp_path, words, 1), [Path("mish.cu")])
    assert outcome.failure == ""
    assert outcome.missing == f"not compiled: {tmp_path / 'nvcc'} does not know sm_87 (install it)"


def test_a_missing_compiler_is_told_with_what_gets_it():
    outcome = check.check_target(
        check.Target("sm_72", "/nowhere/nvcc", 72, remedy="cuda_kernels/toolchains.sh cuda-11.8")
    )
    text = check.report([outcome])
    assert outcome.failure == ""
    assert "sm_72: not compiled: no compiler here (cuda_kernels/toolchains.sh cuda-11.8)" in text


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("target", check.TARGETS, ids=lambda target: target.name)
def test_every_kernel_compiles_for_its_devices(target):
    outcome = check.check_target(target)
    if outcome.missing:
        pytest.skip(f"{target.name}: {outcome.missing}")
    assert outcome.failure == ""
    assert {name.split("<")[0] for name in outcome.usages} >= {
        "letterbox",
        "crop_boxes",
        "collect",
        "keep_best",
        "mish_packs",
    }
    assert all(usage.shared <= 48 * 1024 for usage in outcome.usages.values())
    assert all(usage.registers <= 64 for usage in outcome.usages.values()), "256 threads, four blocks an SM"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_benchmark_runs_and_says_its_bytes(tmp_path):
    if shutil.which("g++") is None:
        pytest.skip("the benchmark is tried on the emulator: apt-get install g++")
    sources = [CUDA_KERNELS / "bench" / "bench.cu", *sorted((CUDA_KERNELS / "kernels").glob("*.cu")), *FIBERS]
    program = link(compile_objects(sources, tmp_path, QUICK), tmp_path / "bench", QUICK)
    done = subprocess.run([str(program), "1"], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 10
    assert all(line.endswith("GB/s") for line in lines)
    by_name = {line[:44].strip(): line for line in lines}
    # 2/3 of the rows of 1920 x 1080 x 3 bytes; 640 x 384 x 3 numbers of 2 bytes
    assert " 4.15 MB read     1.47 MB written" in by_name["letterbox 1920x1080 BGR to 640x384 FP16"]
    assert " 3.93 MB read     3.93 MB written" in by_name["mish 1x16x192x320 FP32"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_machine_without_a_driver_says_so(tmp_path):
    if not Path(check.NEW_NVCC).is_file():
        pytest.skip("needs nvcc for the devices' library: cuda_kernels/toolchains.sh cuda-13.0")
    if has_driver():
        pytest.skip("needs a machine without an NVIDIA driver; with one: make device-check")
    libraries = Path(check.NEW_NVCC).resolve().parents[1] / "lib64"  # not in the loader's path where it was fetched
    if check.TOOLCHAINS in libraries.parents and not libraries.is_dir():
        pytest.skip("needs an nvcc that can link: fetch cuda_kernels/toolchains.sh cuda-13.0 anew")
    environment = os.environ | {"OUT": str(tmp_path), "NVCC": check.NEW_NVCC}
    subprocess.run([str(CUDA_KERNELS / "build.sh"), "87"], env=environment, check=True, capture_output=True)
    call = (
        "import ctypes, sys; library = ctypes.CDLL(sys.argv[1]); x = ctypes.create_string_buffer(64);"
        "library.traffic_last_error.restype = ctypes.c_char_p;"
        "print(library.traffic_mish(x, x, ctypes.c_size_t(4), 0, None), library.traffic_last_error().decode())"
    )
    command = [sys.executable, "-c", call, str(tmp_path / "libtraffic_kernels.so")]
    environment |= {"LD_LIBRARY_PATH": f"{libraries}:{os.environ.get('LD_LIBRARY_PATH', '')}"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "35 mish: CUDA driver version is insufficient for CUDA runtime version"
