"""The order of our own calls for memory and contexts, on stand-ins: this proves nothing of a driver.

What a GPU does with them is for `make device-check` to show: test_on_a_device.py.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from traffic.errors import ModelError
from traffic.inference.cuda_memory import CudaDevice, CudaMemory


class CudaError(Exception):
    """Where pycuda has driver.Error."""


class CudaMemoryError(CudaError):
    """Where pycuda has driver.MemoryError."""


class Asked(list):
    """Stands where pycuda's driver module is handed in, and notes what is asked of it; nothing is copied."""

    class _Pinned:
        def get_device_pointer(self):
            return 2000

    def module(self, *, shares_memory=False):
        note = self.append

        class Stream:
            handle = 17

            def synchronize(self):
                note("synchronize")

        class Pinned(np.ndarray):
            base = self._Pinned()

        def pagelocked_zeros(shape, dtype, mem_flags):
            note(("pagelocked", mem_flags))
            return np.zeros(shape, dtype).view(Pinned)

        class Event:
            def record(self, stream):
                note(("event", stream.handle))

            def synchronize(self):
                note("waited")

            def time_till(self, end):
                assert end is not self
                return 7.5

        context = SimpleNamespace(push=lambda: note("push"))
        device = SimpleNamespace(
            retain_primary_context=lambda: context,
            name=lambda: "Xavier",
            compute_capability=lambda: (7, 2),
            get_attribute=lambda name: int(shares_memory and name == "integrated"),
        )
        return SimpleNamespace(
            Device=lambda _: device,
            Context=SimpleNamespace(pop=lambda: note("pop")),
            Stream=Stream,
            Event=Event,
            Error=CudaError,
            MemoryError=CudaMemoryError,
            memset_d8=lambda at, value, size: note(("filled", at, value, size)),
            device_attribute=SimpleNamespace(INTEGRATED="integrated"),
            host_alloc_flags=SimpleNamespace(DEVICEMAP=2),
            pagelocked_zeros=pagelocked_zeros,
            mem_alloc=lambda size: note(("allocated", size)) or 1000,
            memcpy_htod_async=lambda to, array, _: note(("up", to, array.nbytes)),
            memcpy_dtoh_async=lambda array, at, _: note(("down", at, array.nbytes)),
        )


def test_a_gpu_with_memory_of_its_own_is_sent_what_it_is_to_see():
    asked = Asked()
    buffer = CudaMemory(CudaDevice(asked.module())).buffer((4, 8), np.float32)
    buffer.send(3)
    buffer.send()
    buffer.fetch()
    assert asked == [("pagelocked", 0), ("allocated", 128), ("up", 1000, 96), ("up", 1000, 128), ("down", 1000, 128)]
    assert buffer.address == 1000


def test_where_memory_is_shared_nothing_is_copied():
    asked = Asked()
    buffer = CudaMemory(CudaDevice(asked.module(shares_memory=True))).buffer((4,), np.uint8)
    buffer.send()
    buffer.fetch()
    assert asked == [("pagelocked", 2)]
    assert buffer.address == 2000


def test_the_context_is_given_back_whatever_happens():
    asked = Asked()
    memory = CudaMemory(CudaDevice(asked.module()))
    with pytest.raises(ModelError), memory.current():
        raise ModelError("the device is gone", remedy="none")
    assert asked == ["push", "pop"]
    assert memory.stream == 17


def test_the_device_says_what_engines_are_built_for():
    device = CudaDevice(Asked().module())
    assert (device.name, device.compute_capability, device.shares_memory) == ("Xavier", "7.2", False)


@pytest.mark.parametrize("shares_memory", [False, True])
def test_what_the_cpu_never_touches_has_no_twin_there(shares_memory):
    asked = Asked()
    scratch = CudaMemory(CudaDevice(asked.module(shares_memory=shares_memory))).scratch((4, 8), np.float32)
    assert asked == [("allocated", 128), ("filled", 1000, 0, 128)]
    assert (scratch.address, scratch.shape) == (1000, (4, 8))


def test_work_is_timed_by_events_around_it_in_its_stream():
    asked = Asked()
    memory = CudaMemory(CudaDevice(asked.module()))
    assert memory.timed(lambda: asked.append("work")) == 7.5
    assert asked == [("event", 17), "work", ("event", 17), "waited"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            CudaError("cuLaunchKernel failed: misaligned"),
            "the GPU failed while reading plates: cuLaunchKernel.*\n.*dmesg",
        ),
        (CudaMemoryError("cuMemAlloc failed"), "the GPU's memory ran out while reading plates.*\n.*inference.batch"),
        (MemoryError("no pages to lock"), "memory ran out while reading plates: no pages to lock"),
    ],
)
def test_an_error_of_cuda_says_what_was_being_done(error, told):
    asked = Asked()
    memory = CudaMemory(CudaDevice(asked.module()))
    with pytest.raises(ModelError, match=told), memory.current("reading plates"):
        raise error
    assert asked == ["push", "pop"]


def test_a_context_that_cannot_be_given_back_after_an_error_is_told_too():
    def pop():
        raise CudaError("invalid context")

    module = Asked().module()
    module.Context.pop = pop
    memory = CudaMemory(CudaDevice(module))
    with pytest.raises(ModelError, match="while reading plates: invalid context"), memory.current("reading plates"):
        raise CudaError("cuStreamSynchronize failed: illegal address")


def test_a_gpu_that_cannot_be_opened_is_told():
    def refuse(_):
        raise CudaError("no device")

    module = Asked().module()
    module.Device = refuse
    with pytest.raises(ModelError, match="the GPU failed while opening it: no device"):
        CudaDevice(module)
