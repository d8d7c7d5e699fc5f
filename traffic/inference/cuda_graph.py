"""A CUDA graph: what was put into a stream once, launched again with one call.

pycuda has no graphs, so this calls the driver's library itself; everything here exists from CUDA 11.4 on.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from traffic.errors import ModelError

_RELAXED_CAPTURE = 2


class CudaGraph:
    """Records what `record` puts into the stream; nothing of it is computed until `launch`.

    The thread's current CUDA context must be the stream's, also when launching and closing.

    Args:
        driver: NVIDIA's library, see `load_driver`.
        stream_handle: a stream of its own, not the default one.
        record: puts copies and inferences into that stream, and does not wait for it.

    Raises:
        ModelError: the driver refuses; what was put into the stream is forgotten. An error of `record` comes through
            as it is, whatever the driver then says of the half recording.
    """

    def __init__(self, driver: ctypes.CDLL, stream_handle: int, record: Callable[[], None]) -> None:
        self._driver = driver
        self._stream = ctypes.c_void_p(stream_handle)
        self._executable = ctypes.c_void_p()
        graph = self._captured(record)
        try:
            self._call("cuGraphInstantiateWithFlags", ctypes.byref(self._executable), graph, ctypes.c_ulonglong(0))
        finally:
            self._try("cuGraphDestroy", graph)

    def launch(self) -> None:
        """Put everything recorded into the stream again.

        Raises:
            ModelError: the driver refuses.
        """
        self._call("cuGraphLaunch", self._executable, self._stream)

    def close(self) -> None:
        """Free it; launched work must be done.

        Raises:
            ModelError: the driver refuses.
        """
        self._call("cuGraphExecDestroy", self._executable)

    def _captured(self, record: Callable[[], None]) -> ctypes.c_void_p:
        graph = ctypes.c_void_p()
        self._call("cuStreamBeginCapture_v2", self._stream, ctypes.c_int(_RELAXED_CAPTURE))
        try:
            record()
        except BaseException:
            self._try("cuStreamEndCapture", self._stream, ctypes.byref(graph))
            if graph.value is not None:
                self._try("cuGraphDestroy", graph)
            raise
        self._call("cuStreamEndCapture", self._stream, ctypes.byref(graph))
        return graph

    def _call(self, function: str, *arguments: object) -> None:
        status = self._try(function, *arguments)
        if status != 0:
            raise ModelError(
                f"the CUDA driver's {function} failed with error {status}",
                remedy="see that no other program fills the GPU's memory; inference.graph: false does without graphs",
            )

    def _try(self, function: str, *arguments: object) -> int:
        return int(getattr(self._driver, function)(*arguments))


def load_driver() -> ctypes.CDLL:
    """NVIDIA's driver library.

    Raises:
        ModelError: there is none on this machine.
    """
    try:
        return ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        raise ModelError(
            "expected NVIDIA's driver (libcuda.so.1), found none",
            remedy="run on a machine with an NVIDIA GPU, or set inference.backend to openvino or onnxruntime",
        ) from error
