"""The library under test: the kernels on the emulator, or the library that TRAFFIC_KERNELS names, on a device."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that `import twins` works in every test of this folder
from kernel_builds import QUICK, build_library
from kernel_library import Kernels


@pytest.fixture(autouse=True, scope="module")
def _a_shipped_model_is_compiled_once() -> None:
    """No model here; and the sanitizers, which watch all that is loaded, are to see no OpenVINO."""


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Kernels:
    if "TRAFFIC_KERNELS" in os.environ:
        return Kernels(Path(os.environ["TRAFFIC_KERNELS"]))
    if shutil.which("g++") is None:
        pytest.skip("the kernels' tests compile them for the host: apt-get install g++")
    return Kernels(build_library(tmp_path_factory.mktemp("kernels"), QUICK))


@pytest.fixture(params=[0, 1, 20261122], ids=["in line", "shuffled", "shuffled-again"])
def shuffled_kernels(kernels: Kernels, request: pytest.FixtureRequest):
    """The library with its threads in one order after the other; a device has one order of its own."""
    kernels.shuffle(request.param)
    yield kernels
    kernels.shuffle(0)
