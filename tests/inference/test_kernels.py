from pathlib import Path

import pytest

from traffic.errors import ModelError
from traffic.inference.kernels import DeviceKernels


def test_a_library_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match=r"expected the CUDA kernels at .*\n.*cuda_kernels/README"):
        DeviceKernels(tmp_path / "libtraffic_kernels.so")


def test_a_library_of_something_else_is_told():
    with pytest.raises(ModelError, match="expected the CUDA kernels at libc"):
        DeviceKernels(Path("libc.so.6"))
