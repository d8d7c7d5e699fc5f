"""What a stage needs from an inference backend."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

from pydantic import Field, model_validator

from traffic.datatypes import Float32Array, UInt8Array
from traffic.inference.kernel_records import MAXIMUM_PICTURES
from traffic.settings import Settings

TENSORRT_PRECISIONS = ("auto", "f32", "f16", "int8")


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

    backend: Literal["openvino", "onnxruntime", "tensorrt"] = "openvino"
    """openvino is the fastest on x86; onnxruntime runs anywhere; tensorrt on NVIDIA's GPUs, from built engines."""

    precision: Literal["auto", "f32", "bf16", "f16", "int8"] = "auto"
    """auto: openvino takes bf16 where the CPU computes it natively (AVX-512 BF16, AMX), else f32; onnxruntime f32;
    tensorrt f16. f16 and int8 are tensorrt's alone, bf16 is openvino's."""

    threads: int = Field(default=0, ge=0)
    """CPU threads of the backend; 0 takes every core the process may use."""

    batch: int = Field(default=4, ge=1, le=64)
    """Pictures of one inference, tensorrt alone: an engine is built for it."""

    plugin: Path | None = None
    """The library with the TrafficMish plugin, tensorrt alone; null: Mish is made of TensorRT's own layers."""

    kernels: Path | None = None
    """The library of the CUDA kernels, tensorrt alone; with it a frame goes to the GPU once, for detector, classifier
    and plates, and only results come back; null: frames are cut and resized, and boxes chosen, on the CPU. They take
    batches of 16 at most."""

    engines: Path | None = None
    """The folder of the built engines, tensorrt alone: what `traffic models build --out` was given; null: each lies
    beside its model."""

    calibration: Path | None = None
    """The table of INT8 ranges that the detector's engine is built with, precision int8 of tensorrt 8 and 10 alone;
    null: the model's own Q/DQ nodes tell them."""

    dla_core: int | None = Field(default=None, ge=0, le=1)
    """A deep learning accelerator of a Jetson to run on, tensorrt alone; null: the GPU."""

    graph: bool = True
    """Whether an inference, and with `kernels` what follows it on the GPU, is launched as one CUDA graph, tensorrt
    alone."""

    @model_validator(mode="after")
    def _can_compute(self) -> InferenceSettings:
        can = {"openvino": ("auto", "f32", "bf16"), "onnxruntime": ("auto", "f32"), "tensorrt": TENSORRT_PRECISIONS}
        if self.precision not in can[self.backend]:
            choice = ", ".join(can[self.backend])
            raise ValueError(f"{self.backend} computes in one of {choice}, got precision {self.precision}")
        return self

    @model_validator(mode="after")
    def _fits_the_kernels(self) -> InferenceSettings:
        if self.backend == "tensorrt" and self.kernels is not None and self.batch > MAXIMUM_PICTURES:
            raise ValueError(
                f"batch: the kernels take {MAXIMUM_PICTURES} pictures at most, got batch {self.batch}; lower "
                "inference.batch and build the engines for it, or set inference.kernels to null"
            )
        return self

    @model_validator(mode="after")
    def _is_calibrated_for_int8(self) -> InferenceSettings:
        if self.calibration is not None and (self.backend, self.precision) != ("tensorrt", "int8"):
            raise ValueError(
                "calibration: expected backend tensorrt and precision int8 with a calibration table, got "
                f"{self.backend} and {self.precision}; set inference.calibration to null, or change those"
            )
        return self
