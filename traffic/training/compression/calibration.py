"""The calibration table: the range of every quantised convolution's input, as JSON and as TensorRT 8 reads it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import onnx
import torch
from pydantic import Field
from torch import Tensor

from traffic.errors import ModelError
from traffic.settings import Settings
from traffic.training.compression.fake_quantisation import HIGHEST, quantisable
from traffic.training.compression.histogram import Histogram, entropy_range, percentile_range
from traffic.training.compression.recipe import Calibration
from traffic.training.detector.network import Yolox
from traffic.training.plugin_nodes import for_tensorrt

CACHE_HEADER = "TRT-8502-EntropyCalibration2"
EXPORTED_AS = "network"
"""What traffic.training.export calls the network within the exported one."""


class CalibrationTable(Settings):
    """Ranges by convolution name, and how they were found."""

    model_sha256: str
    """Of the float ONNX file that was calibrated."""
    method: str
    pictures: int = Field(ge=0)
    ranges: dict[str, Annotated[float, Field(gt=0)]]
    """Convolution name to the largest absolute input that INT8 tells apart; one step is this through 127."""


def calibrate(network: Yolox, images: Iterable[Tensor], how: Calibration, model_sha256: str) -> CalibrationTable:
    """Run a network and find the range of the input of every convolution that may be quantised.

    Args:
        network: fused, in evaluation mode.
        images: pictures (n, 3, h, w).
        how: by entropy or by percentile.
        model_sha256: of the network's ONNX file.
    """
    histograms = {name: Histogram() for name in quantisable(network) if not _stays_float(name, how)}
    modules = dict(network.named_modules())
    hooks = [modules[name].register_forward_pre_hook(_counter(histogram)) for name, histogram in histograms.items()]
    pictures = 0
    with torch.inference_mode():
        for batch in images:
            network(batch)
            pictures += len(batch)
    for hook in hooks:
        hook.remove()
    ranges = {name: _range(histogram, how) for name, histogram in histograms.items()}
    return CalibrationTable(model_sha256=model_sha256, method=how.method, pictures=pictures, ranges=ranges)


def save_table(table: CalibrationTable, path: Path) -> None:
    """Write a table as JSON."""
    path.write_text(table.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load_table(path: Path) -> CalibrationTable:
    """Read a table that save_table wrote."""
    return CalibrationTable.model_validate_json(path.read_text(encoding="utf-8"))


def tensor_ranges(table: CalibrationTable, model: Path) -> dict[str, float]:
    """The table's ranges by the names of the tensors in the graph that TensorRT is given for a float model.

    Args:
        table: of that model's network.
        model: its ONNX file, as it is shipped; for_tensorrt writes that graph from it.

    Raises:
        ModelError: the file has not the table's convolutions.
    """
    with TemporaryDirectory() as folder:
        graph = onnx.load(str(for_tensorrt(model, Path(folder) / "graph.onnx", None))).graph
    inputs = {node.input[1]: node.input[0] for node in graph.node if node.op_type == "Conv"}
    kernels = {name: f"{EXPORTED_AS}.{name}.weight" for name in table.ranges}
    if missing := [kernel for kernel in kernels.values() if kernel not in inputs]:
        raise ModelError(
            f"{model}: expected the {len(kernels)} convolutions of the table, found none with the kernels "
            f"{', '.join(missing[:3])} ({len(missing)} in all)",
            remedy="export the calibrated network again: python -m traffic.training.export",
        )
    return {inputs[kernel]: table.ranges[name] for name, kernel in kernels.items()}


def tensorrt_cache(ranges: Mapping[str, float]) -> str:
    """A calibration cache for TensorRT 8: after the header one line a tensor, the scale's float32 bits in hexadecimal.

    Tensors without a line, the network's input among them, stay float.

    Args:
        ranges: tensor name to its largest absolute value.
    """
    lines = (f"{name}: {struct.pack('>f', value / HIGHEST).hex()}" for name, value in ranges.items())
    return "\n".join([CACHE_HEADER, *lines]) + "\n"


def _stays_float(name: str, how: Calibration) -> bool:
    return any(fnmatch(name, pattern) for pattern in how.left_float)


def _counter(histogram: Histogram) -> Any:
    def count(_module: object, inputs: tuple[Tensor, ...]) -> None:
        histogram.add(inputs[0])

    return count


def _range(histogram: Histogram, how: Calibration) -> float:
    found = entropy_range(histogram) if how.method == "entropy" else percentile_range(histogram, how.percentile)
    return max(found, 1e-6)
