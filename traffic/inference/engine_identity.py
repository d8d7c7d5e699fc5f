"""What an engine is built from and for: all that decides whether it fits."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Literal, Protocol, cast

from pydantic import Field

from traffic.inference.engine import InferenceSettings
from traffic.inference.model_card import sha256_of
from traffic.settings import Settings

EnginePrecision = Literal["f32", "f16", "int8"]
HASH_LETTERS = 8
"""Of the model's hash, in the file name."""


class Gpu(Protocol):
    """What an engine is built for."""

    @property
    def name(self) -> str:
        """Like `Xavier`."""
        ...

    @property
    def compute_capability(self) -> str:
        """Like `7.2`."""
        ...


class EngineIdentity(Settings):
    """All that decides whether an engine fits."""

    model: str
    """The ONNX file's name without its ending."""
    model_sha256: str
    card_sha256: str | None = None
    """Of the card that lies beside the model under the same name; None where there is none."""
    precision: EnginePrecision
    input_size: tuple[int, int]
    """(width, height)."""
    batch: int = Field(ge=1)
    """Pictures of one inference."""
    gpu: str
    """The device's name, like `Xavier`."""
    compute_capability: str = Field(pattern=r"^\d+\.\d+$")
    tensorrt: str
    """Its version, like `8.5.2.2`."""
    dla_core: int | None = None
    plugin_sha256: str | None = None
    """Of the library with the TrafficMish plugin; None where Mish is made of TensorRT's own layers."""
    calibration_sha256: str | None = None
    """Of the table with the INT8 ranges; None where the model's own Q/DQ nodes tell them."""
    plugin: Path | None = Field(default=None, exclude=True)
    calibration: Path | None = Field(default=None, exclude=True)
    """Where these two lie, for the command that builds; only their bytes decide, and only their hashes are kept."""

    @property
    def file_name(self) -> str:
        """Like `vehicle_detector-1f0e2d3c-640x384-b4-f16-plugin-sm72-xavier-trt8.5.2.2.engine`."""
        width, height = self.input_size
        parts = [self.model, self.model_sha256[:HASH_LETTERS], f"{width}x{height}", f"b{self.batch}", self.precision]
        parts += ["calibrated"] if self.calibration_sha256 is not None else []
        parts += ["plugin"] if self.plugin_sha256 is not None else []
        parts += [f"dla{self.dla_core}"] if self.dla_core is not None else []
        parts += [f"sm{self.compute_capability.replace('.', '')}", _plain(self.gpu), f"trt{self.tensorrt}"]
        return "-".join(parts) + ".engine"

    def build_command(self, cards: Path, out: Path | None = None) -> str:
        """The command that builds the engine that this describes.

        Args:
            cards: the folder of the model and its card.
            out: where the engine is to be; None: there.
        """
        width, height = self.input_size
        command = ["traffic", "models", "build", str(cards / f"{self.model}.yaml"), "--size", f"{width}x{height}"]
        command += ["--batch", str(self.batch), "--precision", self.precision]
        command += ["--calibration", str(self.calibration)] if self.calibration is not None else []
        command += ["--plugin", str(self.plugin), "--mish", "plugin"] if self.plugin is not None else []
        command += ["--dla", str(self.dla_core)] if self.dla_core is not None else []
        command += ["--out", str(out)] if out is not None and out != cards else []
        return shlex.join(command)


def identity_for(
    path: Path, size: tuple[int, int], settings: InferenceSettings, gpu: Gpu, tensorrt_version: str
) -> EngineIdentity:
    """The engine of the model at `path` that this machine and these settings ask for."""
    precision: EnginePrecision = "f16" if settings.precision == "auto" else cast(EnginePrecision, settings.precision)
    card = path.with_suffix(".yaml")
    return EngineIdentity(
        model=path.stem,
        model_sha256=sha256_of(path),
        card_sha256=hash_of(card if card.is_file() else None),
        precision=precision,
        input_size=size,
        batch=settings.batch,
        gpu=gpu.name,
        compute_capability=gpu.compute_capability,
        tensorrt=tensorrt_version,
        dla_core=settings.dla_core,
        plugin_sha256=hash_of(settings.plugin),
        calibration_sha256=hash_of(settings.calibration),
        plugin=settings.plugin,
        calibration=settings.calibration,
    )


def hash_of(file: Path | None) -> str | None:
    """The SHA-256 of a file that an engine is built with; None without one."""
    return None if file is None else sha256_of(file)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
