"""A CUDA graph on this machine's GPU: `make device-check` runs it, without a driver it skips."""

import numpy as np
import pytest

from tests.nvidia import has_driver
from traffic.errors import ModelError
from traffic.inference.cuda_graph import load_driver
from traffic.inference.cuda_memory import CudaMemory
from traffic.inference.tensorrt_engine import open_device

on_a_device = pytest.mark.skipif(not has_driver(), reason="needs an NVIDIA GPU and pycuda: make device-check")


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` tests on it")
def test_without_a_driver_the_way_out_is_told():
    with pytest.raises(ModelError, match=r"expected NVIDIA's driver.*\n.*inference.backend"):
        load_driver()


@pytest.fixture
def memory():
    device = open_device()
    if device.shares_memory:
        pytest.skip("nothing is copied where the GPU works in the CPU's memory: see test_on_a_device.py")
    with device.current():
        yield CudaMemory(device)


@on_a_device
def test_what_was_recorded_is_done_at_each_launch(memory):
    there, back = memory.buffer((8,), np.float32), memory.buffer((8,), np.float32)
    graph = memory.recorded(there.send)
    for number in (1, 2):
        there.host[:] = number
        graph.launch()
        memory.synchronize()
        there.host[:] = 0
        there.fetch()
        memory.synchronize()
        back.host[:] = there.host
        np.testing.assert_array_equal(back.host, np.full(8, number, np.float32))
    graph.close()


@on_a_device
def test_an_error_while_recording_comes_through_and_the_stream_goes_on(memory):
    buffer = memory.buffer((8,), np.float32)

    def record():
        buffer.send()
        raise ModelError("TensorRT refused to run the engine", remedy="build it again")

    with pytest.raises(ModelError, match="TensorRT refused to run the engine"):
        memory.recorded(record)
    buffer.send()
    memory.synchronize()
