"""How memory and contexts of a GPU are asked for; what a GPU does with it is for `make device-check` to show."""

from types import SimpleNamespace

import numpy as np
import pytest

from traffic.errors import ModelError
from traffic.inference.cuda_memory import CudaDevice, CudaMemory


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
