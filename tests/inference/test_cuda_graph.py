import ctypes

import pytest

from traffic.errors import ModelError
from traffic.inference.cuda_graph import CudaGraph


def has_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` tests on it")
def test_without_a_driver_nothing_is_recorded():
    recorded = []
    with pytest.raises(ModelError, match="expected NVIDIA's driver"):
        CudaGraph(1, lambda: recorded.append("called"))
    assert recorded == []
