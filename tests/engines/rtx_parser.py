"""TensorRT-RTX's parser and builder on one model, in a process of its own: it aborts on an operation of a plugin."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("tensorrt_rtx_parse.py")
PACKAGES = Path(__file__).parents[2] / "data" / "toolchains" / "parser"
needs_parser = pytest.mark.skipif(
    find_spec("tensorrt_rtx") is None and not PACKAGES.is_dir(),
    reason="needs TensorRT-RTX's parser: cuda_kernels/toolchains.sh parser",
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What came of it.

    Attributes:
        errors: of the parser.
        inputs: their names.
        engine_bytes: 0 where nothing was built.
        output_shape: of the first output, -1 where it is the batch's.
    """

    errors: list[str]
    inputs: list[str]
    engine_bytes: int
    output_shape: list[int]


def parse(model: Path, size: tuple[int, int]) -> Parsed:
    """Parse and build a model for pictures of a size (width, height)."""
    command = [sys.executable, str(PROGRAM), str(model), *map(str, size)]
    here = os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGES), *sys.path])}
    run = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False, env=here)
    assert run.returncode == 0, run.stderr[-2000:]
    return Parsed(**json.loads(run.stdout.splitlines()[-1]))
