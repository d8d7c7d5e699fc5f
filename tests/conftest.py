"""What every room's tests share."""

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

sys.path.insert(0, str(Path(__file__).parent))  # so that `from builders import ...` works everywhere

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # under nohup: what tests start would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _logging_starts_afresh() -> Iterator[None]:
    """A command that was run in a test leaves no logger behind that writes to that test's captured output."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def kernels_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CUDA kernels compiled for this machine, on the emulator."""
    from tests.cuda_kernels.kernel_builds import QUICK, build_library

    if shutil.which("g++") is None:
        pytest.skip("the kernels are compiled for this machine: apt-get install g++")
    return build_library(tmp_path_factory.mktemp("kernels"), QUICK)
