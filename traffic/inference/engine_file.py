"""Built engines on disk: what one was built from and for, in its name and beside it.

An engine runs on the GPU model and the TensorRT version that built it, and nowhere else. So its file name tells
them, a JSON file beside it tells all, and one that does not fit is refused with the command that builds the right one.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from traffic.errors import ModelError
from traffic.inference.model_card import sha256_of
from traffic.settings import Settings

EnginePrecision = Literal["f32", "f16", "int8"]
PLUGIN_LIBRARY = "libtraffic_plugin.so"
"""What the library is called where it is built; only its bytes count, not where it lies."""


class EngineIdentity(Settings):
    """All that decides whether an engine fits."""

    model: str
    """The ONNX file's name without its ending."""
    model_sha256: str
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

    @property
    def file_name(self) -> str:
        """Like `vehicle_detector-640x384-b4-f16-plugin-sm72-xavier-trt8.5.2.2.engine`."""
        width, height = self.input_size
        parts = [self.model, f"{width}x{height}", f"b{self.batch}", self.precision]
        parts += ["plugin"] if self.plugin_sha256 is not None else []
        parts += [f"dla{self.dla_core}"] if self.dla_core is not None else []
        parts += [f"sm{self.compute_capability.replace('.', '')}", _plain(self.gpu), f"trt{self.tensorrt}"]
        return "-".join(parts) + ".engine"

    def build_command(self, folder: Path) -> str:
        """The command that builds the engine that this describes."""
        width, height = self.input_size
        command = ["traffic", "models", "build", str(folder / f"{self.model}.yaml"), "--size", f"{width}x{height}"]
        command += ["--batch", str(self.batch), "--precision", self.precision]
        command += ["--plugin", PLUGIN_LIBRARY, "--mish", "plugin"] if self.plugin_sha256 is not None else []
        command += ["--dla", str(self.dla_core)] if self.dla_core is not None else []
        return shlex.join(command)


def write_engine(folder: Path, identity: EngineIdentity, serialized: bytes) -> Path:
    """Write an engine and what it is; the identity comes last, so that a half-written engine is never taken.

    Raises:
        ModelError: the folder cannot be written.
    """
    path = folder / identity.file_name
    unfinished = path.with_suffix(".part")
    try:
        _identity_path(path).unlink(missing_ok=True)
        unfinished.write_bytes(serialized)
        unfinished.replace(path)
        _identity_path(path).write_text(identity.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"expected to write {path} ({len(serialized)} bytes), but: {error}",
            remedy="make room there, or give another folder with --out",
        ) from error
    return path


def adopt_engine(engine: Path, folder: Path) -> Path:
    """Write an engine that was built elsewhere, and what it is, to the folder where it is to stay.

    Raises:
        ModelError: it is not there, or the folder cannot be written.
    """
    remedy = "build it again"
    identity = _read_identity(engine, remedy)
    try:
        serialized = engine.read_bytes()
    except OSError as error:
        raise ModelError(f"expected an engine at {engine}, but: {error}", remedy=remedy) from error
    return write_engine(folder, identity, serialized)


def fitting_engine(folder: Path, wanted: EngineIdentity) -> Path:
    """The engine file in `folder` that is what is wanted.

    Raises:
        ModelError: there is none, or the one of that name was built from or for something else; with the command
            that builds it.
    """
    path, remedy = folder / wanted.file_name, f"build it on this machine: {wanted.build_command(folder)}"
    if not path.is_file() or not _identity_path(path).is_file():
        others = sorted(other.name for other in folder.glob(f"{wanted.model}-*.engine"))
        found = f"only {', '.join(others)}" if others else "none"
        raise ModelError(f"expected the engine {path}, found {found}", remedy=remedy)
    differences = _differences(_read_identity(path, remedy), wanted)
    if differences:
        raise ModelError(f"{path} does not fit: {'; '.join(differences)}", remedy=remedy)
    return path


def _read_identity(path: Path, remedy: str) -> EngineIdentity:
    try:
        return EngineIdentity.model_validate_json(_identity_path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise ModelError(f"{_identity_path(path)} does not tell what the engine is: {error}", remedy=remedy) from error


def _differences(actual: EngineIdentity, wanted: EngineIdentity) -> list[str]:
    return [
        f"{name}: expected {getattr(wanted, name)}, it has {getattr(actual, name)}"
        for name in EngineIdentity.model_fields
        if getattr(actual, name) != getattr(wanted, name)
    ]


def plugin_sha256(library: Path | None) -> str | None:
    """The SHA-256 of the plugin library; None without one."""
    return None if library is None else sha256_of(library)


def _identity_path(engine: Path) -> Path:
    return engine.with_suffix(".engine.json")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
