"""A device that is this machine: its memory is ours, its kernels run on the emulator, its network on ONNX Runtime."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import onnxruntime


class HostBuffer:
    """An array whose address on the device is its own, but whose content gets there only when it is sent."""

    def __init__(self, shape, dtype):
        self.host = np.zeros(shape, dtype)
        self.on_device = np.full(self.host.nbytes + 16, 0xA5, np.uint8)
        offset = -self.on_device.ctypes.data % 16
        self.on_device = self.on_device[offset : offset + self.host.nbytes].view(self.host.dtype).reshape(shape)
        self.address = self.on_device.ctypes.data

    def send(self, rows=None):
        self.on_device[:rows] = self.host[:rows]

    def fetch(self):
        self.host[...] = self.on_device


class HostMemory:
    stream = 0

    def buffer(self, shape, dtype):
        return HostBuffer(tuple(shape), np.dtype(dtype))

    def current(self):
        return nullcontext()

    def synchronize(self):
        pass


class HostNetwork:
    """An ONNX model between two buffers."""

    def __init__(self, path: Path, size: tuple[int, int], batch: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        width, height = size
        self.batch, self.memory = batch, HostMemory()
        self.input = self.memory.buffer((batch, 3, height, width), np.float32)
        shape = self._session.run(None, {"images": np.zeros((batch, 3, height, width), np.float32)})[0].shape
        self.output = self.memory.buffer(shape, np.float32)

    def enqueue(self):
        self.output.on_device[...] = self._session.run(None, {"images": self.input.on_device})[0]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass
