"""Built engines on disk: what one was built from and for, in its name and beside it.

An engine runs on the GPU model and the TensorRT version that built it, and nowhere else. So its file name tells
them, a JSON file beside it tells all, and one that does not fit is refused with the command that builds the right one.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from traffic.errors import ModelError
from traffic.inference.engine_identity import EngineIdentity


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


def fitting_engine(folder: Path, wanted: EngineIdentity, cards: Path | None = None) -> Path:
    """The engine file in `folder` that is what is wanted.

    Args:
        folder: of the engines.
        wanted: what it must have been built from and for.
        cards: the folder of the model and its card, for the command; None: the same.

    Raises:
        ModelError: there is none, or the one of that name was built from or for something else; with the command
            that builds it.
    """
    remedy = f"build it on this machine: {wanted.build_command(cards or folder, folder)}"
    path = folder / wanted.file_name
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
        for name, field in EngineIdentity.model_fields.items()
        if not field.exclude and getattr(actual, name) != getattr(wanted, name)
    ]


def _identity_path(engine: Path) -> Path:
    return engine.with_suffix(".engine.json")
