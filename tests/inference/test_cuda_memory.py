"""A GPU's memory as it is used here, on this machine's GPU: `make device-check` runs it, without a driver it skips.

Only what is said of CUDA's errors is tried everywhere.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.nvidia import has_driver
from traffic.errors import ModelError
from traffic.inference.cuda_memory import CudaDevice, CudaMemory, told
from traffic.inference.tensorrt_engine import open_device

on_a_device = pytest.mark.skipif(not has_driver(), reason="needs an NVIDIA GPU and pycuda: make device-check")
NUMBERS = np.arange(32, dtype=np.float32).reshape(4, 8)


class CudaError(Exception):
    """Where pycuda has driver.Error."""


class CudaMemoryError(CudaError):
    """Where pycuda has driver.MemoryError."""


ERRORS = SimpleNamespace(Error=CudaError, MemoryError=CudaMemoryError)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            CudaError("cuLaunchKernel failed: misaligned"),
            "the GPU failed while reading plates: cuLaunchKernel.*\n.*dmesg",
        ),
        (CudaMemoryError("cuMemAlloc failed"), "the GPU's memory ran out while reading plates.*\n.*inference.batch"),
        (MemoryError("no pages to lock"), "memory ran out while reading plates: no pages to lock"),
    ],
)
def test_an_error_of_cuda_says_what_was_being_done(error, said):
    with pytest.raises(ModelError, match=said), told(ERRORS, "reading plates"):
        raise error


def test_an_error_that_is_not_cudas_stays_what_it_is():
    with pytest.raises(ModelError, match="the card is missing"), told(ERRORS, "reading plates"):
        raise ModelError("the card is missing", remedy="put it back")


@pytest.fixture
def device() -> CudaDevice:
    return open_device()


@pytest.fixture
def memory(device):
    with device.current():
        yield CudaMemory(device)


@on_a_device
def test_the_device_says_what_engines_are_built_for(device):
    assert device.name
    assert float(device.compute_capability) >= 5


@on_a_device
def test_what_is_sent_comes_back(device, memory):
    buffer = memory.buffer(NUMBERS.shape, np.float32)
    buffer.host[:] = NUMBERS
    buffer.send()
    memory.synchronize()
    if not device.shares_memory:
        buffer.host[:] = 0
    buffer.fetch()
    memory.synchronize()
    np.testing.assert_array_equal(buffer.host, NUMBERS)


@on_a_device
def test_only_the_rows_that_are_wanted_are_sent(device, memory):
    if device.shares_memory:
        pytest.skip("nothing is sent where the GPU works in the CPU's memory")
    buffer = memory.buffer(NUMBERS.shape, np.float32)
    buffer.send()
    buffer.host[:] = NUMBERS
    buffer.send(3)
    buffer.fetch()
    memory.synchronize()
    np.testing.assert_array_equal(buffer.host, np.vstack([NUMBERS[:3], np.zeros((1, 8), np.float32)]))


@on_a_device
def test_scratch_begins_with_zeros(device, memory):
    scratch, seen = memory.scratch(NUMBERS.shape, np.float32), NUMBERS.copy()
    device.cuda.memcpy_dtoh(seen, scratch.address)
    assert scratch.shape == NUMBERS.shape
    assert not seen.any()


@on_a_device
def test_work_is_timed_in_milliseconds(memory):
    buffer = memory.buffer((1 << 20,), np.float32)
    assert 0 <= memory.timed(buffer.send) < 10_000


@on_a_device
def test_the_context_is_given_back_whatever_happens(device):
    with pytest.raises(ModelError), device.current():
        raise ModelError("the device is gone", remedy="none")
    assert device.cuda.Context.get_current() is None
