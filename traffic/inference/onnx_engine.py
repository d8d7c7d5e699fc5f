"""ONNX Runtime on the CPU: the portable backend."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings


class OnnxEngine:
    """Runs an ONNX model with ONNX Runtime, a picture at a time, always in float32.

    Args:
        path: the ONNX file; one input (n, 3, h, w), one output.
        size: input width and height in pixels.
        settings: threads.

    Raises:
        ModelError: ONNX Runtime is not installed, or refuses the model.
    """

    def __init__(self, path: Path, size: tuple[int, int], settings: InferenceSettings) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError(
                "the onnxruntime backend is configured but not installed", remedy="pip install 'traffic[onnx]'"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = settings.threads or len(os.sched_getaffinity(0))
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no narrower base
            raise ModelError(
                f"{path}: ONNX Runtime expected an ONNX model, but says: {error}", remedy="restore the model file"
            ) from error
        self._input_name = self._session.get_inputs()[0].name
        width, height = size
        self._planes = np.empty((1, 3, height, width), np.float32)

    def infer(self, images: UInt8Array) -> Float32Array:
        """See Engine.infer."""
        outputs = [self._infer_one(image) for image in images]
        return np.stack(outputs) if outputs else np.zeros((0, 0, 0), np.float32)

    def _infer_one(self, image: UInt8Array) -> Float32Array:
        np.copyto(self._planes[0], image.transpose(2, 0, 1), casting="safe")
        output: Float32Array = self._session.run(None, {self._input_name: self._planes})[0][0]
        return output

    def __enter__(self) -> OnnxEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del self._session
