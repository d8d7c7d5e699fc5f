"""What every room's tests share."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.openvino_models import _a_shipped_model_is_compiled_once, compiled_models

__all__ = ["_a_shipped_model_is_compiled_once", "compiled_models"]

ROOT = Path(__file__).parent
SLOW = ("end_to_end/", "training/", "benchmark/test_race.py")
"""Slow from the first test to the last: they film scenes, start and kill the whole program, train networks, or race.
A slow test among quick ones bears its own mark."""

sys.path.insert(0, str(ROOT))  # so that `from builders import ...` works everywhere
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as many workers as cores: more threads would only wait in a circle

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # under nohup: what tests start would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow is marked so and comes last."""
    for item in items:
        if item.path.relative_to(ROOT).as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(autouse=True)
def _logging_starts_afresh() -> Iterator[None]:
    """A command that was run in a test leaves no logger behind that writes to that test's captured output."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def empty_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema and no rows, to be copied: quicker than to make it."""
    from traffic.store.database import upgrade
    from traffic.store.settings import DatabaseSettings

    path = tmp_path_factory.mktemp("record") / "empty.db"
    upgrade(DatabaseSettings(url=f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def kernels_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CUDA kernels compiled for this machine, on the emulator."""
    from tests.cuda_kernels.kernel_builds import QUICK, build_library

    if shutil.which("g++") is None:
        pytest.skip("the kernels are compiled for this machine: apt-get install g++")
    return build_library(tmp_path_factory.mktemp("kernels"), QUICK)
