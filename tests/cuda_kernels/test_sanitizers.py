"""All tables of the kernels once more under AddressSanitizer and UBSan, and every kernel once under ThreadSanitizer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kernel_builds import ADDRESS, KERNELS, RACES, THREADS, build_library, compile_objects, link

HERE = Path(__file__).parent
QUICK_ROWS = "not network and not roads and not again and not 416"  # minutes under a sanitizer, and nothing new
TABLES = ["test_letterbox.py", "test_crop_resize.py", "test_decode_nms.py", "test_mish.py"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("g++") is None, reason="the sanitizers come with g++: apt-get install g++"),
    pytest.mark.skipif("TRAFFIC_KERNELS" in os.environ, reason="the sanitizers watch the emulator, not a device"),
]


def test_the_tables_hold_under_address_and_undefined_behaviour_sanitizer(tmp_path):
    library = build_library(tmp_path, ADDRESS)
    environment = os.environ | {
        "TRAFFIC_KERNELS": str(library),
        "LD_PRELOAD": " ".join(_sanitizer_library(name) for name in ("libasan.so", "libubsan.so")),
        "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    tests = [str(HERE / name) for name in TABLES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-k", QUICK_ROWS, *tests],
        capture_output=True,
        text=True,
        env=environment,
        cwd=HERE.parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[:6000]


def test_no_kernel_races(tmp_path):
    objects = compile_objects([HERE / "races_main.cpp", *KERNELS, *THREADS], tmp_path, RACES)
    program = link(objects, tmp_path / "races", RACES)
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _sanitizer_library(name: str) -> str:
    done = subprocess.run(["g++", f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return done.stdout.strip()
