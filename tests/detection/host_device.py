"""A device that is this machine: its memory is ours, its kernels run on the emulator, its network on ONNX Runtime.

What is put into the stream is done at once; but while it is recorded nothing is done, and a recording does what was
put in then, with the very arguments of then, as a CUDA graph does.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import onnxruntime

from traffic.inference.kernels import DeviceKernels
from traffic.inference.recordings import Recordings


class HostStream:
    """Does what it is given, or remembers it."""

    def __init__(self):
        self._noted = None

    def put(self, work):
        if self._noted is None:
            work()
        else:
            self._noted.append(work)

    def recorded(self, work):
        self._noted = []
        try:
            work()
            return HostRecording(tuple(self._noted))
        finally:
            self._noted = None


class HostRecording:
    def __init__(self, noted):
        self._noted = noted
        self.closed = False

    def launch(self):
        assert not self.closed
        for work in self._noted:
            work()

    def close(self):
        self.closed = True


STREAM = HostStream()
"""Of everything here: what is recorded is put in by one thread."""


class HostBuffer:
    """An array whose address on the device is its own, but whose content gets there only when it is sent."""

    def __init__(self, shape, dtype):
        self.shape, self.host = shape, np.zeros(shape, dtype)
        self.on_device = np.full(self.host.nbytes + 16, 0xA5, np.uint8)
        offset = -self.on_device.ctypes.data % 16
        self.on_device = self.on_device[offset : offset + self.host.nbytes].view(self.host.dtype).reshape(shape)
        self.address = self.on_device.ctypes.data

    def send(self, rows=None):
        STREAM.put(lambda: np.copyto(self.on_device[:rows], self.host[:rows]))

    def fetch(self):
        STREAM.put(lambda: np.copyto(self.host, self.on_device))


class HostScratch:
    """An array on the device alone."""

    def __init__(self, shape, dtype):
        self._memory = HostBuffer(shape, dtype)
        self.shape, self.address, self.on_device = shape, self._memory.address, self._memory.on_device


class HostMemory:
    stream = 0

    def __init__(self):
        self.waits = 0

    def buffer(self, shape, dtype):
        return HostBuffer(tuple(shape), np.dtype(dtype))

    def scratch(self, shape, dtype):
        return HostScratch(tuple(shape), np.dtype(dtype))

    def current(self, doing="computing"):
        del doing
        return nullcontext()

    def recorded(self, work):
        return STREAM.recorded(work)

    def synchronize(self):
        self.waits += 1


class HostKernels(DeviceKernels):
    """The kernels on the emulator, in the same stream."""

    def _call(self, function, *arguments):
        STREAM.put(lambda: super(HostKernels, self)._call(function, *arguments))


class HostNetwork:
    """An ONNX model between two buffers."""

    def __init__(self, path: Path, size: tuple[int, int], batch: int, *, recordings: int = 16) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        width, height = size
        self.batch, self.memory = batch, HostMemory()
        self.recordings = Recordings(self.memory.recorded, recordings)
        self.input = self.memory.scratch((batch, 3, height, width), np.float32)
        shape = self._session.run(None, {"images": np.zeros((batch, 3, height, width), np.float32)})[0].shape
        self.output = self.answers = self.memory.buffer(tuple(shape), np.float32)

    def enqueue(self):
        STREAM.put(self._run)

    def _run(self):
        self.output.on_device[...] = self._session.run(None, {"images": self.input.on_device})[0]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.recordings.close()
