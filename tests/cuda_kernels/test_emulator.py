"""The emulator itself: a fault that it could not notice would make every other test of the kernels worth less."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from kernel_builds import ADDRESS, FIBERS, QUICK, RACES, THREADS, compile_objects, link
from kernel_library import KernelError, Kernels

FAULTS = [
    "reverse",
    "reverse_without_barrier",
    "leave_early",
    "two_barriers",
    "count_from_garbage",
    "count_from_zero",
    "write_behind",
    "read_shared_behind",
    "read_misaligned",
    "order_of_threads",
    "count_without_atomics",
]
LAUNCH_FAILURE, INVALID_CONFIGURATION = 719, 9
SOURCE, MAIN = (Path(__file__).parent / name for name in ("faults.cu", "faults_main.cpp"))
INPUT = np.arange(64, dtype=np.int32)

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="the emulator needs g++: apt-get install g++")


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    library = ctypes.CDLL(str(link(compile_objects([SOURCE, *FIBERS], folder, QUICK), folder / "faults.so", QUICK)))
    library.cudaEmulatorReport.restype = ctypes.c_char_p
    return library


def run(faults, name, seed=0, size=65):
    out = np.zeros(size, np.int32)
    faults.cudaEmulatorSetSeed(seed)
    pointers = INPUT.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p)
    return faults.run_fault(FAULTS.index(name), *pointers), out


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_barrier_holds_until_all_have_come(faults, seed):
    status, out = run(faults, "reverse", seed)
    assert status == 0
    assert out[:64].tolist() == INPUT[::-1].tolist()


def test_a_missing_barrier_shows(faults):
    for seed in (0, 1, 2):
        _, out = run(faults, "reverse_without_barrier", seed)
        assert out[:64].tolist() != INPUT[::-1].tolist()


@pytest.mark.parametrize(
    ("name", "words"),
    [("leave_early", "__syncthreads reached by 32 of 64 threads"), ("two_barriers", "while others wait at line")],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_threads_that_part_at_a_barrier_fail_the_launch(faults, name, words, seed):
    assert run(faults, name, seed)[0] == LAUNCH_FAILURE
    assert words in faults.cudaEmulatorReport().decode()
    assert faults.cudaGetLastError() == LAUNCH_FAILURE
    assert faults.cudaGetLastError() == 0
    assert run(faults, "reverse", seed)[0] == 0, "the next launch starts afresh"
    assert faults.cudaEmulatorReport() == b""


def test_shared_memory_starts_as_garbage(faults):
    assert run(faults, "count_from_zero")[1][0] == 64
    assert run(faults, "count_from_garbage")[1][0] != 64
    assert run(faults, "count_from_garbage", 1)[1][0] != run(faults, "count_from_garbage", 2)[1][0]


def test_a_seed_gives_one_order_of_threads_another_seed_another(faults):
    in_line, first, again, second = (run(faults, "order_of_threads", seed)[1] for seed in (0, 1, 1, 2))
    assert in_line[:64].tolist() == list(range(64))
    assert sorted(first[:64]) == list(range(64))
    assert first.tolist() == again.tolist()
    assert len({tuple(order) for order in (in_line, first, second)}) == 3


@pytest.mark.parametrize(
    ("grid", "status"),
    [
        ((1, 1, 64, 1), 0),
        ((1, 1, 1024, 1), 0),
        ((1, 1, 1025, 1), INVALID_CONFIGURATION),
        ((1, 1, 0, 1), INVALID_CONFIGURATION),
        ((0, 1, 64, 1), INVALID_CONFIGURATION),
        ((1, 65536, 64, 1), INVALID_CONFIGURATION),
        ((1, 1, 1, 65), INVALID_CONFIGURATION),
    ],
    ids=str,
)
def test_a_launch_that_no_device_takes_is_refused(faults, grid, status):
    out = np.zeros(1, np.int32)
    assert faults.run_grid(*grid, out.ctypes.data_as(ctypes.c_void_p)) == status
    faults.cudaGetLastError()


def test_fp16_is_numpys_for_every_half_and_a_million_floats(faults):
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 1 << 32, 1_000_000, dtype=np.uint32).view(np.float32)
    between = halves[np.isfinite(halves)].astype(np.float32)
    ties = (between[1:] + between[:-1]) / 2
    with np.errstate(over="ignore"):
        values = np.concatenate([halves.astype(np.float32), bits, ties, np.nextafter(ties, np.float32(0))])
        expected = values.astype(np.float16)
    result, back = np.empty(len(values), np.uint16), np.empty(len(values), np.float32)
    pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (values, result, back))
    faults.to_half_and_back(*pointers, len(values))
    np.testing.assert_array_equal(result.view(np.float16), expected)
    np.testing.assert_array_equal(np.signbit(back), np.signbit(values))
    np.testing.assert_array_equal(back, expected.astype(np.float32))


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_a_failing_call_is_told_by_its_launcher(kernels: Kernels, skip):
    if not kernels.emulated:
        pytest.skip("only the emulator can be told to fail")
    library = kernels.library
    sizes = np.zeros(200_000, np.uint8)
    memory = ctypes.c_void_p((sizes.ctypes.data + 15) // 16 * 16)
    settings = np.array([0.1, 0.6, 0, 0], np.float32)
    settings.view(np.int32)[2:] = [0, 1]
    frame = np.array([1.0, 0, 0], np.float32)
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (frame, settings)]
    kernels.fail(skip, 719)
    assert library.traffic_decode_nms(memory, 0, 1, 5, 32, 32, *pointers, memory, memory, memory, None) == 719
    assert library.traffic_last_error() == b"decode_nms: unspecified launch failure"
    library.cudaGetLastError()


def test_memory_that_runs_out_is_an_error(kernels: Kernels):
    if not kernels.emulated:
        pytest.skip("only the emulator can be told to fail")
    kernels.fail(0, 2)
    with pytest.raises(KernelError, match="says 2"):
        kernels.mish(np.zeros(3, np.float32))
    kernels.library.cudaGetLastError()


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """How to run one faulty kernel under a sanitizer: (name, flags) -> the finished process."""
    folder = tmp_path_factory.mktemp("watched")
    programs = {}
    for kind, flags, scheduler in (("address", ADDRESS, FIBERS), ("races", RACES, THREADS)):
        objects = compile_objects([SOURCE, MAIN, *scheduler], folder / kind, flags)
        programs[kind] = link(objects, folder / kind / "faults", flags)

    def start(kind, name, spare=1):
        command = [str(programs[kind]), str(FAULTS.index(name)), str(spare)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return start


MOST_RUNS = 20
"""A race is seen only where two threads really meet; on a busy machine one may end before the next begins."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name", "spare", "words"),
    [
        ("address", "write_behind", 0, "heap-buffer-overflow"),
        ("address", "read_shared_behind", 1, "global-buffer-overflow"),
        ("address", "read_misaligned", 1, "misaligned address"),
        ("races", "reverse_without_barrier", 1, "data race"),
        ("races", "count_without_atomics", 1, "data race"),
    ],
)
def test_the_sanitizers_see_through_the_emulator(watched, kind, name, spare, words):
    runs = (watched(kind, name, spare) for _ in range(MOST_RUNS))
    seen = next((done for done in runs if words in done.stderr), None)
    assert seen is not None, f"nothing of a {words} in {MOST_RUNS} runs"
    assert seen.returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["address", "races"])
@pytest.mark.parametrize("name", ["reverse", "count_from_zero"])
def test_the_sanitizers_leave_sound_kernels_alone(watched, kind, name):
    done = watched(kind, name)
    complaints = [line for line in done.stderr.splitlines() if "fully support makecontext" not in line]
    assert (done.returncode, complaints) == (0, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["leave_early", "two_barriers"])
def test_os_threads_that_part_at_a_barrier_fail_the_launch(watched, name):
    done = watched("races", name)
    assert (done.returncode, done.stderr) == (1, "")
