"""Whether a table of INT8 ranges is of the graph it is given with; TensorRT passes over names that it does not know.

A table is a calibration cache: a header, then `name: scale` a line, the scale's bits in hexadecimal.
"""

from __future__ import annotations

from pathlib import Path

import onnx

from traffic.errors import ModelError

HEADER = "TRT-"
UNNAMED = "(Unnamed Layer"
"""TensorRT's own name for a tensor that is not in the ONNX file."""
SHOWN = 3


def require_known(table: Path, graph: Path) -> None:
    """Refuse ranges of another graph's tensors.

    Args:
        table: the calibration cache.
        graph: the ONNX file as TensorRT is to parse it.

    Raises:
        ModelError: the table cannot be read, is none, or names tensors that the graph has not.
    """
    named = _names(table)
    unknown = sorted(named - _tensors(graph))
    if unknown:
        raise ModelError(
            f"expected ranges of the model's own tensors in {table}, but of {len(named)} names {len(unknown)} are not "
            f"in its graph: {', '.join(unknown[:SHOWN])}",
            remedy="calibrate this model again, and give its own table with --calibration",
        )


def _names(table: Path) -> set[str]:
    try:
        header, *lines = table.read_text(encoding="utf-8").splitlines() or [""]
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"expected INT8 ranges in {table}, but: {error}", remedy="name another file") from error
    names = {line.rpartition(": ")[0] for line in lines if line.strip()}
    if not header.startswith(HEADER) or not names or "" in names:
        raise ModelError(
            f"expected a calibration cache in {table}: a header {HEADER}..., then lines of `name: scale`",
            remedy="give the .cache that calibration wrote",
        )
    return {name for name in names if not name.startswith(UNNAMED)}


def _tensors(graph: Path) -> set[str]:
    loaded = onnx.load(str(graph)).graph
    return {each.name for each in loaded.input} | {name for node in loaded.node for name in node.output}
