"""Compiles the kernels for the host, with g++ and the emulator."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CUDA_KERNELS = Path(__file__).parents[2] / "cuda_kernels"
KERNELS = sorted((CUDA_KERNELS / "kernels").glob("*.cu"))
FIBERS = [CUDA_KERNELS / "emulator" / name for name in ("runtime.cpp", "fibers.cpp")]
THREADS = [CUDA_KERNELS / "emulator" / name for name in ("runtime.cpp", "threads.cpp")]
COMMON = ["-std=c++14", "-Wall", "-Wextra", "-Werror", "-fPIC", "-ffp-contract=off"]
QUICK = ["-O1"]
ADDRESS = [
    "-O1",
    "-g",
    "-fsanitize=address,undefined,float-cast-overflow",
    "-fno-sanitize-recover=all",
    "-fsanitize-sections=cuda_shared",
    "-fno-omit-frame-pointer",
]
RACES = ["-O1", "-g", "-fsanitize=thread", "-DCUDA_EMULATOR_THREADS"]


def compile_objects(sources: Iterable[Path], folder: Path, flags: Sequence[str]) -> list[Path]:
    """Each source to an object file in `folder`; -Werror, so a warning is a failure."""

    def compile_one(source: Path) -> Path:
        target = folder / f"{source.name}.o"
        _run(["g++", *COMMON, *flags, "-x", "c++", "-c", str(source), "-o", str(target)])
        return target

    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(compile_one, sources))


def link(objects: Sequence[Path], target: Path, flags: Sequence[str]) -> Path:
    """A shared library, or a program if the name of `target` has no suffix."""
    shared = ["-shared"] if target.suffix == ".so" else []
    _run(["g++", *shared, *flags, "-o", str(target), *map(str, objects), "-ldl", "-pthread"])
    return target


def build_library(folder: Path, flags: Sequence[str], extra: Sequence[Path] = ()) -> Path:
    """The kernels on fibers, and `extra` sources, as one shared library."""
    objects = compile_objects([*KERNELS, *FIBERS, *extra], folder, flags)
    return link(objects, folder / "libtraffic_kernels.so", flags)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
