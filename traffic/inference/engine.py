"""What a stage needs from an inference backend."""

from __future__ import annotations

from types import TracebackType
from typing import Literal, Protocol

from pydantic import Field

from traffic.datatypes import Float32Array, UInt8Array
from traffic.settings import Settings


class Engine(Protocol):
    """Runs one model at one input size; a context manager that owns its buffers and threads.

    A picture's result does not depend on the pictures beside it in the batch, to the bit, so that a replay gives
    the same whatever was batched with what.
    """

    def infer(self, images: UInt8Array) -> Float32Array:
        """Run the model.

        Args:
            images: (n, h, w, 3) uint8, n >= 0, already letterboxed to the engine's input size.

        Returns:
            (n, ...) float32, the model's only output; the caller owns it.
        """
        ...

    def __enter__(self) -> Engine: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class InferenceSettings(Settings):
    """Which backend runs the models, and on how much of the machine."""

    backend: Literal["openvino", "onnxruntime"] = "openvino"
    """openvino is the fastest on x86; onnxruntime runs anywhere."""

    precision: Literal["auto", "f32", "bf16"] = "auto"
    """auto takes bf16 where the CPU computes it natively (AVX-512 BF16, AMX), else f32. onnxruntime is always f32."""

    threads: int = Field(default=0, ge=0)
    """CPU threads of the backend; 0 takes every core the process may use."""
